"""One complaint as it is worked on: the ticket, its clock, what it could be merged with, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from desk import tasks, views
from desk.casework import handler_of, history
from gateway.errors import NotFound
from gateway.services import Services
from records import complaint_clock
from records import tasks as task_records
from records.complaint_clock import ComplaintExtension
from records.complaints import ANSWERED, ENDED, TRANSITIONS, Complaint, ComplaintState
from records.customers import Customer
from records.staff import Staff
from records.words import state_text

_MOVES = {
    ComplaintState.INVESTIGATING: "take_up",
    ComplaintState.AWAITING_CUSTOMER: "ask",
    ComplaintState.DECIDED: "decide",
    ComplaintState.CLOSED: "close",
    ComplaintState.UNDER_CHECK: "check_again",
    ComplaintState.WITHDRAWN: "withdraw",
}


async def found(session: AsyncSession, number: str) -> Complaint:
    """The ticket with its events; NotFound."""
    complaint = (
        await session.scalars(
            select(Complaint)
            .where(Complaint.number == number)
            .options(selectinload(Complaint.events))
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if complaint is None:
        raise NotFound()
    return complaint


async def detail(session: AsyncSession, services: Services, number: str) -> dict[str, Any]:
    """A complaint with everything that is needed to decide it; masked."""
    complaint = await found(session, number)
    owner = await session.get(Customer, complaint.customer_id) if complaint.customer_id else None
    asked = await complaint_clock.open_extension(session, complaint)
    same = await _same(session, complaint)
    target = await session.get(Complaint, complaint.merged_into_id) if complaint.merged_into_id else None
    cause = complaint.root_cause
    return {
        "complaint": views.complaint(complaint, services, owner),
        "handler": await handler_of(session, complaint.handler_id),
        "events": await history(session, complaint.events),
        "extension": extension(asked, await session.get_one(Staff, asked.asked_by_id)) if asked else None,
        "next_days": _next_days(services, complaint),
        "same": [
            {"number": one.number, "category_text": state_text(one.category), "summary": one.summary}
            for one in same
        ],
        "merged_into": target.number if target else None,
        "decision": complaint.decision,
        "root_cause": {
            "cause": cause.value if cause else None,
            "text": state_text(cause) if cause else "",
            "note": complaint.root_cause_note,
        },
        "tasks": await tasks.lines(session, await task_records.tasks_about(session, number)),
        "steps": _steps(services, complaint, asked, same),
        "letter": bool(complaint.decision and complaint.decided_on),
    }


def extension(asked: ComplaintExtension, by: Staff) -> dict[str, Any]:
    """A wish for more time; `days` in all."""
    return {
        "days": asked.days,
        "reason": asked.reason,
        "asked_by": {"login": by.login, "name": by.name},
        "asked_at": views.iso(asked.asked_at),
    }


async def _same(session: AsyncSession, complaint: Complaint) -> Sequence[Complaint]:
    """Open tickets of the same customer or conversation, which this one could go on under."""
    return (
        await session.scalars(
            select(Complaint)
            .where(
                Complaint.id != complaint.id,
                Complaint.state.not_in(ENDED),
                or_(
                    Complaint.customer_id.is_not(None) & (Complaint.customer_id == complaint.customer_id),
                    Complaint.conversation_id.is_not(None)
                    & (Complaint.conversation_id == complaint.conversation_id),
                ),
            )
            .order_by(Complaint.received_at)
        )
    ).all()


def _next_days(services: Services, complaint: Complaint) -> int | None:
    """The next length the law allows, in all."""
    return next((one for one in services.settings.complaint_steps if one > complaint.allowed_days), None)


def _steps(
    services: Services,
    complaint: Complaint,
    asked: ComplaintExtension | None,
    same: Sequence[Complaint],
) -> list[str]:
    steps = [step for state, step in _MOVES.items() if state in TRANSITIONS[complaint.state]]
    if "close" in steps and not complaint.decision and complaint.decided_on is None:
        steps.remove("close")
    if ComplaintState.MERGED in TRANSITIONS[complaint.state] and same:
        steps.append("merge")
    if complaint.state not in ANSWERED:
        steps.append("resume" if complaint.paused_on else "pause")
        late = complaint.late(services.settings.today(services.clock()))
        if asked is None and not late and _next_days(services, complaint) is not None:
            steps.append("extend")
        if asked is None and complaint.paused_on is None:
            steps.append("restart")
    return [*steps, "root_cause"]
