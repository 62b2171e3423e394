"""A conversation with the actions, without Rasa: its rules are followed the way Rasa follows them.

Intents are given, not recognised. `tests/conversations` has the same flows with the real Rasa.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from actions.server import execute
from actions.turn import Context, Effect, Identity, RequireIdentity, Turn
from knowledge.catalogue import Catalogue
from records.base import Sessions
from records.conversations import Conversation

Kind = TypeVar("Kind")
ROOT = Path(__file__).parents[2]
FORM = "service_form"


@cache
def context() -> Context:
    return Context.load(ROOT)


def rules(services: Catalogue) -> dict[str, str]:
    """The action each intent leads to."""
    return {**written_rules(), **dict.fromkeys(services.by_intent, "action_start_service")}


@cache
def written_rules() -> dict[str, str]:
    """The actions of the rules that stand in files."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            steps = rule["steps"]
            if "intent" in steps[0]:
                found[steps[0]["intent"]] = steps[1]["action"]
    return found


@dataclass
class Said:
    """One message of the bot."""

    text: str
    buttons: dict[str, str]
    citations: list[dict[str, str]]


@dataclass
class Reply:
    """What one customer turn led to."""

    messages: list[Said]
    effects: list[Effect]
    actions: list[str]

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def buttons(self) -> dict[str, str]:
        """Title → payload of all messages."""
        return {title: payload for message in self.messages for title, payload in message.buttons.items()}

    def effect(self, kind: type[Kind]) -> Kind:
        found = [effect for effect in self.effects if isinstance(effect, kind)]
        assert len(found) == 1, self.effects
        return found[0]


@dataclass
class Talk:
    """One customer's conversation; each turn is committed, as the gateway does."""

    sessions: Sessions
    now: datetime = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    customer: str | None = None
    level: int = 0
    desk_open: bool = True
    conversation: uuid.UUID = field(default_factory=uuid.uuid4)
    slots: dict[str, Any] = field(
        default_factory=lambda: {
            "product": None,
            "service_draft": None,
            "service_answer": None,
            "requested_slot": None,
        }
    )
    loop: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    last: Reply | None = None
    turn_secrets: dict[str, str] = field(default_factory=dict)
    """What the log of the last turn shows only as a mark."""
    knows: Context = field(default_factory=context)

    async def open(self) -> Talk:
        async with self.sessions.begin() as session:
            session.add(
                Conversation(
                    id=self.conversation,
                    channel="web",
                    customer_id=self.customer,
                    opened_at=self.now,
                    last_at=self.now,
                )
            )
        return self

    async def say(
        self,
        text: str,
        intent: str = "nlu_fallback",
        confidence: float = 0.9,
        /,
        second: str | None = None,
        **entities: str,
    ) -> Reply:
        """The customer writes `text`, understood as `intent`, and as `second` where it holds two wishes."""
        return await self._turn(text, intent, confidence, entities, second)

    async def choose(self, title: str) -> Reply:
        """The customer chooses a button of the last reply, by its title or the beginning of it."""
        assert self.last is not None
        fitting = [payload for name, payload in self.last.buttons.items() if name.startswith(title)]
        assert fitting, f"no button {title!r} in {list(self.last.buttons)}"
        return await self.press(fitting[0])

    async def press(self, payload: str) -> Reply:
        """A button with this payload."""
        name, _, entities = payload.removeprefix("/").partition("{")
        return await self._turn("", name, 1.0, json.loads("{" + entities) if entities else {})

    async def verified(self, customer: str) -> Reply:
        """The identity step that was asked for succeeds; the wish is entered again."""
        assert self.last is not None
        wish = self.last.effect(RequireIdentity)
        self.customer, self.level = customer, 2
        return await self._turn("", wish.intent, 1.0, dict(wish.entities))

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    async def _turn(
        self, text: str, intent: str, confidence: float, entities: dict[str, str], second: str | None = None
    ) -> Reply:
        message = {
            "second": second,
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "intent_ranking": [
                {"name": intent, "confidence": confidence},
                {"name": "ask_claim_time", "confidence": 0.3},
                {"name": "check_claim", "confidence": 0.2},
            ],
        }
        self.events.append({"event": "action", "name": "action_listen"})
        self.events.append({"event": "user", "text": text, "parse_data": message})
        async with self.sessions.begin() as session:
            turn = Turn(
                id=uuid.uuid4(),
                conversation_id=self.conversation,
                session=session,
                identity=Identity(self.customer, self.level),
                now=self.now,
                text=text,
                context=self.knows,
                desk_open=self.desk_open,
            )
            run = Run(self, turn, message)
            await run.follow(intent, text)
            self.turn_secrets = turn.secrets
        self.last = Reply(run.said, turn.effects, run.actions)
        return self.last


class Run:
    """One turn, as Rasa's rule policy and form action would run it."""

    def __init__(self, talk: Talk, turn: Turn, message: dict[str, Any]) -> None:
        self.talk = talk
        self.turn = turn
        self.message = message
        self.said: list[Said] = []
        self.actions: list[str] = []

    async def follow(self, intent: str, text: str) -> None:
        if self.talk.loop:
            rejected = await self._form(text)
            if not rejected:
                return
        following = await self._call(rules(self.talk.knows.services)[intent])
        if following == FORM or (self.talk.loop and following is None):
            self.talk.loop = FORM
            await self._form(None)

    async def _form(self, text: str | None) -> bool:
        """Whether the form declined the message."""
        given = [{"event": "slot", "name": "service_answer", "value": text}] if text is not None else []
        executed = {"event": "action", "name": FORM}
        events = await self._events(f"validate_{FORM}", [executed, *given])
        self.talk.events.append(executed)
        if any(event["event"] == "action_execution_rejected" for event in events):
            self._apply(events)
            return True
        asked = [event for event in events if event["event"] == "slot" and event["name"] == "requested_slot"]
        ended = [event for event in events if event["event"] == "active_loop" and event["name"] is None]
        self._apply(events)
        if ended or (asked and asked[-1]["value"] is None):
            self.talk.loop = None
            await self._call("action_submit_service")
        return False

    async def _call(self, action: str) -> str | None:
        """Runs an action; the action it says must follow."""
        events = await self._events(action, [])
        self._apply(events)
        self.talk.events.append({"event": "action", "name": action})
        following = [event["name"] for event in events if event["event"] == "followup"]
        return following[-1] if following else None

    async def _events(self, action: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.actions.append(action)
        result = await execute(
            self.turn,
            {
                "next_action": action,
                "sender_id": str(self.talk.conversation),
                "tracker": {
                    "sender_id": str(self.talk.conversation),
                    "slots": self.talk.slots,
                    "latest_message": self.message,
                    "events": [*self.talk.events, *given],
                    "active_loop": {"name": self.talk.loop} if self.talk.loop else {},
                },
            },
        )
        for response in result["responses"]:
            self.said.append(
                Said(
                    response["text"],
                    {button["title"]: button["payload"] for button in response["buttons"]},
                    (response["custom"] or {}).get("citations", []),
                )
            )
        return list(result["events"])

    def _apply(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event["event"] == "slot":
                self.talk.slots[event["name"]] = event["value"]
