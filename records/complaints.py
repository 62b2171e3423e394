"""Complaint tickets, their statutory clock, and what happened to them."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from records.base import Base, Moment
from records.calendar import business_date, last_day
from records.columns import words
from records.errors import WrongStateError
from records.numbers import NumberKind, next_number, tidy_number

_SUMMARY_LENGTH = 40


class ComplaintState(enum.StrEnum):
    RECEIVED = "received"
    INVESTIGATING = "investigating"
    AWAITING_CUSTOMER = "awaiting_customer"
    DECIDED = "decided"
    UNDER_CHECK = "under_check"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ComplaintCategory(enum.StrEnum):
    """What a complaint is about, at the level the supervisor's statistics use."""

    MIS_SELLING = "mis_selling"
    UNDERWRITING = "underwriting"
    POLICY_SERVICE = "policy_service"
    PREMIUM_COLLECTION = "premium_collection"
    CLAIM = "claim"
    SURRENDER = "surrender"
    HARASSMENT = "harassment"
    ATTITUDE = "attitude"
    DATA_LEAK = "data_leak"
    SYSTEM = "system"
    OTHER = "other"


_WORKING = frozenset(
    {ComplaintState.RECEIVED, ComplaintState.INVESTIGATING, ComplaintState.AWAITING_CUSTOMER}
)
_BEFORE_DECISION = _WORKING | {ComplaintState.DECIDED, ComplaintState.CLOSED, ComplaintState.WITHDRAWN}
TRANSITIONS: dict[ComplaintState, frozenset[ComplaintState]] = {
    **{state: frozenset(_BEFORE_DECISION - {state, ComplaintState.RECEIVED}) for state in _WORKING},
    ComplaintState.DECIDED: frozenset({ComplaintState.CLOSED, ComplaintState.UNDER_CHECK}),
    ComplaintState.UNDER_CHECK: frozenset({ComplaintState.DECIDED, ComplaintState.CLOSED}),
    ComplaintState.CLOSED: frozenset({ComplaintState.UNDER_CHECK}),
    ComplaintState.WITHDRAWN: frozenset(),
}
ENDED = frozenset({ComplaintState.CLOSED, ComplaintState.WITHDRAWN})


class Complaint(Base):
    """One ticket. The clock starts at `received_at`; `due_on` is the last day for the decision to be told."""

    __tablename__ = "complaints"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    category: Mapped[ComplaintCategory] = mapped_column(words(ComplaintCategory))
    facts: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[ComplaintState] = mapped_column(words(ComplaintState), default=ComplaintState.RECEIVED)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    received_at: Mapped[Moment]
    due_on: Mapped[date] = mapped_column(index=True)
    decided_on: Mapped[date | None]

    events: Mapped[list[ComplaintEvent]] = relationship(lazy="raise_on_sql", order_by="ComplaintEvent.id")

    @property
    def open(self) -> bool:
        return self.state not in ENDED

    @property
    def summary(self) -> str:
        """The beginning of the facts, on one line."""
        line = " ".join(self.facts.split())
        return line if len(line) <= _SUMMARY_LENGTH else line[: _SUMMARY_LENGTH - 1] + "…"


class ComplaintEvent(Base):
    """A change of state, or facts added (`from_state` equals `to_state`)."""

    __tablename__ = "complaint_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    from_state: Mapped[ComplaintState | None] = mapped_column(words(ComplaintState))
    to_state: Mapped[ComplaintState] = mapped_column(words(ComplaintState))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(Text, default="")


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
        due_on=last_day(business_date(now), answer_days),
    )
    session.add(complaint)
    await session.flush()
    await _record(session, complaint, None, actor=actor, now=now, reason="")
    return complaint


async def move_complaint(
    session: AsyncSession,
    complaint: Complaint,
    to: ComplaintState,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Changes the state and records who, when and why. Raises WrongStateError where that is not allowed."""
    if to not in TRANSITIONS[complaint.state]:
        raise WrongStateError(complaint.number, complaint.state, to)
    before, complaint.state = complaint.state, to
    if to is ComplaintState.DECIDED:
        complaint.decided_on = business_date(now)
    await _record(session, complaint, before, actor=actor, now=now, reason=reason)


async def add_facts(
    session: AsyncSession, complaint: Complaint, facts: str, *, actor: str, now: datetime
) -> None:
    """Adds new facts to a ticket; whether the clock starts anew is a supervisor's decision."""
    complaint.facts = f"{complaint.facts}\n{facts}"
    await _record(session, complaint, complaint.state, actor=actor, now=now, reason=facts)


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


async def extend(
    session: AsyncSession, complaint: Complaint, *, days: int, actor: str, now: datetime, reason: str
) -> None:
    """Moves the due date to `days` calendar days after receipt, with the reason told to the customer."""
    complaint.due_on = last_day(business_date(complaint.received_at), days)
    await _record(session, complaint, complaint.state, actor=actor, now=now, reason=reason)


async def _record(
    session: AsyncSession,
    complaint: Complaint,
    before: ComplaintState | None,
    *,
    actor: str,
    now: datetime,
    reason: str,
) -> None:
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


async def complaints_of(session: AsyncSession, customer_id: str) -> list[Complaint]:
    """A customer's own tickets, newest first."""
    return list(
        await session.scalars(
            select(Complaint)
            .where(Complaint.customer_id == customer_id)
            .order_by(Complaint.received_at.desc())
        )
    )


async def complaints_in(session: AsyncSession, conversation_id: uuid.UUID) -> list[Complaint]:
    """The tickets opened in a conversation, newest first; whoever holds the conversation may see them."""
    return list(
        await session.scalars(
            select(Complaint)
            .where(Complaint.conversation_id == conversation_id)
            .order_by(Complaint.received_at.desc())
        )
    )


async def open_complaint(
    session: AsyncSession,
    *,
    category: ComplaintCategory,
    customer_id: str | None = None,
    conversation_id: uuid.UUID | None = None,
) -> Complaint | None:
    """The newest ticket of this category that has not ended, of the customer or else of the conversation."""
    whose = (
        Complaint.customer_id == customer_id
        if customer_id is not None
        else Complaint.conversation_id == conversation_id
    )
    return (
        await session.scalars(
            select(Complaint)
            .where(whose, Complaint.category == category, Complaint.state.not_in(ENDED))
            .order_by(Complaint.received_at.desc())
            .limit(1)
        )
    ).one_or_none()


async def complaint_by_number(session: AsyncSession, number: str) -> Complaint | None:
    """Any ticket. Tell a guest about it only after a code to its `contact`."""
    return (
        await session.scalars(select(Complaint).where(Complaint.number == tidy_number(number)))
    ).one_or_none()


async def all_complaints(session: AsyncSession, *, limit: int = 200) -> list[Complaint]:
    """What the desk sees: open tickets by due date, then ended ones; events loaded."""
    return list(
        await session.scalars(
            select(Complaint)
            .order_by(Complaint.state.in_(ENDED), Complaint.due_on, Complaint.id)
            .limit(limit)
            .options(selectinload(Complaint.events))
        )
    )
