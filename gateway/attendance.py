"""Who is given a waiting conversation, and what becomes of those whose specialist has gone.

Assignment runs again whenever capacity may have changed: somebody joined or left the queue, a conversation
ended or was passed on, a colleague came, went or changed their cap. One process assigns at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import feed, handover, log, modes
from gateway.modes import Step
from gateway.services import Services
from records import audit, presence
from records.conversations import Conversation, Mode
from records.presence import Ready, State

logger = logging.getLogger(__name__)
_SECONDS = 5.0
_NEWS = {"capacity", "staff", "lost"}
_RAISED = 1
"""The least priority of somebody whose specialist has gone: they have waited before."""


def choose(ready: Sequence[Ready], skill: str | None) -> Ready | None:
    """The first of those who are ready that has the skill; anybody where none is asked for."""
    return next((one for one in ready if skill is None or skill in one.staff.skills), None)


async def assign(services: Services) -> int:
    """Give waiting conversations to who is ready, most urgent first; returns how many found somebody."""
    given = 0
    while await _assign_one(services):
        given += 1
    return given


async def _assign_one(services: Services) -> bool:
    now = services.clock()
    async with services.sessions.begin() as session:
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("assignment", 0))))
        ready = await presence.ready(session, now)
        if not ready:
            return False
        waiting = await session.execute(
            select(Conversation.id, Conversation.skill)
            .where(Conversation.mode == Mode.QUEUED)
            .order_by(Conversation.priority.desc(), Conversation.queued_at)
        )
        for conversation_id, skill in waiting:
            chosen = choose(ready, skill)
            if chosen is None:
                continue
            conversation = await log.lock(session, conversation_id)
            if conversation.mode is Mode.QUEUED:
                await _give(session, services, conversation, chosen, now)
            return True
    return False


async def _give(
    session: AsyncSession, services: Services, conversation: Conversation, chosen: Ready, now: datetime
) -> None:
    chosen.presence.assigned_at = now
    await handover.seat(session, services, conversation, Step.CLAIM, chosen.staff, now, by=handover.CLOCK)


async def release_silent(services: Services) -> None:
    """Colleagues without a sign of life are away; what they hold goes back into the queue, ahead."""
    now = services.clock()
    async with services.sessions.begin() as session:
        for gone in await presence.silent(session, now):
            gone.state, gone.since, gone.seen_at, gone.viewing = State.OFFLINE, now, None, None
            subject = f"staff:{gone.staff_id}"
            await audit.append(session, subject=subject, actor=handover.CLOCK, action="silent", now=now)
            await feed.announce(session, None, staff=gone.staff_id)
            held = await session.scalars(
                select(Conversation.id).where(
                    Conversation.mode == Mode.HUMAN, Conversation.assignee_id == gone.staff_id
                )
            )
            for conversation_id in held.all():
                conversation = await log.lock(session, conversation_id)
                if conversation.mode is Mode.HUMAN and conversation.assignee_id == gone.staff_id:
                    await _lose(session, services, conversation, now)


async def _lose(session: AsyncSession, services: Services, conversation: Conversation, now: datetime) -> None:
    await modes.move(
        session,
        conversation,
        Step.LOSE,
        actor=handover.CLOCK,
        now=now,
        text=services.wording.say("utter_specialist_lost"),
        assignee_id=None,
        queued_at=now,
        priority=max(conversation.priority, _RAISED),
    )
    await handover.say_position(session, services, conversation, now)


async def run_forever(services: Services) -> None:
    """Assign at each change of capacity, and look for who has gone every few seconds.

    After a start or an outage nobody is taken for gone before they had time to give a sign of life.
    """
    patience = presence.SILENCE + timedelta(seconds=_SECONDS)
    watching_since = services.clock()
    with services.feed.subscribe(None) as news:
        while True:
            try:
                await assign(services)
                if services.clock() - watching_since > patience:
                    await release_silent(services)
            except SQLAlchemyError as error:
                logger.warning("assignment waits for the database: %s", type(error).__name__)
                watching_since = services.clock()
                await asyncio.sleep(_SECONDS)
            await _next_change(news)


async def _next_change(news: asyncio.Queue[feed.News]) -> None:
    try:
        async with asyncio.timeout(_SECONDS):
            while (await news.get()).what not in _NEWS:
                pass
    except TimeoutError:
        return
