"""Consents: those a form asks for, and the one for papers about health that come without a form."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from actions.drafts import Draft
from actions.speech import command, human_button, phrase, say
from actions.turn import Context, Turn
from knowledge.answers import Button
from knowledge.service_field import FieldType, ServiceField
from records import consents, documents, filing
from records.filing import Place, PlaceKind

HEALTH = "health_consent"
AGREE = "agree_health"
DECLINE = "decline_health"


async def record(turn: Turn, draft: Draft, field: ServiceField) -> None:
    """Writes a consent given in the form into the audit of the request, and of the claim it is about."""
    subjects = [f"request:{draft.id}"]
    own = draft.kind.own_field
    if own is not None and own.type is FieldType.CLAIM and own.key in draft.answers:
        subjects.append(filing.subject(PlaceKind.CLAIM, draft.answers[own.key]))
    for subject in subjects:
        await consents.write_down(
            turn.session,
            subject,
            field.key,
            given=True,
            version=field.version,
            customer_id=turn.identity.customer_id,
            now=turn.now,
            kind=draft.kind.kind,
        )


async def missing(context: Context, session: AsyncSession, place: Place) -> bool:
    """Whether papers for this place may show somebody's health and the customer has not consented to it."""
    if not context.health.expected_by(place.about):
        return False
    return not await consents.answer_to(session, place.subject, HEALTH)


def question(context: Context, place: Place) -> str:
    """The consent asked for, in the words of the version in force."""
    return context.health.question.format(title=context.services.title(place.title), number=place.number)


async def ask_for_files(dispatcher: CollectingDispatcher, turn: Turn, number: str) -> None:
    """Asks for the consent that files sent along with a new matter wait for, if any do."""
    held = await documents.awaiting_consent(turn.session, number)
    place = await filing.place_of(turn.session, number) if held else None
    if place is None:
        return
    buttons = [
        Button(phrase("button_agree"), command(AGREE, number)),
        Button(phrase("button_disagree"), command(DECLINE, number)),
        human_button(),
    ]
    asked = phrase("utter_files_consent", count=len(held), question=question(turn.context, place))
    say(dispatcher, asked, buttons=buttons)
