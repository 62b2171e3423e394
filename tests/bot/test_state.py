"""The dialogue state: what is kept, and that snapshot + events are the whole conversation."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.state import KEPT_TURNS, BadStateError, capture, restore
from tests.bot.conftest import FIXTURE

FORM = "service_form"
LISTEN = ActionExecuted("action_listen")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(FIXTURE / "domain")


def said(intent: str, text: str = "…") -> UserUttered:
    return UserUttered(text, {"name": intent, "confidence": 0.9}, [])


def a_turn(chance: random.Random, in_form: bool) -> tuple[list[Event], bool]:
    """A plausible turn and whether the form is active after it."""
    product = SlotSet("product", chance.choice(["重疾险", "医疗险", None]))
    digression: list[Event] = [said("ask_waiting_period"), product]
    answer: list[Event] = [ActionExecuted("action_answer"), BotUttered("90天")]
    if not in_form and chance.random() < 0.6:
        return [*digression, *answer, LISTEN], False
    ask: list[Event] = [ActionExecuted(FORM), SlotSet("requested_slot", "service_answer"), LISTEN]
    if not in_form:
        start: list[Event] = [
            said("change_contact"),
            ActionExecuted("action_start_service"),
            SlotSet("service_draft", "7"),
        ]
        return [*start, ActionExecuted(FORM), ActiveLoop(FORM), *ask[1:]], True
    if chance.random() < 0.7:
        return [*digression, ActionExecutionRejected(FORM), *answer, LoopInterrupted(True), *ask], True
    left: list[Event] = [
        said("cancel"),
        ActionExecuted(FORM),
        ActiveLoop(None),
        SlotSet("requested_slot", None),
    ]
    return [*left, SlotSet("service_draft", None), LISTEN], False


def seen(tracker: DialogueStateTracker, domain: Domain) -> Any:
    """What policies and actions can tell of a tracker, as far back as the state reaches."""
    states = [
        {part: {key: value for key, value in known.items() if key != "text"} for part, known in state.items()}
        for state in tracker.past_states(domain)[-KEPT_TURNS:]
    ]
    return tracker.current_slot_values(), tracker.active_loop_name, tracker.latest_action_name, states


@pytest.mark.parametrize("seed", range(30))
def test_a_conversation_in_turns_is_the_whole_conversation(domain: Domain, seed: int) -> None:
    chance = random.Random(seed)
    whole = restore(None, "c", domain)
    state, in_form = None, False
    for _ in range(40):
        events, in_form = a_turn(chance, in_form)
        piece = restore(state, "c", domain)
        for event in events:
            whole.update(event, domain)
            piece.update(event, domain)
        state = json.loads(json.dumps(capture(piece, domain)))
        assert seen(restore(state, "c", domain), domain) == seen(whole, domain)
    assert len(state["turns"]) == KEPT_TURNS


def test_a_form_older_than_the_kept_turns_is_still_active(domain: Domain) -> None:
    begin: list[Event] = [
        said("change_contact"),
        SlotSet("service_draft", "7"),
        ActionExecuted(FORM),
        ActiveLoop(FORM),
    ]
    tracker = restore(None, "c", domain)
    for event in [*begin, SlotSet("requested_slot", "service_answer"), LISTEN]:
        tracker.update(event, domain)
    state = capture(tracker, domain)
    for _ in range(3 * KEPT_TURNS):
        tracker = restore(state, "c", domain)
        for event in [
            said("ask_waiting_period"),
            ActionExecuted("action_answer"),
            ActionExecuted(FORM),
            LISTEN,
        ]:
            tracker.update(event, domain)
        state = capture(tracker, domain)
    after = restore(state, "c", domain)
    assert after.active_loop_name == FORM
    assert after.get_slot("service_draft") == "7"
    assert after.get_slot("requested_slot") == "service_answer"


def test_texts_and_overwritten_values_are_forgotten(domain: Domain) -> None:
    tracker = restore(None, "c", domain)
    entity = {"entity": "phone", "value": "13800001001", "start": 0, "end": 11}
    user = UserUttered("13800001001", {"name": "affirm", "confidence": 1.0}, [entity])
    bot = BotUttered("您的号码是13800001001")
    for event in [
        user,
        SlotSet("service_answer", "13800001001"),
        bot,
        SlotSet("service_answer", None),
        LISTEN,
    ]:
        tracker.update(event, domain)
    state = capture(tracker, domain)
    assert "13800001001" not in json.dumps(state)
    assert state["turns"][0][0]["parse_data"]["entities"] == [{"entity": "phone"}]


@pytest.mark.parametrize("state", [{}, {"v": 0}, {"v": 1}, {"v": 1, "slots": [], "loop": None, "turns": "x"}])
def test_a_state_of_unknown_shape_is_refused(domain: Domain, state: dict[str, Any]) -> None:
    with pytest.raises(BadStateError):
        restore(state, "c", domain)
