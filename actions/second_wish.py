"""What else the customer wanted in the same message: a button once the first wish is served.

Where the first wish needs the identity step the second travels with it; where it opens a form the draft keeps
it until the form is done.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import drafts
from actions.heard import THEN, Heard
from actions.speech import MAX_BUTTONS, payload
from actions.turn import RequireIdentity, Turn
from knowledge.answers import Button

_DRAFT_SLOT = "service_draft"
_WAY_OUT = 1
_PREFIXES = ("ask_", "check_", "pay_")
_PLAIN_WORDS = ("顺便", "顺带", "顺手")
"""Inside a form, where stories hold all kinds of joining words, only these announce another wish."""


async def keep(
    dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard, events: list[EventType]
) -> None:
    """Sees to it that the second wish of the message is not forgotten."""
    wish = heard.then
    if wish is None or wish == heard.intent or not _can_wait(now, wish):
        return
    if tracker.active_loop_name and not any(word in heard.text for word in _PLAIN_WORDS):
        return
    for index, effect in enumerate(now.effects):
        if isinstance(effect, RequireIdentity):
            carried = (*(entity for entity in effect.entities if entity[0] != THEN), (THEN, wish))
            now.effects[index] = replace(effect, entities=carried)
            return
    draft = await drafts.load(now, _draft_id(tracker, events))
    if draft is not None:
        await draft.keep_wish(wish)
    elif dispatcher.messages:
        _add(dispatcher.messages[-1], button(now, wish))


def _can_wait(now: Turn, intent: str) -> bool:
    """Whether an intent is a wish rather than a move of the conversation, and can stand on a button."""
    wished = intent.startswith(_PREFIXES) or intent in now.context.services.by_intent
    return wished and intent in now.context.readings


def button(now: Turn, intent: str) -> Button:
    """The button that serves a wish, titled as the question it is."""
    return Button(now.context.readings[intent], payload(intent))


def _draft_id(tracker: Tracker, events: list[EventType]) -> str | None:
    """The draft the turn works on."""
    named = [event["value"] for event in events if event.get("name") == _DRAFT_SLOT]
    slot: str | None = tracker.get_slot(_DRAFT_SLOT)
    return named[-1] if named else slot


def _add(message: dict[str, Any], wish: Button) -> None:
    """Adds the button before the last of the message, which is the way to a person, if there is room."""
    shown = message.get("buttons") or []
    if any(one["payload"] == wish.payload for one in shown):
        return
    kept = shown[: MAX_BUTTONS - 1 - _WAY_OUT] + shown[-_WAY_OUT:] if len(shown) >= MAX_BUTTONS else shown
    offered = {"title": wish.title, "payload": wish.payload}
    message["buttons"] = [*kept[:-_WAY_OUT], offered, *kept[-_WAY_OUT:]]
