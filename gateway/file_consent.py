"""Files that may show somebody's health are kept back from a matter until the customer consents, once each.

Works on a conversation that `gateway.log.lock` returned; the caller says the words and commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import consent
from gateway.buttons import Offer
from gateway.services import Services
from gateway.speech import Words
from records import consents, documents, filing
from records.conversations import Conversation
from records.documents import Document
from records.filing import Place

_CUSTOMER = "customer"


async def keep_back(
    services: Services, session: AsyncSession, files: Sequence[Document], place: Place, now: datetime
) -> Words | None:
    """Lets the files wait where the consent is missing, and asks for it; None where they may be put there."""
    if not await consent.missing(services.context, session, place):
        return None
    asked = await documents.awaiting_consent(session, place.number)
    await filing.keep_back(session, files, place, actor=_CUSTOMER, now=now)
    if await consents.answer_to(session, place.subject, consent.HEALTH) is False:
        return declined(services, place)
    if asked:
        return await waiting(services, session, place)
    values: dict[str, object] = {"question": consent.question(services.context, place)}
    return Words("utter_file_consent", values, (_agree(services, place), _decline(services, place)))


async def waiting(services: Services, session: AsyncSession, place: Place) -> Words | None:
    """A reminder that files wait for an answer; None when none does."""
    held = await documents.awaiting_consent(session, place.number)
    if not held or await consents.answer_to(session, place.subject, consent.HEALTH) is not None:
        return None
    values = {**_values(services, place), "count": len(held)}
    return Words("utter_file_waits", values, (_agree(services, place), _decline(services, place)))


def declined(services: Services, place: Place) -> Words:
    """That the files stay outside, and the ways there are."""
    return Words("utter_file_declined", _values(services, place), (_agree(services, place),))


async def answered(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    place: Place,
    now: datetime,
    *,
    given: bool,
) -> None:
    """Keeps the answer, and with a consent puts the files that waited for it where they belong."""
    await consents.write_down(
        session,
        place.subject,
        consent.HEALTH,
        given=given,
        version=services.context.health.version,
        customer_id=conversation.customer_id,
        now=now,
        kind=place.title,
    )
    if given:
        held = await documents.awaiting_consent(session, place.number)
        await filing.file_here(session, held, place, actor=_CUSTOMER, now=now)


def _values(services: Services, place: Place) -> dict[str, object]:
    return {"title": services.context.services.title(place.title), "number": place.number}


def _agree(services: Services, place: Place) -> Offer:
    return Offer(services.wording.say("button_agree"), command=consent.AGREE, about=place.number)


def _decline(services: Services, place: Place) -> Offer:
    return Offer(services.wording.say("button_disagree"), command=consent.DECLINE, about=place.number)
