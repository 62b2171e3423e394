"""Dialogue state that travels with the turn: Rasa events ⇄ one JSON object, opaque to everybody else.

Kept: the last `KEPT_TURNS` customer turns as events, and a snapshot of slots and active loop at the point
where those turns begin, so that snapshot + events give the same tracker as the whole conversation would.
What the customer wrote is not kept: texts, entity values and overwritten slot values leave the state when
their turn ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

VERSION = 1
KEPT_TURNS = 12
FORGOTTEN = "…"

State = dict[str, Any]


class BadStateError(ValueError):
    """The state is not one that `capture` made; the message says what is wrong."""


def restore(state: Mapping[str, Any] | None, conversation: str, domain: Domain) -> DialogueStateTracker:
    """The tracker as it was when `state` was captured; None begins a conversation. Raises BadStateError."""
    if state is None:
        return _tracker(conversation, domain, _beginning({}, None))
    if state.get("v") != VERSION:
        raise BadStateError(f"state version {state.get('v')!r} is not {VERSION}")
    try:
        events = _beginning(state["slots"], state["loop"])
        for turn in state["turns"]:
            events += deserialise_events(turn)
        return _tracker(conversation, domain, events)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadStateError(f"state cannot be read: {error}") from error


def capture(tracker: DialogueStateTracker, domain: Domain) -> State:
    """What the next turn needs of `tracker`, as JSON."""
    opening, turns = _split(tracker.events)
    dropped, kept = turns[:-KEPT_TURNS], turns[-KEPT_TURNS:]
    before = _tracker(tracker.sender_id, domain, [*opening, *(event for turn in dropped for event in turn)])
    slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
    return {
        "v": VERSION,
        "slots": {
            name: value if slots.get(name) == value else _forgotten(value)
            for name, value in before.current_slot_values().items()
            if value is not None
        },
        "loop": before.active_loop_name,
        "turns": [[event for event in (_kept(e, slots) for e in turn) if event] for turn in kept],
    }


def _beginning(slots: Mapping[str, Any], loop: str | None) -> list[Event]:
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    if loop is not None:
        events += [ActionExecuted(loop), ActiveLoop(loop)]
    events += [SlotSet(name, value) for name, value in slots.items()]
    return [*events, ActionExecuted(ACTION_LISTEN_NAME)]


def _tracker(conversation: str, domain: Domain, events: Iterable[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(conversation, list(events), slots=domain.slots, domain=domain)


def _split(events: Iterable[Event]) -> tuple[list[Event], list[list[Event]]]:
    opening: list[Event] = []
    turns: list[list[Event]] = []
    for event in events:
        if isinstance(event, UserUttered):
            turns.append([])
        (turns[-1] if turns else opening).append(event)
    return opening, turns


def _kept(event: Event, slots: Mapping[str, Any]) -> dict[str, Any] | None:
    if isinstance(event, BotUttered):
        return None
    if isinstance(event, UserUttered):
        return {
            "event": event.type_name,
            "parse_data": {
                "intent": {"name": event.intent_name},
                "entities": [{"entity": entity["entity"]} for entity in event.entities],
            },
        }
    if isinstance(event, SlotSet):
        value = event.value if slots.get(event.key) == event.value else _forgotten(event.value)
        return {"event": event.type_name, "name": event.key, "value": value}
    unneeded = {"timestamp", "metadata", "policy", "confidence"}
    return {key: value for key, value in event.as_dict().items() if key not in unneeded and value is not None}


def _forgotten(value: Any) -> Any:
    return FORGOTTEN if isinstance(value, str) else value
