"""Each workaround: what upstream does without it, and that it does so no more. A failure here may mean it
can go.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rasa
import rasa.core.processor
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import workarounds
from bot.endpoint import TurnActions
from bot.state import restore
from bot.turns import Replies
from bot.workarounds import ActionFailedError


@pytest.fixture
def processor(model: Path) -> MessageProcessor:
    made = MessageProcessor(str(model), None, None, None, TurnActions("token", 1.0))
    made.nlg = TemplatedNaturalLanguageGenerator(made.domain.responses)
    return made


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def name(self) -> str:
        return "action_break"

    async def run(self, *args: Any) -> list[Event]:
        raise self.error

    def event_for_successful_execution(self, prediction: Any) -> Event:
        return SlotSet("product", None)


def run_action(processor: MessageProcessor, error: Exception) -> bool:
    tracker = restore(None, "c", processor.domain)
    prediction = PolicyPrediction([1.0], "test")
    return asyncio.run(processor._run_action(Failing(error), tracker, Replies(), processor.nlg, prediction))


def test_rasa_is_the_release_the_workarounds_were_read_from() -> None:
    assert rasa.__version__ == workarounds.PINNED == "3.6.21"


def test_upstream_checks_the_schema_itself_at_every_call() -> None:
    upstream = inspect.getsource(inspect.getmodule(RemoteAction))
    assert "validate(result, self.action_response_format_spec())" in upstream


def test_action_results_are_still_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    workarounds.validate_action_results_with_one_validator()
    action = RemoteAction("action_x", None)
    assert action._validate_action_result({"events": [], "responses": []})
    with pytest.raises(jsonschema.ValidationError):
        action._validate_action_result({"events": "none", "responses": []})


def test_upstream_goes_on_after_a_failing_action(processor: MessageProcessor) -> None:
    assert run_action(processor, ValueError("broken")) is True


def test_a_failing_action_aborts_the_turn(processor: MessageProcessor) -> None:
    workarounds.abort_turn_on_first_failure(processor)
    with pytest.raises(ActionFailedError, match="action_break: broken"):
        run_action(processor, ValueError("broken"))


def test_a_rejected_action_does_not_abort_the_turn(processor: MessageProcessor) -> None:
    workarounds.abort_turn_on_first_failure(processor)
    assert run_action(processor, ActionExecutionRejection("action_break")) is True


def test_upstream_stops_an_endless_turn_with_a_warning_only(processor: MessageProcessor) -> None:
    assert processor.on_circuit_break is None
    workarounds.abort_turn_without_end(processor)
    with pytest.raises(ActionFailedError):
        processor.on_circuit_break(None, None, None)


def test_upstream_posts_the_domain_to_validators_unless_told_not_to(processor: MessageProcessor) -> None:
    action = RemoteAction("validate_service_form", processor.action_endpoint)
    tracker = restore(None, "c", processor.domain)
    assert "domain" in action._action_call_format(tracker, processor.domain)
    workarounds.never_post_the_domain(processor.domain)
    assert "domain" not in action._action_call_format(tracker, processor.domain)


def test_event_classes_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(inspect.unwrap(Event.resolve_by_type)))
    walks = []
    upstream = rasa.shared.utils.common.all_subclasses

    def counted(kind: type) -> Any:
        walks.append(kind)
        return upstream(kind)

    monkeypatch.setattr(rasa.shared.utils.common, "all_subclasses", counted)
    assert Event.resolve_by_type("slot") is Event.resolve_by_type("slot") is SlotSet
    assert walks.count(Event) == 2, "upstream caches by itself now"
    workarounds.find_event_classes_once()
    walks.clear()
    assert Event.resolve_by_type("slot") is Event.resolve_by_type("slot") is SlotSet
    assert walks.count(Event) == 1


def test_debug_logs_copy_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (rasa.core.processor, rasa.core.policies.rule_policy, rasa.core.actions.forms):
        source = inspect.getsource(module)
        uses = [line.strip() for line in source.splitlines() if "copy." in line and "import" not in line]
        assert uses
        assert all("copy.deepcopy(" in line for line in uses), "copies for other reasons would be broken"
        monkeypatch.setattr(module, "copy", module.copy)
    workarounds.skip_copies_for_unprinted_logs()
    value: list[int] = []
    assert rasa.core.processor.copy.deepcopy(value) is value


def test_nothing_of_a_training_is_fingerprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "deep_container_fingerprint(output)" in inspect.getsource(inspect.getmodule(TrainingHook))
    monkeypatch.setattr(TrainingHook, "on_before_node", TrainingHook.on_before_node)
    monkeypatch.setattr(TrainingHook, "on_after_node", TrainingHook.on_after_node)
    workarounds.keep_no_training_cache()
    hook = TrainingHook(None, None, None)
    given = hook.on_before_node("n", None, {}, {"messages": [object()]})
    assert hook.on_after_node("n", None, {}, [object()], given) is None


def test_merged_training_data_shares_its_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    module = inspect.getmodule(TrainingData)
    monkeypatch.setattr(module, "copy", copy)
    message = Message({"text": "保什么", "intent": "ask_coverage"})
    assert TrainingData().merge(TrainingData([message])).training_examples[0] is not message
    workarounds.merge_training_data_without_copies()
    assert TrainingData().merge(TrainingData([message])).training_examples[0] is message


def test_examples_that_stand_twice_are_left_to_the_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "list(OrderedDict.fromkeys(examples))" in inspect.getsource(inspect.getmodule(TrainingData))
    monkeypatch.setattr(TrainingData, "sanitize_examples", staticmethod(TrainingData.sanitize_examples))
    twice = [Message({"text": "保什么", "intent": "ask_coverage"}) for _ in range(2)]
    workarounds.trust_the_linted_examples()
    assert TrainingData(twice).training_examples == twice
