"""Hands a draft in: registers it, says its number, its date and what follows, and asks for a hand-over."""

from __future__ import annotations

from collections.abc import Mapping

from rasa_sdk.executor import CollectingDispatcher

from actions import consent, questions, second_wish, written
from actions.drafts import Draft, newest
from actions.human import out_of_hours
from actions.registration import add_to_complaint, paused_until, register, register_so_far, story
from actions.speech import button, human_button, phrase, say
from actions.turn import HandOver, Turn
from knowledge.answers import Button
from knowledge.catalogue import fill
from knowledge.service_kind import Record, ServiceKind
from records.requests import ServiceRequest
from records.words import state_text


async def submit_draft(
    dispatcher: CollectingDispatcher, turn: Turn, draft: Draft, *, opening: str = ""
) -> None:
    """Registers a finished draft, says its number and what follows, hands over where the kind wants it."""
    kind = draft.kind
    if draft.ticket is not None:
        complaint = await add_to_complaint(turn, draft, draft.ticket)
        added = phrase("utter_complaint_added", number=complaint.number, due=written.day(complaint.due_on))
        say(dispatcher, added, buttons=await _afterwards(turn, draft))
        return
    number, due = await register(turn, draft)
    lines = [
        fill(kind.texts.done, questions.values(turn, number=number, due=due, documents=_documents(kind)))
    ]
    if opening:
        lines.insert(0, opening)
    if kind.money and (until := await paused_until(turn)) is not None:
        lines.append(phrase("utter_money_pause", until=written.day(until)))
    buttons = await _afterwards(turn, draft)
    if kind.transfer is not None and kind.transfer.applies(draft.answers):
        transfer = kind.transfer
        summary = phrase("handover_summary", title=kind.title, number=number, story=story(draft))
        if turn.desk_open:
            turn.effects.append(HandOver(transfer.reason, transfer.skill, transfer.priority, summary))
        else:
            lines.append(await out_of_hours(turn, transfer.reason, summary))
    say(dispatcher, "\n".join(lines), buttons=buttons)
    await consent.ask_for_files(dispatcher, turn, number)


async def submit_partly(dispatcher: CollectingDispatcher, turn: Turn, draft: Draft) -> None:
    """Registers what is known of an unfinished draft, if anything, before a person takes over."""
    if not story(draft):
        return
    known = draft.opened is not None
    number, due = await register_so_far(turn, draft)
    if not known:
        say(dispatcher, phrase("utter_registered_partly", title=draft.kind.title, number=number, due=due))
    await consent.ask_for_files(dispatcher, turn, number)


def tell_open(dispatcher: CollectingDispatcher, turn: Turn, request: ServiceRequest) -> None:
    """Leads to the request of the same kind and policy that is still open."""
    services = turn.context.services
    text = phrase(
        "utter_request_already_open",
        title=services.title(request.kind),
        number=request.number or "",
        state=state_text(request.state),
    )
    say(dispatcher, text, buttons=[button("progress", "check_request"), human_button()])


def _documents(kind: ServiceKind) -> str:
    return "、".join(kind.documents)


async def _afterwards(turn: Turn, draft: Draft) -> list[Button]:
    kind = draft.kind
    buttons = [second_wish.button(turn, draft.then)] if draft.then else []
    if (other := await newest(turn)) is not None:
        buttons.append(questions.resume(other))
    return [*buttons, button("progress", _PROGRESS[kind.record]), human_button()]


_PROGRESS: Mapping[Record, str] = {
    Record.REQUEST: "check_request",
    Record.CLAIM: "check_claim",
    Record.COMPLAINT: "check_complaint",
}
