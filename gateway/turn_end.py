"""How a turn ends: committed whole, kept as a suggestion, or given up with an honest sentence.

Owns what is written when Rasa has answered or failed. Does not decide when a turn runs (`gateway.turns`).
"""

from __future__ import annotations

import itertools
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import CallBack, Effect, HandOver, RequireIdentity, Turn
from gateway import buttons, handover, identity_step, log
from gateway.rasa import TurnResult
from gateway.services import Services
from records.conversations import (
    Conversation,
    DialogueState,
    Message,
    Mode,
    Origin,
    TurnRecord,
    Visibility,
)

logger = logging.getLogger(__name__)
JOINT = "，"


class Overtaken(Exception):
    """The mode changed while the turn ran: its replies become a suggestion, the rest is dropped."""

    def __init__(self, result: TurnResult, message_ids: Sequence[int], epoch: int) -> None:
        super().__init__("overtaken")
        self.result = result
        self.message_ids = message_ids
        self.epoch = epoch


async def awaiting(session: AsyncSession, conversation_id: uuid.UUID) -> list[Message]:
    """The next messages to answer together: texts that came one after another, or a single choice."""
    rows = (
        await session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.awaits_turn)
            .order_by(Message.seq)
        )
    ).all()
    joined: list[Message] = []
    for row in rows:
        if "enter" in row.body:
            return joined or [row]
        joined.append(row)
    return joined


async def commit(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    turn: Turn,
    result: TurnResult,
    messages: Sequence[Message],
) -> None:
    now = services.clock()
    _mark_answered(messages, turn.id, result)
    for message, (secret, mark) in itertools.product(messages, turn.secrets.items()):
        message.text = message.text.replace(secret, mark)
    for reply in result.messages:
        await log.append(
            session,
            conversation,
            now=now,
            origin=Origin.BOT,
            text=reply.text,
            turn_id=turn.id,
            body={
                "buttons": await buttons.issue(session, conversation.id, reply.offers, now),
                "citations": reply.citations,
            },
        )
    await session.execute(
        insert(DialogueState)
        .values(conversation_id=conversation.id, state=result.state, turn_id=turn.id, updated_at=now)
        .on_conflict_do_update(
            index_elements=[DialogueState.conversation_id],
            set_={"state": result.state, "turn_id": turn.id, "updated_at": now},
        )
    )
    if result.intent.name == "cancel":
        conversation.identity_step = None
    for effect in _settled(turn.effects):
        match effect:
            case RequireIdentity():
                await identity_step.begin(services, session, conversation, effect, now)
            case HandOver():
                await handover.hand_over(session, services, conversation, effect, now)
            case CallBack():
                await handover.call_back(session, services, conversation, effect, now)


def _settled(effects: Sequence[Effect]) -> list[Effect]:
    """The effects with one hand-over at most: of several that a turn asked for, the most urgent."""
    wishes = [effect for effect in effects if isinstance(effect, HandOver)]
    urgent = max(wishes, key=lambda wish: wish.priority, default=None)
    return [effect for effect in effects if not isinstance(effect, HandOver) or effect is urgent]


def _mark_answered(messages: Sequence[Message], turn_id: uuid.UUID, result: TurnResult) -> None:
    understood = {
        "intent": result.intent.name,
        "confidence": result.intent.confidence,
        "ranking": [ranked.model_dump() for ranked in result.ranking],
    }
    for message in messages:
        message.awaits_turn = False
        message.turn_id = turn_id
        if "enter" not in message.body:
            message.understood = understood


def record(
    turn_id: uuid.UUID,
    conversation_id: uuid.UUID,
    epoch: int,
    outcome: str,
    result: TurnResult | None,
    started: datetime,
    ended: datetime,
    attempts: int,
    error: str | None = None,
) -> TurnRecord:
    understood: dict[str, Any] = {}
    if result is not None:
        understood = {
            "intent": result.intent.name,
            "confidence": result.intent.confidence,
            "ranking": [ranked.model_dump() for ranked in result.ranking],
            "actions": result.actions,
            "timings": result.timings,
        }
    logger.info(
        "turn %s conversation %s %s intent=%s confidence=%.2f actions=%s attempts=%d ms=%.0f",
        turn_id,
        conversation_id,
        outcome,
        understood.get("intent"),
        understood.get("confidence") or 0.0,
        ",".join(understood.get("actions", [])),
        attempts,
        (ended - started).total_seconds() * 1000,
    )
    return TurnRecord(
        id=turn_id,
        conversation_id=conversation_id,
        epoch=epoch,
        outcome=outcome,
        attempts=attempts,
        error=error,
        started_at=started,
        ended_at=ended,
        **understood,
    )


async def keep_as_suggestion(
    services: Services, conversation_id: uuid.UUID, turn_id: uuid.UUID, overtaken: Overtaken
) -> None:
    """What the bot would have said, for the specialist who took over meanwhile."""
    now = services.clock()
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, conversation_id)
        messages = [await session.get_one(Message, message_id) for message_id in overtaken.message_ids]
        _mark_answered(messages, turn_id, overtaken.result)
        for reply in overtaken.result.messages:
            await log.append(
                session,
                conversation,
                now=now,
                origin=Origin.BOT,
                visibility=Visibility.SUGGESTION,
                text=reply.text,
                turn_id=turn_id,
                body={"citations": reply.citations},
            )
        result, epoch = overtaken.result, overtaken.epoch
        session.add(record(turn_id, conversation_id, epoch, "suppressed", result, now, now, 1))


async def give_up(services: Services, conversation_id: uuid.UUID, turn_id: uuid.UUID, error: str) -> None:
    """An honest sentence, and a person: the queue when the desk is open, else a call-back."""
    now = services.clock()
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, conversation_id)
        session.add(record(turn_id, conversation_id, conversation.epoch, "failed", None, now, now, 2, error))
        messages = await awaiting(session, conversation_id)
        if conversation.mode is not Mode.BOT or not messages:
            return
        for message in messages:
            message.awaits_turn = False
            message.turn_id = turn_id
        open_now = services.desk_open(now)
        await log.append(
            session,
            conversation,
            now=now,
            origin=Origin.SYSTEM,
            text=services.wording.say("utter_turn_failed" if open_now else "utter_turn_failed_callback"),
            turn_id=turn_id,
        )
        summary = JOINT.join(message.text for message in messages)
        if open_now:
            await handover.hand_over(
                session, services, conversation, HandOver("bot_failure", summary=summary), now
            )
        else:
            await handover.call_back(
                session, services, conversation, CallBack("bot_failure", None, summary), now
            )
