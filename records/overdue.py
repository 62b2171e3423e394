"""What is late without a supervisor knowing yet: one at a time, locked for the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records import audit, complaints, notices, requests, tasks
from records.complaint_steps import record, tell
from records.complaints import Complaint
from records.notices import Topic
from records.requests import RequestEvent, ServiceRequest
from records.tasks import SYSTEM, Task, TaskState

_LATE = "late"


async def next_request(session: AsyncSession, today: date) -> ServiceRequest | None:
    """A request past its last day, the oldest first."""
    return (
        await session.scalars(
            select(ServiceRequest)
            .where(requests.is_late(today), ServiceRequest.escalated_on.is_(None))
            .order_by(ServiceRequest.due_on)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()


async def next_complaint(session: AsyncSession, today: date) -> Complaint | None:
    """A complaint past its statutory day, the oldest first."""
    return (
        await session.scalars(
            select(Complaint)
            .where(complaints.is_late(today), Complaint.escalated_on.is_(None))
            .order_by(Complaint.due_on)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()


async def next_task(session: AsyncSession, now: datetime, *, promised: bool) -> Task | None:
    """A task, or a promise, past its time, the oldest first."""
    return (
        await session.scalars(
            select(Task)
            .where(
                Task.state == TaskState.OPEN,
                Task.promised == promised,
                Task.due_at < now,
                Task.escalated_at.is_(None),
            )
            .order_by(Task.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()


async def escalate_request(
    session: AsyncSession, request: ServiceRequest, today: date, now: datetime
) -> None:
    """Notes that it is late, and leaves the customer an honest word of it."""
    request.escalated_on = today
    session.add(
        RequestEvent(
            request_id=request.id,
            from_state=request.state,
            to_state=request.state,
            actor=SYSTEM,
            at=now,
            reason=_LATE,
        )
    )
    await notices.add(
        session,
        Topic.REQUEST_LATE,
        number=request.number or "",
        now=now,
        customer_id=request.customer_id,
        conversation_id=request.conversation_id,
        contact=request.contact,
        detail={
            "kind": request.kind,
            "state": request.state.value,
            "due_on": request.due_on.isoformat() if request.due_on else None,
        },
    )


async def escalate_complaint(session: AsyncSession, complaint: Complaint, today: date, now: datetime) -> None:
    """The same for a complaint."""
    complaint.escalated_on = today
    await record(session, complaint, complaint.state, actor=SYSTEM, now=now, reason=_LATE)
    await tell(session, complaint, Topic.COMPLAINT_LATE, reason="", now=now)


async def escalate_task(session: AsyncSession, task: Task, now: datetime) -> None:
    """Marks a task for the supervisors; who was promised an answer hears that it will be later."""
    task.escalated_at = now
    await session.flush()
    await audit.append(session, subject=task.subject, actor=SYSTEM, action="task_escalated", now=now)
    if task.promised:
        await tasks.tell(session, task, Topic.PROMISE_LATE, now)
