from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from rasa_sdk.interfaces import ActionNotFoundException

from actions.server import ACTIONS, EXECUTOR, execute
from actions.turn import Identity, Turn, current_turn
from records.base import Sessions
from records.conversations import Conversation
from tests.actions.talk import context, rules

INTENT_OF = {action: intent for intent, action in rules(context().services).items()}


def call(action: str, intent: str) -> dict[str, object]:
    return {
        "next_action": action,
        "sender_id": "c",
        "domain": {"intents": ["of somebody else"]},
        "tracker": {
            "sender_id": "c",
            "slots": {"product": None, "service_draft": None, "service_answer": None},
            "latest_message": {
                "text": "您好",
                "intent": {"name": intent, "confidence": 0.9},
                "entities": [],
                "intent_ranking": [{"name": intent, "confidence": 0.9}],
            },
            "events": [],
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
    }


@pytest.mark.parametrize(("customer", "level"), [(None, 0), ("C001", 1), ("C001", 2)])
async def test_every_action_answers_in_its_shape(
    customer: str | None, level: int, demo: Sessions, now: datetime
) -> None:
    for action in (one.name for one in ACTIONS):
        async with demo() as session:
            turn = Turn(
                id=uuid.uuid4(),
                conversation_id=uuid.uuid4(),
                session=session,
                identity=Identity(customer, level),
                now=now,
                text="您好",
                context=context(),
                desk_open=True,
            )
            session.add(
                Conversation(
                    id=turn.conversation_id, channel="web", customer_id=customer, opened_at=now, last_at=now
                )
            )
            await session.flush()
            result = await execute(turn, call(action, INTENT_OF.get(action, "greet")))
            await session.rollback()
        assert set(result) == {"events", "responses"}, action
        for response in result["responses"]:
            assert response["text"], action
            assert len(response["buttons"]) <= 4, action
    with pytest.raises(LookupError):
        current_turn.get()
    assert EXECUTOR.domain == {}


async def test_an_unknown_action_is_refused(demo: Sessions, now: datetime) -> None:
    async with demo() as session:
        turn = Turn(
            uuid.uuid4(), uuid.uuid4(), session, Identity(None, 0), now, "", context(), desk_open=True
        )
        with pytest.raises(ActionNotFoundException):
            await execute(turn, call("action_of_nobody", "greet"))
