"""One turn through Rasa: state in, replies and new state out, nothing kept in between."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import workarounds
from bot.endpoint import Call, TurnActions, current_call
from bot.second_wish import with_second
from bot.state import capture, restore

RANKED = 5
FALLBACK_INTENT = "nlu_fallback"
MAX_ACTIONS = 10
#: Rasa's own way of writing an intent; the sentence encoder would understand the English name in it.
_CODE = re.compile(r"／\w+\s*(?:\{.*\}\s*)?", re.DOTALL)


class BadTurnError(ValueError):
    """The request is not a turn; the message says which key is wrong."""


@dataclass(frozen=True)
class Turn:
    """A customer turn as the gateway sends it; exactly one of `text` and `intent` is set."""

    conversation: str
    turn: str
    actions_url: str
    text: str | None = None
    intent: str | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    state: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: Any) -> Turn:
        """Reads the JSON body of a request; raises BadTurnError."""
        if not isinstance(body, dict):
            raise BadTurnError("the body must be an object")
        for key in ("conversation", "turn", "actions_url"):
            if not isinstance(body.get(key), str) or not body[key]:
                raise BadTurnError(f"{key} must be a non-empty string")
        text, intent, state = body.get("text"), body.get("intent"), body.get("state")
        if (text is None) == (intent is None):
            raise BadTurnError("exactly one of text and intent must be given")
        if text is not None and not (isinstance(text, str) and text.strip()):
            raise BadTurnError("text must be a non-empty string")
        if state is not None and not isinstance(state, dict):
            raise BadTurnError("state must be an object or null")
        name, entities = _read_intent(intent)
        return cls(
            conversation=body["conversation"],
            turn=body["turn"],
            actions_url=body["actions_url"],
            text=text,
            intent=name,
            entities=entities,
            state=state,
            metadata=body.get("metadata") or {},
        )


def _read_intent(intent: Any) -> tuple[str | None, list[dict[str, Any]]]:
    if intent is None:
        return None, []
    if not isinstance(intent, dict) or not isinstance(intent.get("name"), str):
        raise BadTurnError("intent must be an object with a name")
    entities = intent.get("entities") or []
    if not isinstance(entities, list) or not all(
        isinstance(entity, dict) and isinstance(entity.get("entity"), str) and "value" in entity
        for entity in entities
    ):
        raise BadTurnError("intent.entities must be objects with entity and value")
    return intent["name"], [{"entity": entity["entity"], "value": entity["value"]} for entity in entities]


def neutralised(text: str) -> str:
    """`text` with a leading slash made full-width, because Rasa would obey `/intent{…}`."""
    text = text.strip()
    return "／" + text[1:] if text.startswith("/") else text


def not_understood(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """`parsed` as the fallback classifier would have left it, without entities."""
    fallback = {"name": FALLBACK_INTENT, "confidence": 0.0}
    ranking = [entry for entry in parsed["intent_ranking"] if entry["name"] != FALLBACK_INTENT]
    return {**parsed, "intent": fallback, "intent_ranking": [fallback, *ranking], "entities": []}


class Replies(OutputChannel):  # type: ignore[misc]
    """Collects one object per utterance, with buttons and custom keys in it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "turn"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        custom = message.get("custom") or {}
        self.messages.append(
            {
                **(custom if isinstance(custom, dict) else {"custom": custom}),
                "text": message.get("text") or "",
                "buttons": [
                    {"title": button["title"], "payload": button["payload"]}
                    for button in message.get("buttons") or []
                ],
                "citations": list(custom.get("citations", [])) if isinstance(custom, dict) else [],
            }
        )


