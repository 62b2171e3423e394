"""The way to a person: into the queue while specialists work, a call-back ticket otherwise."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import questions, written
from actions.act import Act
from actions.drafts import Draft, load
from actions.heard import Heard
from actions.speech import phrase, say
from actions.turn import CallBack, HandOver, Turn
from records.calendar import business_date
from records.masking import mask_phone

_SKILLS = {
    "file_complaint": ("complaint", "complaint"),
    "report_claim": ("requested", "claim"),
    "report_risk_change": ("risk_change", "policy"),
}
_WORDS = {
    "complaint": ("投诉",),
    "claim": ("理赔", "报案", "赔"),
    "payment": ("扣款", "缴费", "交费", "保费"),
}


class RequestHuman(Act):
    name = "action_request_human"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        draft = await load(now, tracker.get_slot("service_draft"))
        await hand_over(dispatcher, now, heard, draft=draft)
        return []


async def hand_over(
    dispatcher: CollectingDispatcher, turn: Turn, heard: Heard, draft: Draft | None = None
) -> None:
    """Asks for a specialist of the fitting skill; while nobody is at the desk, leaves a call-back."""
    reason, skill = (
        _SKILLS.get(draft.kind.kind, ("requested", "policy")) if draft else ("requested", _skill(heard.words))
    )
    summary = phrase("handover_in_form", title=draft.kind.title) if draft else ""
    if turn.desk_open:
        turn.effects.append(HandOver(reason, skill, summary=summary))
    else:
        say(dispatcher, await out_of_hours(turn, reason, summary or heard.words))


async def out_of_hours(turn: Turn, reason: str, note: str) -> str:
    """Leaves a call-back and says when somebody will be back."""
    phone = await questions.phone_on_file(turn)
    turn.effects.append(CallBack(reason, phone, note))
    opening = turn.context.settings.next_opening(turn.now)
    when = phrase(
        "opening_moment",
        day=written.day_of_year(business_date(opening), turn.today),
        time=f"{turn.context.settings.open_time.hour}:{turn.context.settings.open_time:%M}",
    )
    if phone is None:
        return phrase("utter_call_back", when=when)
    return phrase("utter_call_back_phone", when=when, phone=mask_phone(phone))


def _skill(words: str) -> str:
    return next((skill for skill, signs in _WORDS.items() if any(sign in words for sign in signs)), "policy")
