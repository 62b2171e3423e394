"""The statutory clock of a complaint: 15 days, extended to 30 and by 30 more, standing still for appraisals.

《银行业保险业消费投诉处理管理办法》: the decision is due 15 days after receipt; complex matters have 30, very
complex ones 30 more with the approval of a superior, and the customer is told each time. Outside appraisal,
testing and mediation do not count. New facts start the clock anew. The days come from the caller's settings.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.calendar import business_date, last_day
from records.columns import words
from records.complaint_steps import record, tell
from records.complaints import ANSWERED, Complaint
from records.errors import MissingTextError, NoSuchRecordError, SamePersonError, WrongStateError
from records.notices import Topic
from records.staff import Staff


class ExtensionState(enum.StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class ComplaintExtension(Base):
    """A wish for more time and what became of it; `days` is what would be allowed in all, from the start."""

    __tablename__ = "complaint_extensions"
    __table_args__ = (
        Index(
            "uq_complaint_extensions_asked",
            "complaint_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ExtensionState] = mapped_column(words(ExtensionState), default=ExtensionState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[Moment]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[Moment | None]


async def ask_extension(
    session: AsyncSession,
    complaint: Complaint,
    *,
    reason: str,
    steps: Sequence[int],
    by: Staff,
    now: datetime,
) -> ComplaintExtension:
    """Asks for the next of `steps` (days in all, such as 15, 30, 60). Nothing changes until it is approved.

    MissingTextError without the reason the customer will read; WrongStateError once the clock has stopped,
    the longest step is reached, the day is already over, or a wish is still open.
    """
    if not reason.strip():
        raise MissingTextError("reason")
    today = business_date(now)
    longer = [days for days in steps if days > complaint.allowed_days]
    asked = await open_extension(session, complaint)
    if complaint.state in ANSWERED or not longer or complaint.late(today) or asked is not None:
        raise WrongStateError(complaint.number, complaint.state, "extended")
    extension = ComplaintExtension(
        complaint_id=complaint.id,
        days=longer[0],
        reason=reason.strip(),
        asked_by_id=by.id,
        asked_at=now,
    )
    session.add(extension)
    await _record(session, complaint, "extension_asked", by, now, reason=extension.reason)
    return extension


async def approve_extension(
    session: AsyncSession, complaint: Complaint, *, by: Staff, now: datetime
) -> ComplaintExtension:
    """Grants the open wish: the due date moves and the customer is told it with the reason.

    SamePersonError when it was asked by the same colleague; NoSuchRecordError when none is open.
    """
    extension = await _decide(session, complaint, ExtensionState.APPROVED, by, now)
    if complaint.state in ANSWERED:
        raise WrongStateError(complaint.number, complaint.state, "extended")
    complaint.allowed_days = extension.days
    _count_anew(complaint)
    await _record(session, complaint, "extension_approved", by, now, reason=extension.reason)
    await tell(session, complaint, Topic.COMPLAINT_EXTENDED, reason=extension.reason, now=now)
    return extension


async def refuse_extension(
    session: AsyncSession, complaint: Complaint, *, by: Staff, now: datetime
) -> ComplaintExtension:
    """Leaves the due date as it was."""
    extension = await _decide(session, complaint, ExtensionState.REFUSED, by, now)
    await _record(session, complaint, "extension_refused", by, now)
    return extension


async def open_extension(session: AsyncSession, complaint: Complaint) -> ComplaintExtension | None:
    """The wish for more time that nobody has decided yet."""
    return (
        await session.scalars(
            select(ComplaintExtension).where(
                ComplaintExtension.complaint_id == complaint.id,
                ComplaintExtension.state == ExtensionState.ASKED,
            )
        )
    ).one_or_none()


async def extensions_waiting(session: AsyncSession) -> list[tuple[ComplaintExtension, Complaint]]:
    """The wishes that wait for a supervisor, the most urgent complaint first."""
    rows = await session.execute(
        select(ComplaintExtension, Complaint)
        .join(Complaint, Complaint.id == ComplaintExtension.complaint_id)
        .where(ComplaintExtension.state == ExtensionState.ASKED)
        .order_by(Complaint.due_on)
    )
    return [(extension, complaint) for extension, complaint in rows]


async def pause(
    session: AsyncSession, complaint: Complaint, *, reason: str, by: Staff, now: datetime
) -> None:
    """Stops the clock for an appraisal, a test or a mediation outside; the customer is told why."""
    if not reason.strip():
        raise MissingTextError("reason")
    if complaint.state in ANSWERED or complaint.paused_on is not None:
        raise WrongStateError(complaint.number, complaint.state, "paused")
    complaint.paused_on = business_date(now)
    await _record(session, complaint, "paused", by, now, reason=reason.strip())
    await tell(session, complaint, Topic.COMPLAINT_PAUSED, reason=reason.strip(), now=now)


async def resume(session: AsyncSession, complaint: Complaint, *, by: Staff, now: datetime) -> None:
    """The clock runs again; the due date has moved by the days it stood still."""
    if complaint.paused_on is None:
        raise WrongStateError(complaint.number, complaint.state, "resumed")
    complaint.paused_days += (business_date(now) - complaint.paused_on).days
    complaint.paused_on = None
    _count_anew(complaint)
    await _record(session, complaint, "resumed", by, now)
    await tell(session, complaint, Topic.COMPLAINT_RESUMED, reason="", now=now)


async def restart(
    session: AsyncSession, complaint: Complaint, *, first: int, by: Staff, now: datetime
) -> None:
    """New facts or grounds: a supervisor lets `first` days begin today; an open wish is decided before."""
    asked = await open_extension(session, complaint)
    if complaint.state in ANSWERED or complaint.paused_on is not None or asked is not None:
        raise WrongStateError(complaint.number, complaint.state, "restarted")
    complaint.clock_from, complaint.allowed_days, complaint.paused_days = business_date(now), first, 0
    complaint.escalated_on = None
    _count_anew(complaint)
    await _record(session, complaint, "restarted", by, now)
    await tell(session, complaint, Topic.COMPLAINT_RESTARTED, reason="", now=now)


def due_date(clock_from: date, allowed_days: int, paused_days: int) -> date:
    """The last day: allowed and paused days after the day the clock started."""
    return last_day(clock_from, allowed_days + paused_days)


def _count_anew(complaint: Complaint) -> None:
    complaint.due_on = due_date(complaint.clock_from, complaint.allowed_days, complaint.paused_days)


async def _decide(
    session: AsyncSession, complaint: Complaint, to: ExtensionState, by: Staff, now: datetime
) -> ComplaintExtension:
    extension = await open_extension(session, complaint)
    if extension is None:
        raise NoSuchRecordError(complaint.number)
    if extension.asked_by_id == by.id:
        raise SamePersonError()
    extension.state, extension.decided_by_id, extension.decided_at = to, by.id, now
    return extension


async def _record(
    session: AsyncSession, complaint: Complaint, step: str, by: Staff, now: datetime, *, reason: str = ""
) -> None:
    """An event that leaves the state as it is; `reason` begins with the step's name."""
    told = f"{step}: {reason}" if reason else step
    await record(session, complaint, complaint.state, actor=by.actor, now=now, reason=told)
