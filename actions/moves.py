"""Conversation moves: greeting, thanks, yes and no outside a form, feelings, and saying something again."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions import drafts
from actions.act import Act
from actions.heard import Heard
from actions.own_records import KNOWN
from actions.policies import CheckPolicy
from actions.progress import CheckClaim, CheckRequest
from actions.reading import read_policy_number
from actions.service_start import into_form
from actions.speech import button, human_button, payload, phrase, say, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from records.conversations import Message, Origin, Visibility


class Say(Act):
    """Says the response named after the intent: thanks, goodbye, small talk, what it can do, what it is."""

    name = "action_say"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        tell(dispatcher, f"utter_{heard.intent}")
        return []


class Greet(Act):
    """Says that it is a machine and what it does; offers to go on with what was left unfinished."""

    name = "action_greet"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        left = None if tracker.active_loop_name else await drafts.newest(now)
        if left is None:
            tell(dispatcher, "utter_greet")
            return []
        resume = Button(
            phrase("button_resume", title=left.kind.title), payload("resume_service", draft=left.id)
        )
        buttons = with_way_out([resume, button("my_policies", "check_policy")])
        say(dispatcher, phrase("utter_greet_again", title=left.kind.title), buttons=buttons)
        return []


class Affirm(Act):
    """A yes that no form asked for: goes on with an unfinished draft, else asks what is wanted."""

    name = "action_affirm"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        left = None if tracker.active_loop_name else await drafts.newest(now)
        if left is not None:
            return into_form(left)
        tell(dispatcher, "utter_affirm")
        return []


class Inform(Act):
    """A bare value that nothing asked for: shows a known customer what it names, else offers what to do."""

    name = "action_inform"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        heard = heard
        if now.identity.level >= KNOWN and (check := _check_of(heard)) is not None:
            return await check.run(dispatcher, tracker, now, heard)
        offers: list[Button] = []
        if number := heard.entity("claim_number"):
            offers = [Button(phrase("button_claim_progress"), payload("check_claim", claim_number=number))]
        elif number := heard.entity("request_number"):
            offers = [Button(phrase("button_progress"), payload("check_request", request_number=number))]
        elif number := heard.entity("policy_number") or read_policy_number(heard.words):
            offers = [Button(phrase("button_this_policy"), payload("check_policy", policy_number=number))]
        elif phone := heard.entity("phone"):
            offers = [
                Button(phrase("button_change_phone"), payload("change_contact", phone=phone, item="phone"))
            ]
        tell(dispatcher, "utter_inform" if offers else "utter_inform_unknown", buttons=with_way_out(offers))
        return []


def _check_of(heard: Heard) -> Act | None:
    """The act that shows what a bare number names."""
    if heard.entity("claim_number"):
        return CheckClaim()
    if heard.entity("request_number"):
        return CheckRequest()
    return CheckPolicy() if heard.entity("policy_number") or read_policy_number(heard.words) else None


class ExpressEmotion(Act):
    """Owns the matter first, then offers a person and a complaint; never argues."""

    name = "action_express_emotion"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        buttons = [button("complain", "file_complaint"), human_button()]
        tell(dispatcher, "utter_express_emotion", buttons=buttons)
        return []


class Repeat(Act):
    """The last thing said, again, and a person for who would rather be told."""

    name = "action_repeat"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        last = await now.session.scalar(
            select(Message.text)
            .where(
                Message.conversation_id == now.conversation_id,
                Message.origin.in_((Origin.BOT, Origin.SPECIALIST)),
                Message.visibility == Visibility.PUBLIC,
                Message.kind == "message",
                Message.text != "",
            )
            .order_by(Message.id.desc())
            .limit(1)
        )
        if last is None:
            tell(dispatcher, "utter_nothing_to_repeat", buttons=[human_button()])
        elif not tracker.active_loop_name:
            say(dispatcher, phrase("utter_repeat", text=last), buttons=[human_button()])
        else:
            tell(dispatcher, "utter_repeat_question")
        return []
