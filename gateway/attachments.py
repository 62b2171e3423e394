"""A file the customer sends: it goes where documents are awaited; where that is not plain, they are asked.

Works on a conversation that `gateway.log.lock` returned; the caller says the words and commits.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions import consent
from actions.written import day
from gateway import buttons, file_consent
from gateway.buttons import Offer
from gateway.services import Services
from gateway.speech import Words
from records import complaint_handling, filing, requests, tasks
from records.complaint_steps import move_complaint
from records.complaints import ComplaintState
from records.conversations import Conversation
from records.documents import Document, unassigned_in
from records.filing import Place, PlaceKind
from records.request_review import lock_request
from records.request_steps import move
from records.requests import RequestState

_OFFERED = 3
_CUSTOMER = "customer"
_COMMANDS = (buttons.FILE_HERE, buttons.FILES_DONE, consent.AGREE, consent.DECLINE)


async def receive(
    services: Services, session: AsyncSession, conversation: Conversation, file: str, now: datetime
) -> Words:
    """Put a file of the conversation where it belongs, or ask; the words say which."""
    document = await session.get_one(Document, uuid.UUID(file))
    if drafts := await requests.drafts_in(session, conversation.id):
        draft = drafts[0]
        place = Place(PlaceKind.REQUEST, draft.id, str(draft.id), draft.kind, False)
        await filing.file_here(session, [document], place, actor=_CUSTOMER, now=now)
        return Words("utter_file_in_form", {"title": _title(services, place)})
    found = await _places(session, conversation)
    awaiting = [place for place in found if place.awaits]
    if len(awaiting) == 1:
        return await _put(services, session, [document], awaiting[0], now)
    offered = (awaiting or found)[:_OFFERED]
    if not offered:
        return Words("utter_file_received")
    return Words("utter_file_where", offers=tuple(_offer(services, place) for place in offered))


async def obey(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    command: str | None,
    about: str | None,
    now: datetime,
) -> Words | None:
    """Carry out one of the commands about files and say so; None for any other."""
    if command not in _COMMANDS or about is None:
        return None
    place = next((one for one in await _places(session, conversation) if one.number == about), None)
    if place is None:
        return Words("utter_button_stale")
    match command:
        case buttons.FILE_HERE:
            return await _put(services, session, await unassigned_in(session, conversation.id), place, now)
        case consent.AGREE:
            await file_consent.answered(services, session, conversation, place, now, given=True)
            return await _filed(services, session, place)
        case consent.DECLINE:
            await file_consent.answered(services, session, conversation, place, now, given=False)
            return file_consent.declined(services, place)
    waiting = await file_consent.waiting(services, session, place)
    return waiting or await _all_sent(services, session, place, now)


async def _put(
    services: Services, session: AsyncSession, files: Sequence[Document], place: Place, now: datetime
) -> Words:
    """Files go to the place, or wait for the consent it needs."""
    if asked := await file_consent.keep_back(services, session, files, place, now):
        return asked
    await filing.file_here(session, files, place, actor=_CUSTOMER, now=now)
    return await _filed(services, session, place)


async def _all_sent(services: Services, session: AsyncSession, place: Place, now: datetime) -> Words:
    """The customer has sent everything: what waited for it goes on."""
    words = Words("utter_files_done", {"title": _title(services, place), "number": place.number})
    if not place.awaits:
        return words
    match place.kind:
        case PlaceKind.REQUEST:
            request = await lock_request(session, place.number)
            await move(session, request, RequestState.IN_REVIEW, actor=_CUSTOMER, now=now, missing=[])
            if request.due_on is not None:
                return Words("utter_files_done_by", words.values | {"due": day(request.due_on)})
        case PlaceKind.COMPLAINT:
            complaint = await complaint_handling.lock_complaint(session, place.number)
            await move_complaint(session, complaint, ComplaintState.INVESTIGATING, actor=_CUSTOMER, now=now)
        case PlaceKind.CLAIM:
            await _tell_claims(services, session, place, now)
    return words


async def _tell_claims(services: Services, session: AsyncSession, place: Place, now: datetime) -> None:
    """Claims are decided elsewhere: a colleague of theirs looks at the papers; one task for each round."""
    open_already = await tasks.open_tasks(session, about=place.number, skill="claim")
    if not any(task.kind == "claim_documents" for task in open_already):
        await tasks.create(
            session,
            kind="claim_documents",
            title=services.wording.say("utter_task_claim_documents", number=place.number),
            due_at=services.next_opening(now),
            skill="claim",
            about=place.number,
            now=now,
            actor=_CUSTOMER,
        )


async def _places(session: AsyncSession, conversation: Conversation) -> list[Place]:
    return await filing.places(session, customer_id=conversation.customer_id, conversation_id=conversation.id)


async def _filed(services: Services, session: AsyncSession, place: Place) -> Words:
    column = getattr(Document, place.kind.value)
    count = await session.scalar(select(func.count()).where(column == place.id))
    missing = ""
    if place.missing:
        missing = services.wording.say("utter_file_wanted", papers="、".join(place.missing))
    values: dict[str, object] = {
        "title": _title(services, place),
        "number": place.number,
        "count": count,
        "missing": missing,
    }
    done = Offer(
        services.wording.say("utter_button_files_done"), command=buttons.FILES_DONE, about=place.number
    )
    return Words("utter_file_filed", values, (done,))


def _offer(services: Services, place: Place) -> Offer:
    return Offer(_title(services, place), command=buttons.FILE_HERE, about=place.number)


def _title(services: Services, place: Place) -> str:
    return services.context.services.title(place.title)
