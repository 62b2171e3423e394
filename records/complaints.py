"""Complaint tickets and the states they can be in.

`complaint_steps` takes them from one to the next, `complaint_clock` keeps the statutory days,
`complaint_handling` is what specialists decide.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, ForeignKey, String, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from records.base import Base, Moment
from records.columns import words
from records.numbers import tidy_number

_SUMMARY_LENGTH = 40


class ComplaintState(enum.StrEnum):
    RECEIVED = "received"
    INVESTIGATING = "investigating"
    AWAITING_CUSTOMER = "awaiting_customer"
    DECIDED = "decided"
    UNDER_CHECK = "under_check"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


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


WORKING = frozenset({ComplaintState.RECEIVED, ComplaintState.INVESTIGATING, ComplaintState.AWAITING_CUSTOMER})
_BEFORE_DECISION = WORKING | {
    ComplaintState.DECIDED,
    ComplaintState.WITHDRAWN,
    ComplaintState.MERGED,
}
TRANSITIONS: dict[ComplaintState, frozenset[ComplaintState]] = {
    **{state: frozenset(_BEFORE_DECISION - {state, ComplaintState.RECEIVED}) for state in WORKING},
    ComplaintState.DECIDED: frozenset({ComplaintState.CLOSED, ComplaintState.UNDER_CHECK}),
    ComplaintState.UNDER_CHECK: frozenset({ComplaintState.DECIDED, ComplaintState.CLOSED}),
    ComplaintState.CLOSED: frozenset({ComplaintState.UNDER_CHECK}),
    ComplaintState.WITHDRAWN: frozenset(),
    ComplaintState.MERGED: frozenset(),
}
ENDED = frozenset({ComplaintState.CLOSED, ComplaintState.WITHDRAWN, ComplaintState.MERGED})
ANSWERED = ENDED | {ComplaintState.DECIDED}
"""The statutory clock has stopped: it was decided, taken back, or goes on under another number."""


class RootCause(enum.StrEnum):
    """Why it came to the complaint, for those who mend causes."""

    SALES_CONDUCT = "sales_conduct"
    SERVICE_CONDUCT = "service_conduct"
    PROCESS = "process"
    SYSTEM = "system"
    PRODUCT_TERMS = "product_terms"
    NOTICE_MISSING = "notice_missing"
    PARTNER = "partner"
    MISUNDERSTANDING = "misunderstanding"
    OTHER = "other"


class Complaint(Base):
    """One ticket; `due_on` is the last day for the decision to be told.

    The clock starts on `clock_from` (the day of receipt, or of new facts) and allows `allowed_days` calendar
    days; `paused_days` of outside appraisal are not counted, `paused_on` says since when it stands still.
    `signals` are what raises `priority` (see knowledge/complaint_signals.yml).
    """

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
    clock_from: Mapped[date]
    allowed_days: Mapped[int]
    paused_days: Mapped[int] = mapped_column(default=0)
    paused_on: Mapped[date | None]
    signals: Mapped[list[str]] = mapped_column(JSONB, default=list)
    priority: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str] = mapped_column(Text, default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    root_cause: Mapped[RootCause | None] = mapped_column(words(RootCause))
    root_cause_note: Mapped[str] = mapped_column(Text, default="")
    escalated_on: Mapped[date | None]

    events: Mapped[list[ComplaintEvent]] = relationship(lazy="raise_on_sql", order_by="ComplaintEvent.id")

    @property
    def open(self) -> bool:
        return self.state not in ENDED

    @property
    def withdrawable(self) -> bool:
        return ComplaintState.WITHDRAWN in TRANSITIONS[self.state]

    def late(self, today: date) -> bool:
        """Whether the statutory day is over without a decision, while the clock runs."""
        return self.state not in ANSWERED and self.paused_on is None and self.due_on < today

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


async def all_complaints(
    session: AsyncSession,
    *,
    states: Collection[ComplaintState] = (),
    categories: Collection[ComplaintCategory] = (),
    signal: str | None = None,
    handler_id: int | None = None,
    late_on: date | None = None,
    limit: int = 200,
) -> list[Complaint]:
    """What the desk sees: open tickets, urgent ones first, by due date, then ended ones; events loaded.

    An empty filter leaves nothing out; `late_on` keeps those whose statutory day was over on that day.
    """
    wanted: list[ColumnElement[bool]] = []
    if states:
        wanted.append(Complaint.state.in_(states))
    if categories:
        wanted.append(Complaint.category.in_(categories))
    if signal is not None:
        wanted.append(Complaint.signals.has_key(signal))
    if handler_id is not None:
        wanted.append(Complaint.handler_id == handler_id)
    if late_on is not None:
        wanted.append(is_late(late_on))
    return list(
        await session.scalars(
            select(Complaint)
            .where(*wanted)
            .order_by(Complaint.state.in_(ENDED), Complaint.priority.desc(), Complaint.due_on, Complaint.id)
            .limit(limit)
            .options(selectinload(Complaint.events))
        )
    )


def is_late(today: date) -> ColumnElement[bool]:
    """SQL of `Complaint.late`."""
    running = Complaint.state.not_in(ANSWERED) & Complaint.paused_on.is_(None)
    return running & (Complaint.due_on < today)