class TurnWording(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Chooses among the variations of a response by turn, so that a repeated turn says the same words."""

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        if utter_action not in self.responses:
            return None
        choices: list[dict[str, Any]] = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        if not choices:
            return None
        call = current_call.get()
        return choices[zlib.crc32(f"{call.turn} {utter_action}".encode()) % len(choices)]


class TurnRunner:
    """A loaded model, ready for turns. Turns may overlap; they share nothing but the model."""

    def __init__(self, model: str, actions: TurnActions) -> None:
        workarounds.apply_at_import()
        self.actions = actions
        self._processor = MessageProcessor(
            model_path=model,
            tracker_store=None,
            lock_store=None,
            generator=None,
            action_endpoint=actions,
            max_number_of_predictions=MAX_ACTIONS,
        )
        self._domain = self._processor.domain
        self._processor.nlg = TurnWording(self._domain.responses)
        workarounds.apply_to(self._processor)

    async def warm_up(self) -> None:
        """Parses and predicts once, so that the first customer does not pay for dictionaries and caches."""
        tracker = restore(None, "warm-up", self._domain)
        parsed = await self._processor.parse_message(UserMessage("您好，我想查一下保单"))
        tracker.update(_user_event(UserMessage("您好"), parsed), self._domain)
        self._processor.predict_next_with_tracker_if_should(tracker)

    async def run(self, turn: Turn) -> dict[str, Any]:
        """Runs `turn` and answers the channel's JSON; raises BadTurnError, BadStateError or
        ActionFailedError.
        """
        call = Call(turn=turn.turn, actions_url=turn.actions_url)
        current_call.set(call)
        tracker = restore(turn.state, turn.conversation, self._domain)
        before = len(tracker.events)
        replies = Replies()
        message = UserMessage(
            text=None if turn.text is None else neutralised(turn.text),
            output_channel=replies,
            sender_id=turn.conversation,
            input_channel=replies.name(),
            message_id=turn.turn,
            metadata=dict(turn.metadata),
        )
        began = time.perf_counter()
        parsed = self._known_intent(turn) if turn.intent is not None else await self._parse(message, tracker)
        parse_ms = (time.perf_counter() - began) * 1000
        tracker.update(_user_event(message, parsed), self._domain)
        tracker = await self._processor.run_action_extract_slots(replies, tracker)
        await self._processor._run_prediction_loop(replies, tracker)
        rest_ms = (time.perf_counter() - began) * 1000 - parse_ms
        return {
            "messages": replies.messages,
            "intent": {"name": parsed["intent"]["name"], "confidence": float(parsed["intent"]["confidence"])},
            "ranking": _ranking(parsed),
            "entities": [_entity(entity) for entity in parsed["entities"]],
            "slots": tracker.current_slot_values(),
            "actions": [
                event.action_name
                for event in list(tracker.events)[before:]
                if isinstance(event, ActionExecuted) and event.action_name not in (None, ACTION_LISTEN_NAME)
            ],
            "timings": {
                "parse_ms": round(parse_ms, 2),
                "policies_ms": round(rest_ms - call.actions_ms, 2),
                "actions_ms": round(call.actions_ms, 2),
            },
            "state": capture(tracker, self._domain),
        }

    async def _parse(self, message: UserMessage, tracker: DialogueStateTracker) -> dict[str, Any]:
        parsed: dict[str, Any] = await self._processor.parse_message(message, tracker)
        if _CODE.fullmatch(message.text):
            return not_understood(parsed)
        return await with_second(parsed, lambda part: self._processor.parse_message(UserMessage(part)))

    def _known_intent(self, turn: Turn) -> dict[str, Any]:
        if turn.intent not in self._domain.intents:
            raise BadTurnError(f"intent {turn.intent} is not in the domain")
        unknown = {entity["entity"] for entity in turn.entities} - set(self._domain.entities)
        if unknown:
            raise BadTurnError(f"entities not in the domain: {', '.join(sorted(unknown))}")
        intent = {"name": turn.intent, "confidence": 1.0}
        return {"text": "", "intent": intent, "intent_ranking": [intent], "entities": turn.entities}


def _user_event(message: UserMessage, parsed: Mapping[str, Any]) -> UserUttered:
    return UserUttered(
        message.text,
        parsed["intent"],
        parsed["entities"],
        parsed,
        input_channel=message.input_channel,
        message_id=message.message_id,
        metadata=message.metadata,
    )


def _ranking(parsed: Mapping[str, Any]) -> list[dict[str, Any]]:
    ranked = [entry for entry in parsed.get("intent_ranking", []) if entry["name"] != FALLBACK_INTENT]
    return [{"name": entry["name"], "confidence": float(entry["confidence"])} for entry in ranked[:RANKED]]


def _entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entity.get(key) for key in ("entity", "value", "start", "end")}


def as_json(answer: Mapping[str, Any]) -> str:
    """The answer as the channel sends it, Chinese characters unescaped."""
    return json.dumps(answer, ensure_ascii=False)
