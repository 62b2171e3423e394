"""What specialists do with complaints besides the clock: take up, ask, merge, decide, find the cause.

All work on a complaint that `lock_complaint` returned and leave the commit to the caller.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from records.complaint_steps import add_facts, move_complaint, record, tell
from records.complaints import ENDED, Complaint, ComplaintState, RootCause
from records.errors import DifferentPersonError, MissingTextError, WrongStateError
from records.locking import lock_by_number
from records.notices import Topic
from records.staff import Staff


async def lock_complaint(session: AsyncSession, number: str) -> Complaint:
    """The ticket with this number, locked and read afresh; NoSuchRecordError."""
    return await lock_by_number(session, Complaint, Complaint.number, number)


async def take_up(session: AsyncSession, complaint: Complaint, *, by: Staff, now: datetime) -> None:
    """The colleague, who has no part in the matter, begins to look into it."""
    complaint.handler_id = by.id
    if complaint.state is ComplaintState.INVESTIGATING:
        await session.flush()
        return
    await move_complaint(session, complaint, ComplaintState.INVESTIGATING, actor=by.actor, now=now)


async def ask_customer(
    session: AsyncSession, complaint: Complaint, *, question: str, by: Staff, now: datetime
) -> None:
    """Asks the customer for what only they know; the clock runs on."""
    if not question.strip():
        raise MissingTextError("question")
    await move_complaint(
        session,
        complaint,
        ComplaintState.AWAITING_CUSTOMER,
        actor=by.actor,
        now=now,
        reason=question.strip(),
    )


async def merge(
    session: AsyncSession, complaint: Complaint, into: Complaint, *, actor: str, now: datetime
) -> None:
    """Lets a repeated complaint go on under an earlier number; its facts, wish and signals go along.

    DifferentPersonError unless both are of one customer, or of one conversation.
    """
    if complaint.id == into.id or into.state in ENDED:
        raise WrongStateError(into.number, into.state, "merged into")
    one_person = complaint.customer_id is not None and complaint.customer_id == into.customer_id
    one_chat = complaint.conversation_id is not None and complaint.conversation_id == into.conversation_id
    if not one_person and not one_chat:
        raise DifferentPersonError(complaint.number, into.number)
    complaint.merged_into_id = into.id
    await move_complaint(
        session, complaint, ComplaintState.MERGED, actor=actor, now=now, reason=into.number, topic=None
    )
    story = "\n".join(part for part in (complaint.facts, complaint.wish) if part)
    into.signals = sorted({*into.signals, *complaint.signals})
    into.priority = max(into.priority, complaint.priority)
    await add_facts(session, into, story, actor=actor, now=now)
    await tell(session, into, Topic.COMPLAINT_MERGED, reason=complaint.number, now=now)


async def add_signals(
    session: AsyncSession,
    complaint: Complaint,
    signals: set[str],
    priority: int,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Tags a complaint with signs found in it; tags raise its priority and refuse nothing."""
    fresh = signals - set(complaint.signals)
    complaint.signals = sorted({*complaint.signals, *signals})
    complaint.priority = max(complaint.priority, priority)
    if fresh:
        reason = f"signals: {', '.join(sorted(fresh))}"
        await record(session, complaint, complaint.state, actor=actor, now=now, reason=reason)


async def decide(
    session: AsyncSession, complaint: Complaint, *, decision: str, by: Staff, now: datetime
) -> None:
    """The decision in the words the customer reads; the notice adds what they can do if they disagree."""
    if not decision.strip():
        raise MissingTextError("decision")
    complaint.decision = decision.strip()
    await move_complaint(
        session,
        complaint,
        ComplaintState.DECIDED,
        actor=by.actor,
        now=now,
        reason=complaint.decision,
        topic=Topic.COMPLAINT_DECIDED,
    )


async def close(session: AsyncSession, complaint: Complaint, *, by: Staff, now: datetime) -> None:
    """Everything decided has been carried out. WrongStateError for a ticket without a decision."""
    if not complaint.decision and complaint.decided_on is None:
        raise WrongStateError(complaint.number, complaint.state, ComplaintState.CLOSED)
    await move_complaint(session, complaint, ComplaintState.CLOSED, actor=by.actor, now=now)


async def withdraw(
    session: AsyncSession, complaint: Complaint, *, actor: str, now: datetime, reason: str = ""
) -> None:
    """The customer takes it back; it ends on the same day."""
    await move_complaint(
        session, complaint, ComplaintState.WITHDRAWN, actor=actor, now=now, reason=reason.strip()
    )


async def check_again(
    session: AsyncSession, complaint: Complaint, *, by: Staff, now: datetime, reason: str = ""
) -> None:
    """The customer asked the superior office to check the decision."""
    await move_complaint(
        session, complaint, ComplaintState.UNDER_CHECK, actor=by.actor, now=now, reason=reason.strip()
    )


async def set_root_cause(
    session: AsyncSession, complaint: Complaint, cause: RootCause, *, note: str, by: Staff, now: datetime
) -> None:
    """Why it came to the complaint; only colleagues read it."""
    complaint.root_cause, complaint.root_cause_note = cause, note.strip()
    await record(
        session, complaint, complaint.state, actor=by.actor, now=now, reason=f"root_cause: {cause.value}"
    )
