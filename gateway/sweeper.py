"""What time alone brings about: unclaimed requests go back to the bot, idle conversations close."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import handover, log, modes
from gateway.modes import Step
from gateway.services import Services
from records.conversations import Conversation, Mode

logger = logging.getLogger(__name__)
_SECONDS = 5.0
Overdue = Callable[[AsyncSession, Services, Conversation, datetime], Awaitable[None]]


async def sweep(services: Services) -> None:
    """One round; each conversation in a transaction of its own, checked again once its row is locked."""
    now = services.clock()
    unclaimed = timedelta(minutes=services.settings.queue_timeout_minutes)
    idle = timedelta(minutes=services.options.idle_close_minutes)
    await _each(services, _queued_before(now - unclaimed), handover.time_out, now)
    await _each(services, _silent_since(now - idle), _close_idle, now)


async def run_forever(services: Services) -> None:
    """Sweep every few seconds, through database outages too."""
    while True:
        try:
            await sweep(services)
        except SQLAlchemyError as error:
            logger.warning("the sweep waits for the database: %s", type(error).__name__)
        await asyncio.sleep(_SECONDS)


def _queued_before(moment: datetime) -> ColumnElement[bool]:
    return (Conversation.mode == Mode.QUEUED) & (Conversation.queued_at < moment)


def _silent_since(moment: datetime) -> ColumnElement[bool]:
    return (Conversation.mode == Mode.BOT) & (Conversation.last_at < moment)


async def _close_idle(
    session: AsyncSession, services: Services, conversation: Conversation, now: datetime
) -> None:
    await modes.move(
        session, conversation, Step.IDLE, actor=handover.CLOCK, now=now, closed_at=now, identity_step=None
    )


async def _each(services: Services, overdue: ColumnElement[bool], act: Overdue, now: datetime) -> None:
    async with services.sessions() as session:
        found: list[uuid.UUID] = list(await session.scalars(select(Conversation.id).where(overdue)))
    for conversation_id in found:
        async with services.sessions.begin() as session:
            conversation = await log.lock(session, conversation_id)
            still = await session.scalar(
                select(Conversation.id).where(Conversation.id == conversation_id, overdue)
            )
            if still is not None:
                await act(session, services, conversation, now)
