"""Service requests and the states they can be in; `request_steps` takes them from one to the next.

draft → submitted → (needs_documents ↔) in_review → approved → done | rejected | withdrawn. Each change is an
event. A customer has at most one open request of a kind and policy; asking again leads to the open one.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from records.base import Base, Moment
from records.columns import words
from records.numbers import tidy_number
from records.policies import Policy


class RequestState(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_DOCUMENTS = "needs_documents"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.DRAFT: frozenset({RequestState.SUBMITTED, RequestState.WITHDRAWN}),
    RequestState.SUBMITTED: frozenset(
        {
            RequestState.IN_REVIEW,
            RequestState.NEEDS_DOCUMENTS,
            RequestState.APPROVED,
            RequestState.REJECTED,
            RequestState.WITHDRAWN,
        }
    ),
    RequestState.NEEDS_DOCUMENTS: frozenset(
        {RequestState.IN_REVIEW, RequestState.REJECTED, RequestState.WITHDRAWN}
    ),
    RequestState.IN_REVIEW: frozenset(
        {
            RequestState.NEEDS_DOCUMENTS,
            RequestState.APPROVED,
            RequestState.REJECTED,
            RequestState.WITHDRAWN,
        }
    ),
    RequestState.APPROVED: frozenset({RequestState.DONE}),
    RequestState.DONE: frozenset(),
    RequestState.REJECTED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
ENDED = frozenset({RequestState.DONE, RequestState.REJECTED, RequestState.WITHDRAWN})
_OPEN_SQL = text("customer_id IS NOT NULL AND state NOT IN ('done', 'rejected', 'withdrawn')")


class ServiceRequest(Base):
    """One request; `number` is given on submission, `ticket` names the complaint or report a draft became.

    `answers` holds what the customer said by field name, `missing` the documents asked for, `flags` what a
    specialist should look at first, `contact` the phone for questions about it. `working_days`: `due_on` is a
    service promise in working days, which stands still while documents are awaited (since `paused_on`); a
    statutory date never does. `escalated_on`: the day a supervisor was told that it is late.
    """

    __tablename__ = "service_requests"
    __table_args__ = (
        Index(
            "uq_service_requests_open",
            "customer_id",
            "kind",
            "policy_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=_OPEN_SQL,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[RequestState] = mapped_column(words(RequestState), default=RequestState.DRAFT, index=True)
    review: Mapped[bool] = mapped_column(default=True)
    missing: Mapped[list[str]] = mapped_column(JSONB, default=list)
    flags: Mapped[list[str]] = mapped_column(JSONB, default=list)
    contact: Mapped[str | None] = mapped_column(String(20))
    ticket: Mapped[str | None] = mapped_column(String(24))
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    submitted_at: Mapped[Moment | None]
    due_on: Mapped[date | None]
    working_days: Mapped[bool] = mapped_column(default=False)
    paused_on: Mapped[date | None]
    escalated_on: Mapped[date | None]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    policy: Mapped[Policy | None] = relationship(lazy="raise_on_sql")
    events: Mapped[list[RequestEvent]] = relationship(
        lazy="raise_on_sql", order_by="RequestEvent.id", back_populates="request"
    )

    @property
    def open(self) -> bool:
        return self.state not in ENDED

    @property
    def withdrawable(self) -> bool:
        return RequestState.WITHDRAWN in TRANSITIONS[self.state]

    def late(self, today: date) -> bool:
        """Whether its last day is over while we, not the customer, have to act."""
        return self.open and self.paused_on is None and self.due_on is not None and self.due_on < today


class RequestEvent(Base):
    """One change of state: by whom (`customer`, `bot`, `staff:3`), when and why."""

    __tablename__ = "request_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_requests.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[RequestState | None] = mapped_column(words(RequestState))
    to_state: Mapped[RequestState] = mapped_column(words(RequestState))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(Text, default="")

    request: Mapped[ServiceRequest] = relationship(lazy="raise_on_sql", back_populates="events")


async def open_request(
    session: AsyncSession, *, customer_id: str, kind: str, policy_id: int | None
) -> ServiceRequest | None:
    """The customer's request of this kind and policy that has not ended, drafts included."""
    return (
        await session.scalars(
            select(ServiceRequest).where(
                ServiceRequest.customer_id == customer_id,
                ServiceRequest.kind == kind,
                ServiceRequest.policy_id.is_not_distinct_from(policy_id),
                ServiceRequest.state.not_in(ENDED),
            )
        )
    ).one_or_none()


