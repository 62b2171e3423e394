"""Turns: what the customer wrote goes to Rasa, and what comes back is committed as one, or not at all.

One turn is one database transaction. The actions of the turn work in it (see `gateway.private`); replies,
dialogue state and effects are written into it, and it commits only if the conversation still stands in the
epoch in which the turn began. So a turn that fails, is repeated or is overtaken leaves nothing behind.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import HandOver, Identity, Turn
from gateway import feed, identity_step, log, turn_end
from gateway.rasa import RasaAway, RasaError, TurnResult
from gateway.services import Services
from records.conversations import (
    Conversation,
    DialogueState,
    Message,
    Mode,
)

logger = logging.getLogger(__name__)


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
            if isinstance(error, RasaAway):
                await services.rasa.back_within(services.options.rasa_return_seconds)
            else:
                await services.pause(services.options.retry_pause_seconds)
            return await _take(services, conversation_id, turn_id, attempt=2)
    except RasaError as error:
        logger.error("turn %s conversation %s given up: %s", turn_id, conversation_id, error)
        await turn_end.give_up(services, conversation_id, turn_id, str(error))
    except turn_end.Overtaken as overtaken:
        await turn_end.keep_as_suggestion(services, conversation_id, turn_id, overtaken)
    finally:
        services.feed.tell(feed.News(conversation_id, "turn", {"turn": "ended"}))
    return True


async def _take(
    services: Services,
    conversation_id: uuid.UUID,
    turn_id: uuid.UUID,
    attempt: int,
    identity_asked: bool = False,
) -> bool:
    started = services.clock()
    async with services.sessions.begin() as session:
        if not await _alone(session, conversation_id):
            return False
        conversation = await session.get_one(Conversation, conversation_id)
        epoch = conversation.epoch
        messages = await turn_end.awaiting(session, conversation_id)
        if not messages or conversation.mode is not Mode.BOT:
            return False
        if conversation.identity_step is None or identity_asked:
            services.feed.tell(feed.News(conversation_id, "turn", {"turn": "started"}))
            turn = _turn(services, session, conversation, turn_id, messages, started)
            result = await _ask_rasa(services, turn, messages)
            conversation = await log.lock(session, conversation_id)
            if conversation.epoch != epoch:
                raise turn_end.Overtaken(result, [message.id for message in messages], epoch)
            await turn_end.commit(services, session, conversation, turn, result, messages)
            ended = services.clock()
            session.add(
                turn_end.record(turn_id, conversation_id, epoch, "done", result, started, ended, attempt)
            )
            return True
    if await _belonged_to_identity_step(services, conversation_id):
        return True
    return await _take(services, conversation_id, turn_id, attempt, identity_asked=True)


async def _belonged_to_identity_step(services: Services, conversation_id: uuid.UUID) -> bool:
    """Whether the next message was for the identity step, which opened after the message was stored."""
    async with services.sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        if conversation.identity_step is None or conversation.mode is not Mode.BOT:
            return False
        conversation = await log.lock(session, conversation_id)
        messages = await turn_end.awaiting(session, conversation_id)
        if not messages or "enter" in messages[0].body:
            return False
        return await identity_step.catch_up(services, session, conversation, messages[0], services.clock())


async def _alone(session: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Whether this transaction is the only one taking a turn of the conversation, in any process."""
    key = int.from_bytes(conversation_id.bytes[:8], signed=True)
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}))


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
        text="" if "enter" in messages[0].body else turn_end.JOINT.join(message.text for message in messages),
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
