"""Who speaks: the modes of a conversation and the steps between them.

Every step checks where the conversation stands, raises `epoch`, writes an audit row and an entry of the log,
all in the caller's transaction and on a row that `gateway.log.lock` returned.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import feed, log
from gateway.errors import ModeConflict
from records import audit, handlings
from records.conversations import Conversation, Message, Mode, Origin


class Step(enum.StrEnum):
    HAND_OVER = "hand_over"
    CANCEL = "cancel"
    TIME_OUT = "time_out"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    TRANSFER = "transfer"
    LOSE = "lose"
    HAND_BACK = "hand_back"
    CLOSE = "close"
    IDLE = "idle"
    REOPEN = "reopen"


STEPS: dict[Step, tuple[Mode, Mode]] = {
    Step.HAND_OVER: (Mode.BOT, Mode.QUEUED),
    Step.CANCEL: (Mode.QUEUED, Mode.BOT),
    Step.TIME_OUT: (Mode.QUEUED, Mode.BOT),
    Step.CLAIM: (Mode.QUEUED, Mode.HUMAN),
    Step.TAKE_OVER: (Mode.BOT, Mode.HUMAN),
    Step.TRANSFER: (Mode.HUMAN, Mode.QUEUED),
    Step.LOSE: (Mode.HUMAN, Mode.QUEUED),
    Step.HAND_BACK: (Mode.HUMAN, Mode.BOT),
    Step.CLOSE: (Mode.HUMAN, Mode.CLOSED),
    Step.IDLE: (Mode.BOT, Mode.CLOSED),
    Step.REOPEN: (Mode.CLOSED, Mode.BOT),
}


async def move(
    session: AsyncSession,
    conversation: Conversation,
    step: Step,
    *,
    actor: str,
    now: datetime,
    text: str = "",
    body: dict[str, Any] | None = None,
    **fields: Any,
) -> Message:
    """Take a step and set `fields` on the conversation; ModeConflict when the step does not begin here."""
    begin, end = STEPS[step]
    if conversation.mode is not begin:
        raise ModeConflict(mode=conversation.mode.value)
    conversation.mode = end
    conversation.epoch += 1
    if end in (Mode.BOT, Mode.CLOSED):
        fields = {
            "assignee_id": None,
            "queued_at": None,
            "claimed_at": None,
            "reason": None,
            "priority": 0,
        } | fields
    for name, value in fields.items():
        setattr(conversation, name, value)
    await handlings.follow(
        session,
        conversation,
        begin=begin,
        end=end,
        step=step.value,
        now=now,
        close_reason=(body or {}).get("reason"),
    )
    if Mode.QUEUED in (begin, end) or begin is Mode.HUMAN:
        await feed.announce(session, None, capacity=conversation.epoch)
    if begin is Mode.BOT:
        await session.execute(
            update(Message)
            .where(Message.conversation_id == conversation.id, Message.awaits_turn)
            .values(awaits_turn=False)
        )
    await audit.append(
        session,
        subject=f"conversation:{conversation.id}",
        actor=actor,
        action=step.value,
        detail={"from": begin.value, "to": end.value, "epoch": conversation.epoch},
        now=now,
    )
    return await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SYSTEM,
        kind="closed" if end is Mode.CLOSED else "mode",
        text=text,
        body={"mode": end.value} | (body or {}),
    )


async def position(session: AsyncSession, conversation: Conversation) -> int:
    """The conversation's place in the queue, from 1: higher priority first, then who has waited longer."""
    ahead = await session.scalar(
        select(func.count()).where(
            Conversation.mode == Mode.QUEUED,
            Conversation.id != conversation.id,
            (Conversation.priority > conversation.priority)
            | (
                (Conversation.priority == conversation.priority)
                & (Conversation.queued_at < conversation.queued_at)
            ),
        )
    )
    return (ahead or 0) + 1
