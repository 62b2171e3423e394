"""Deadlines: what is late is told to a supervisor and, honestly, to the customer; each once.

The clocks are dates in the records, not jobs: a date that an extension or a pause moves needs nobody to find
and move a job with it, and whatever process is alive finds what is late.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from actions.written import day
from gateway.channels.notices import next_waking
from gateway.services import Services
from records import overdue, tasks
from records.complaints import Complaint
from records.requests import ServiceRequest

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 20.0
SUPERVISOR = "supervisor"


async def run_forever(services: Services) -> None:
    """Look now and then, through database outages too."""
    while True:
        try:
            await sweep(services)
        except SQLAlchemyError as error:
            logger.warning("the clocks wait for the database: %s", type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)


async def sweep(services: Services) -> int:
    """One round, each late thing in a transaction of its own; returns how many were escalated.

    What the customer is told of waits until they are awake.
    """
    now = services.clock()
    steps: tuple[Step, ...] = (_task,)
    if next_waking(services, now) == now:
        steps += (_request, _complaint, _promise)
    return sum([await _all(services, step, now) for step in steps])


Step = Callable[[Services, AsyncSession, datetime], Awaitable[bool]]


async def _all(services: Services, step: Step, now: datetime) -> int:
    done = 0
    while True:
        async with services.sessions.begin() as session:
            if not await step(services, session, now):
                return done
        done += 1


async def _request(services: Services, session: AsyncSession, now: datetime) -> bool:
    today = services.settings.today(now)
    request = await overdue.next_request(session, today)
    if request is None:
        return False
    await overdue.escalate_request(session, request, today, now)
    title = services.context.services.title(request.kind)
    await _raise(services, session, request, "utter_task_late_request", now, title=title)
    return True


async def _complaint(services: Services, session: AsyncSession, now: datetime) -> bool:
    today = services.settings.today(now)
    complaint = await overdue.next_complaint(session, today)
    if complaint is None:
        return False
    await overdue.escalate_complaint(session, complaint, today, now)
    await _raise(services, session, complaint, "utter_task_late_complaint", now)
    return True


async def _task(services: Services, session: AsyncSession, now: datetime) -> bool:
    return await _escalate_task(session, now, promised=False)


async def _promise(services: Services, session: AsyncSession, now: datetime) -> bool:
    return await _escalate_task(session, now, promised=True)


async def _escalate_task(session: AsyncSession, now: datetime, *, promised: bool) -> bool:
    task = await overdue.next_task(session, now, promised=promised)
    if task is None:
        return False
    await overdue.escalate_task(session, task, now)
    return True


async def _raise(
    services: Services,
    session: AsyncSession,
    late: ServiceRequest | Complaint,
    words: str,
    now: datetime,
    **values: str,
) -> None:
    due = day(late.due_on) if late.due_on else ""
    await tasks.create(
        session,
        kind="late",
        title=services.wording.say(words, number=late.number, day=due, **values),
        due_at=services.next_opening(now),
        skill=SUPERVISOR,
        about=late.number,
        conversation_id=late.conversation_id,
        customer_id=late.customer_id,
        now=now,
    )
