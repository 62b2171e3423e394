"""Turns: what the customer wrote goes to Rasa, and what comes back is committed as one, or not at all.

One turn is one database transaction. The actions of the turn work in it (see `gateway.private`); replies,
dialogue state and effects are written into it, and it commits only if the conversation still stands in the
epoch in which the turn began. So a turn that fails, is repeated or is overtaken leaves nothing behind.
"""

from __future__ import annotations

import itertools
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import CallBack, HandOver, Identity, RequireIdentity, Turn
from gateway import buttons, feed, handover, identity_step, log
from gateway.rasa import RasaError, TurnResult
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
_JOINT = "，"


class Overtaken(Exception):
    """The mode changed while the turn ran: its replies become a suggestion, the rest is dropped."""

    def __init__(self, result: TurnResult, message_ids: Sequence[int], epoch: int) -> None:
        super().__init__("overtaken")
        self.result = result
        self.message_ids = message_ids
        self.epoch = epoch


async def run_next(services: Services, conversation_id: uuid.UUID) -> bool:
    """Take the next turn of a conversation, with one retry; False when there is nothing (more) to do here."""
    turn_id = uuid.uuid4()
    try:
        try:
            return await _take(services, conversation_id, turn_id, attempt=1)
        except RasaError as error:
            logger.warning(
                "turn %s conversation %s failed, trying again: %s", turn_id, conversation_id, error
            )
            await services.pause(services.options.retry_pause_seconds)
            return await _take(services, conversation_id, turn_id, attempt=2)
    except RasaError as error:
        logger.error("turn %s conversation %s given up: %s", turn_id, conversation_id, error)
        await _give_up(services, conversation_id, turn_id, str(error))
    except Overtaken as overtaken:
        await _keep_as_suggestion(services, conversation_id, turn_id, overtaken)
    finally:
        services.feed.tell(feed.News(conversation_id, "turn", {"turn": "ended"}))
    return True


async def _take(services: Services, conversation_id: uuid.UUID, turn_id: uuid.UUID, attempt: int) -> bool:
    if await _belonged_to_identity_step(services, conversation_id):
        return True
    started = services.clock()
    async with services.sessions.begin() as session:
        if not await _alone(session, conversation_id):
            return False
        messages = await _awaiting(session, conversation_id)
        conversation = await session.get_one(Conversation, conversation_id)
        if not messages or conversation.mode is not Mode.BOT:
            return False
        epoch = conversation.epoch
        services.feed.tell(feed.News(conversation_id, "turn", {"turn": "started"}))
        turn = _turn(services, session, conversation, turn_id, messages, started)
        result = await _ask_rasa(services, turn, messages)
        conversation = await log.lock(session, conversation_id)
        if conversation.epoch != epoch:
            raise Overtaken(result, [message.id for message in messages], epoch)
        await _commit(services, session, conversation, turn, result, messages)
        session.add(
            _record(turn_id, conversation_id, epoch, "done", result, started, services.clock(), attempt)
        )
    return True


async def _belonged_to_identity_step(services: Services, conversation_id: uuid.UUID) -> bool:
    """Whether the next message was for the identity step, which opened after the message was stored."""
    async with services.sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        if conversation.identity_step is None or conversation.mode is not Mode.BOT:
            return False
        conversation = await log.lock(session, conversation_id)
        messages = await _awaiting(session, conversation_id)
        if not messages or "enter" in messages[0].body:
            return False
        return await identity_step.catch_up(services, session, conversation, messages[0], services.clock())


async def _alone(session: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Whether this transaction is the only one taking a turn of the conversation, in any process."""
    key = int.from_bytes(conversation_id.bytes[:8], signed=True)
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}))


async def _awaiting(session: AsyncSession, conversation_id: uuid.UUID) -> list[Message]:
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


def _turn(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    turn_id: uuid.UUID,
    messages: Sequence[Message],
    now: datetime,
) -> Turn:
    return Turn(
        id=turn_id,
        conversation_id=conversation.id,
        session=session,
        identity=Identity(conversation.customer_id, conversation.level(now)),
        now=now,
        text="" if "enter" in messages[0].body else _JOINT.join(message.text for message in messages),
        context=services.context,
        desk_open=services.desk_open(now),
        identity_limits=services.identity_limits,
    )


async def _ask_rasa(services: Services, turn: Turn, messages: Sequence[Message]) -> TurnResult:
    state = await turn.session.get(DialogueState, turn.conversation_id)
    enter = messages[0].body.get("enter")
    services.running[turn.id] = turn
    try:
        result = await services.rasa.turn(
            conversation=turn.conversation_id,
            turn=turn.id,
            state=state.state if state else None,
            actions_url=f"{services.actions_url}/turns/{turn.id}/action",
            text=None if enter else _neutral(turn.text),
            intent=enter,
        )
    finally:
        services.running.pop(turn.id, None)
    if not result.messages and not any(isinstance(effect, HandOver) for effect in turn.effects):
        raise RasaError(f"the turn ended in silence (intent {result.intent.name})")
    return result


def _neutral(customer_text: str) -> str:
    """A leading slash would be a command to Rasa; customers do not give commands."""
    return "／" + customer_text[1:] if customer_text.startswith("/") else customer_text


async def _commit(
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
    for effect in turn.effects:
        match effect:
            case RequireIdentity():
                await identity_step.begin(services, session, conversation, effect, now)
            case HandOver():
                await handover.hand_over(session, services, conversation, effect, now)
            case CallBack():
                await handover.call_back(session, services, conversation, effect, now)


def _mark_answered(messages: Sequence[Message], turn_id: uuid.UUID, result: TurnResult) -> None:
    understood = {
        "intent": result.intent.name,
        "confidence": result.intent.confidence,
        "ranking": [ranked.model_dump() for ranked in result.ranking],
    }
    for message in messages:
        message.awaits_turn = False
        message.turn_id = turn_id
        message.understood = understood


def _record(
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


async def _keep_as_suggestion(
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
        session.add(_record(turn_id, conversation_id, epoch, "suppressed", result, now, now, 1))


async def _give_up(services: Services, conversation_id: uuid.UUID, turn_id: uuid.UUID, error: str) -> None:
    """An honest sentence, and a person: the queue when the desk is open, else a call-back."""
    now = services.clock()
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, conversation_id)
        session.add(_record(turn_id, conversation_id, conversation.epoch, "failed", None, now, now, 2, error))
        messages = await _awaiting(session, conversation_id)
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
        summary = _JOINT.join(message.text for message in messages)
        if open_now:
            await handover.hand_over(
                session, services, conversation, HandOver("bot_failure", summary=summary), now
            )
        else:
            await handover.call_back(
                session, services, conversation, CallBack("bot_failure", None, summary), now
            )