async def draft(session: AsyncSession, draft_id: uuid.UUID | str) -> ServiceRequest | None:
    """A draft by the id a conversation holds; None when it was submitted, withdrawn or never was."""
    try:
        key = uuid.UUID(str(draft_id))
    except ValueError:
        return None
    found = await session.get(ServiceRequest, key)
    return found if found is not None and found.state is RequestState.DRAFT else None


async def drafts_in(session: AsyncSession, conversation_id: uuid.UUID) -> list[ServiceRequest]:
    """The unfinished drafts of a conversation, newest first, to be resumed."""
    return list(
        await session.scalars(
            select(ServiceRequest)
            .where(
                ServiceRequest.conversation_id == conversation_id,
                ServiceRequest.state == RequestState.DRAFT,
            )
            .order_by(ServiceRequest.updated_at.desc())
        )
    )


async def requests_of(session: AsyncSession, customer_id: str) -> list[ServiceRequest]:
    """A customer's own submitted requests with their policies, newest first."""
    return list(
        await session.scalars(
            select(ServiceRequest)
            .where(ServiceRequest.customer_id == customer_id, ServiceRequest.number.is_not(None))
            .order_by(ServiceRequest.submitted_at.desc())
            .options(selectinload(ServiceRequest.policy))
        )
    )


async def requests_in(session: AsyncSession, conversation_id: uuid.UUID) -> list[ServiceRequest]:
    """The requests submitted in a conversation, newest first; whoever holds the conversation may see them."""
    return list(
        await session.scalars(
            select(ServiceRequest)
            .where(
                ServiceRequest.conversation_id == conversation_id,
                ServiceRequest.number.is_not(None),
            )
            .order_by(ServiceRequest.submitted_at.desc())
        )
    )


async def request_by_number(session: AsyncSession, number: str) -> ServiceRequest | None:
    """Any submitted request. Tell a guest about it only after a code to its `contact`."""
    return (
        await session.scalars(
            select(ServiceRequest)
            .where(ServiceRequest.number == tidy_number(number))
            .options(selectinload(ServiceRequest.policy))
        )
    ).one_or_none()


async def submitted_requests(
    session: AsyncSession,
    *,
    states: Collection[RequestState] = (),
    kinds: Collection[str] = (),
    customer_id: str | None = None,
    policy_id: int | None = None,
    handler_id: int | None = None,
    late_on: date | None = None,
    limit: int = 200,
) -> list[ServiceRequest]:
    """What the desk sees: open requests by due date, then ended ones; policy and events loaded.

    An empty filter leaves nothing out; `late_on` keeps those that are late on that day.
    """
    wanted: list[ColumnElement[bool]] = [ServiceRequest.number.is_not(None)]
    if states:
        wanted.append(ServiceRequest.state.in_(states))
    if kinds:
        wanted.append(ServiceRequest.kind.in_(kinds))
    if customer_id is not None:
        wanted.append(ServiceRequest.customer_id == customer_id)
    if policy_id is not None:
        wanted.append(ServiceRequest.policy_id == policy_id)
    if handler_id is not None:
        wanted.append(ServiceRequest.handler_id == handler_id)
    if late_on is not None:
        wanted.append(is_late(late_on))
    return list(
        await session.scalars(
            select(ServiceRequest)
            .where(*wanted)
            .order_by(
                ServiceRequest.state.in_(ENDED),
                ServiceRequest.due_on.asc().nulls_last(),
                ServiceRequest.submitted_at.desc(),
            )
            .limit(limit)
            .options(selectinload(ServiceRequest.policy), selectinload(ServiceRequest.events))
        )
    )


def is_late(today: date) -> ColumnElement[bool]:
    """SQL of `ServiceRequest.late`."""
    return (
        ServiceRequest.number.is_not(None)
        & ServiceRequest.state.not_in(ENDED)
        & ServiceRequest.paused_on.is_(None)
        & (ServiceRequest.due_on < today)
    )
