"""What was not understood, what lies outside, and what is never advised."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import answer, offers
from actions.act import Act
from actions.heard import SAID, Heard
from actions.speech import button, human_button, payload, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Answer, Button

READINGS = 2
LEAST_CONFIDENCE = 0.05
_SELF = "action_disambiguate"
_DEFAULT = "action_default_fallback"
_MAX_SAID = 200


class Disambiguate(Act):
    """Asks once with the two likeliest readings; a second time in a row it offers a person."""

    name = _SELF

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        readings = _readings(now, heard)
        if asked_before(tracker) or not readings:
            tell(
                dispatcher,
                "utter_not_understood",
                buttons=[button("rephrase", "ask_capabilities"), human_button()],
            )
            return []
        questions = [title for title, _ in readings]
        name = "utter_which_of_two" if len(questions) == READINGS else "utter_which_of_one"
        buttons = [Button(title, intent) for title, intent in readings]
        tell(dispatcher, name, buttons=with_way_out(buttons), first=questions[0], second=questions[-1])
        return []


class DefaultFallback(Disambiguate):
    """The same where no rule fits, so that no message meets silence."""

    name = _DEFAULT


class OutOfScope(Act):
    """Says kindly that this is not ours, and what is."""

    name = "action_out_of_scope"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        buttons = [button("capabilities", "ask_capabilities"), human_button()]
        tell(dispatcher, "utter_out_of_scope", buttons=buttons)
        return []


class AskRecommendation(Act):
    """Never recommends: tells what the decision rests on, offers the questionnaire and a person."""

    name = "action_ask_recommendation"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        product = answer.product_of(now, heard)
        found = now.context.knowledge.answer(
            heard.intent, product, heard.entity(answer.SECTION) or heard.words, now.today
        )
        _, needs = await offers.beside(now, heard)
        if isinstance(found, Answer):
            answer.explain(dispatcher, now, heard, product=product, more_buttons=needs)
            return []
        buttons = [*needs, button("coverage", "ask_coverage"), button("price", "ask_price")]
        tell(dispatcher, "utter_ask_recommendation", buttons=with_way_out(buttons))
        return []


def asked_before(tracker: Tracker) -> bool:
    """Whether the customer's message before this one was not understood either."""
    actions: list[str] = []
    messages = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            messages += 1
            if messages == 2:
                break
        elif event.get("event") == "action" and messages == 1:
            actions.append(str(event.get("name")))
    return _SELF in actions or _DEFAULT in actions


def _readings(now: Turn, heard: Heard) -> list[tuple[str, str]]:
    """The likeliest intents that have a readable question, each with the payload that means it."""
    known = now.context.readings
    given = {SAID: heard.words[:_MAX_SAID]} if heard.words else {}
    for entity, value in heard.entities:
        given.setdefault(entity, value)
    return [
        (known[reading.intent], payload(reading.intent, **given))
        for reading in heard.ranking
        if reading.intent in known and reading.confidence >= LEAST_CONFIDENCE
    ][:READINGS]
