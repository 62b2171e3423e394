"""The steps of a complaint: opened, completed, moved; each with its event, and told to the customer."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from records import notices
from records.calendar import business_date, last_day
from records.complaints import (
    ANSWERED,
    TRANSITIONS,
    Complaint,
    ComplaintCategory,
    ComplaintEvent,
    ComplaintState,
)
from records.errors import WrongStateError
from records.notices import Topic
from records.numbers import NumberKind, next_number


async def create_complaint(
    session: AsyncSession,
    *,
    category: ComplaintCategory,
    facts: str,
    now: datetime,
    answer_days: int,
    actor: str = "customer",
    wish: str = "",
    contact: str | None = None,
    customer_id: str | None = None,
    conversation_id: uuid.UUID | None = None,
    signals: Collection[str] = (),
    priority: int = 0,
) -> Complaint:
    """Opens a ticket (TS…); its answer is due `answer_days` calendar days after the day of receipt."""
    complaint = Complaint(
        number=await next_number(session, NumberKind.COMPLAINT, now),
        customer_id=customer_id,
        conversation_id=conversation_id,
        category=category,
        facts=facts,
        wish=wish,
        contact=contact,
        state=ComplaintState.RECEIVED,
        received_at=now,
        clock_from=business_date(now),
        allowed_days=answer_days,
        due_on=last_day(business_date(now), answer_days),
        signals=sorted(signals),
        priority=priority,
    )
    session.add(complaint)
    await session.flush()
    await record(session, complaint, None, actor=actor, now=now, reason="")
    return complaint


async def move_complaint(
    session: AsyncSession,
    complaint: Complaint,
    to: ComplaintState,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    topic: Topic | None = Topic.COMPLAINT_STATE,
) -> None:
    """Changes the state and records who, when and why; the customer hears of what others did.

    `topic` is what they are told, None where the caller tells it otherwise. Raises WrongStateError where the
    change is not allowed.
    """
    if to not in TRANSITIONS[complaint.state]:
        raise WrongStateError(complaint.number, complaint.state, to)
    before, complaint.state = complaint.state, to
    if complaint.paused_on is not None and to in ANSWERED:
        complaint.paused_on = None
    if to is ComplaintState.DECIDED:
        complaint.decided_on = business_date(now)
    await record(session, complaint, before, actor=actor, now=now, reason=reason)
    if topic is not None and not notices.told_in_the_chat(actor):
        await tell(session, complaint, topic, reason=reason, now=now)


async def tell(
    session: AsyncSession, complaint: Complaint, topic: Topic, *, reason: str, now: datetime
) -> None:
    """Leaves a notice of what has just become of the complaint."""
    await notices.add(
        session,
        topic,
        number=complaint.number,
        now=now,
        customer_id=complaint.customer_id,
        conversation_id=complaint.conversation_id,
        contact=complaint.contact,
        detail={
            "category": complaint.category.value,
            "state": complaint.state.value,
            "reason": reason,
            "due_on": complaint.due_on.isoformat(),
        },
    )


async def add_facts(
    session: AsyncSession, complaint: Complaint, facts: str, *, actor: str, now: datetime
) -> None:
    """Adds new facts to a ticket; whether the clock starts anew is a supervisor's decision
    (`complaint_clock.restart`)."""
    complaint.facts = f"{complaint.facts}\n{facts}"
    await record(session, complaint, complaint.state, actor=actor, now=now, reason=facts)


async def fill_in(
    session: AsyncSession,
    complaint: Complaint,
    *,
    category: ComplaintCategory,
    facts: str,
    wish: str,
    contact: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Completes a ticket that was opened with what was known then: the whole story, the wish, the contact."""
    complaint.category = category
    more = facts.removeprefix(complaint.facts).strip()
    complaint.wish = wish or complaint.wish
    complaint.contact = contact or complaint.contact
    if more:
        await add_facts(session, complaint, more, actor=actor, now=now)
    else:
        await session.flush()


async def record(
    session: AsyncSession,
    complaint: Complaint,
    before: ComplaintState | None,
    *,
    actor: str,
    now: datetime,
    reason: str,
) -> None:
    """Adds the event of a change that was made on the complaint; `before` is its state until then."""
    session.add(
        ComplaintEvent(
            complaint_id=complaint.id,
            from_state=before,
            to_state=complaint.state,
            actor=actor,
            at=now,
            reason=reason,
        )
    )
    await session.flush()
