"""Everything Rasa 3.6.21 does that this project cannot live with, one function each.

Each says what it does, why, and the upstream lines it goes around; `tests/bot/test_workarounds.py` holds a
test per function that fails as soon as upstream no longer needs it. Rasa stays pinned to 3.6.21: earlier
releases allow remote code execution by loading a model (CVE-2024-49375), later open-source releases do not
exist.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NoReturn

import rasa.core.actions.action
import rasa.core.actions.forms
import rasa.core.policies.rule_policy
import rasa.core.processor
import rasa.shared.nlu.training_data.training_data
from jsonschema.validators import validator_for
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.nlu.training_data.training_data import TrainingData

PINNED = "3.6.21"
_UNCOPIED = SimpleNamespace(deepcopy=lambda value: value, copy=copy.copy)


class ActionFailedError(RuntimeError):
    """An action of the turn failed, or the turn came to no end; nothing of the turn may be kept."""


def validate_action_results_with_one_validator() -> None:
    """Builds the JSON schema validator of action results once instead of at every action call.

    Why: `jsonschema.validate` re-checks the constant schema itself each time, 69 % of a whole message.
    Upstream: rasa/core/actions/action.py, `RemoteAction._validate_action_result`.
    """
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(self: Any, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def abort_turn_on_first_failure(processor: MessageProcessor) -> None:
    """Makes the first failing action end the turn with ActionFailedError; a rejection is no failure.

    Why: Rasa logs the exception and goes on predicting, as far as the submit action of a form whose
    validation failed. Upstream: rasa/core/processor.py, `MessageProcessor._run_action`, `except Exception`.
    """
    run_action = processor._run_action

    async def run_or_abort(action: Action, *args: Any, **kwargs: Any) -> bool:
        watched = _WatchedAction(action)
        more = await run_action(watched, *args, **kwargs)
        if watched.error is not None:
            raise ActionFailedError(f"{action.name()}: {watched.error}") from watched.error
        return bool(more)

    processor._run_action = run_or_abort


def abort_turn_without_end(processor: MessageProcessor) -> None:
    """Makes a turn that predicts more actions than allowed end with ActionFailedError.

    Why: Rasa stops with a warning only, and a half-done turn would be answered with 200.
    Upstream: rasa/core/processor.py, `_run_prediction_loop`, `except ActionLimitReached`.
    """

    def fail(tracker: Any, output_channel: Any, nlg: Any) -> NoReturn:
        raise ActionFailedError(f"the turn did not end after {processor.max_number_of_predictions} actions")

    processor.on_circuit_break = fail


def never_post_the_domain(domain: Domain) -> None:
    """Stops Rasa from posting the whole domain to actions named `validate_…`.

    Why: it is megabytes a minute that no action of ours reads. Upstream: rasa/shared/core/domain.py,
    `Domain._collect_actions_which_explicitly_need_domain`.
    """
    domain._actions_which_explicitly_need_domain = []


def find_event_classes_once() -> None:
    """Caches which class an event name stands for.

    Why: Rasa walks all subclasses of Event for each event it reads, and a turn reads about a hundred.
    Upstream: rasa/shared/core/events.py, `Event.resolve_by_type`.
    """
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def skip_copies_for_unprinted_logs() -> None:
    """Gives Rasa's modules a `copy.deepcopy` that copies nothing; only debug logs use it there.

    Why: dialogue states and events are copied several times a turn for lines nobody prints. Upstream:
    `copy.deepcopy` in rasa/core/processor.py, rasa/core/policies/rule_policy.py, rasa/core/actions/forms.py.
    """
    for module in (rasa.core.processor, rasa.core.policies.rule_policy, rasa.core.actions.forms):
        module.copy = _UNCOPIED


def keep_no_training_cache() -> None:
    """Stops Rasa from fingerprinting what each component of a training was given and made.

    Why: our trainings are never resumed (`bot.train` names a model by its data), and the fingerprints of
    40,000 messages take a sixth of the time. Upstream: rasa/engine/training/hooks.py, `TrainingHook`.
    """
    TrainingHook.on_before_node = lambda self, *given, **named: {}
    TrainingHook.on_after_node = lambda self, *given, **named: None


def merge_training_data_without_copies() -> None:
    """Makes merged training data share its messages with what it was merged from.

    Why: each merge copies all messages, and an import merges them three times; nothing reads the parts after
    that. Upstream: rasa/shared/nlu/training_data/training_data.py, `TrainingData.merge`.
    """
    rasa.shared.nlu.training_data.training_data.copy = _UNCOPIED


def trust_the_linted_examples() -> None:
    """Stops Rasa from looking for examples that stand twice.

    Why: it compares fingerprints of all messages, at each of three merges; `bot.lint` has done so on the
    texts. Upstream: rasa/shared/nlu/training_data/training_data.py, `TrainingData.sanitize_examples`.
    """
    TrainingData.sanitize_examples = staticmethod(list)


class _WatchedAction:
    """Passes everything on to an action and remembers what it raised."""

    def __init__(self, action: Action) -> None:
        self._action = action
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            self.error = error
            raise


def apply_to_training() -> None:
    """Applies what shortens a training; once per process, before it begins."""
    keep_no_training_cache()
    merge_training_data_without_copies()
    trust_the_linted_examples()


def apply_at_import() -> None:
    """Applies what changes Rasa's classes and modules; once per process, before the model is loaded."""
    validate_action_results_with_one_validator()
    find_event_classes_once()
    skip_copies_for_unprinted_logs()


def apply_to(processor: MessageProcessor) -> None:
    """Applies the workarounds that belong to one loaded model."""
    abort_turn_on_first_failure(processor)
    abort_turn_without_end(processor)
    never_post_the_domain(processor.domain)
