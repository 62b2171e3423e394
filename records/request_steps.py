"""The steps of a service request: draft, answers, submission, and every change of state with its event."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from records import notices
from records.calendar import add_working_days, business_date, working_days_between
from records.errors import WrongStateError
from records.notices import Topic
from records.numbers import NumberKind, next_number
from records.requests import (
    ENDED,
    TRANSITIONS,
    RequestEvent,
    RequestState,
    ServiceRequest,
    open_request,
)


async def create_draft(
    session: AsyncSession,
    *,
    kind: str,
    conversation_id: uuid.UUID,
    now: datetime,
    customer_id: str | None = None,
    policy_id: int | None = None,
    review: bool = True,
) -> ServiceRequest:
    """A new draft; for a known customer the open request of this kind and policy, if there is one.

    Look at `state`: only a draft may be filled.
    """
    draft = ServiceRequest(
        kind=kind,
        conversation_id=conversation_id,
        customer_id=customer_id,
        policy_id=policy_id,
        review=review,
        answers={},
        created_at=now,
        updated_at=now,
    )
    if customer_id is None:
        session.add(draft)
        await session.flush()
        return draft
    if found := await open_request(session, customer_id=customer_id, kind=kind, policy_id=policy_id):
        return found
    try:
        async with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        found = await open_request(session, customer_id=customer_id, kind=kind, policy_id=policy_id)
        if found is None:
            raise
        return found
    return draft


async def save_answer(
    session: AsyncSession, request: ServiceRequest, field: str, value: Any, *, now: datetime
) -> None:
    """Keeps one answer of a draft at once; None removes it. `value` must be JSON."""
    if request.state is not RequestState.DRAFT:
        raise WrongStateError("The request", request.state, "a changed draft")
    answers = {name: kept for name, kept in request.answers.items() if name != field}
    request.answers = answers if value is None else {**answers, field: value}
    request.updated_at = now
    await session.flush()


async def choose_policy(
    session: AsyncSession, request: ServiceRequest, policy_id: int, *, now: datetime
) -> ServiceRequest:
    """Sets the draft's policy. Where another request of the kind is open for it, that one is returned and the
    draft withdrawn."""
    if request.customer_id is not None:
        other = await open_request(
            session, customer_id=request.customer_id, kind=request.kind, policy_id=policy_id
        )
        if other is not None and other.id != request.id:
            await move(session, request, RequestState.WITHDRAWN, actor="system", now=now, reason="other_open")
            return other
    request.policy_id = policy_id
    request.updated_at = now
    await session.flush()
    return request


async def move(
    session: AsyncSession,
    request: ServiceRequest,
    to: RequestState,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    missing: list[str] | None = None,
) -> RequestEvent:
    """Changes the state and records who, when and why; the customer hears of what others did.

    A clock in working days stands still while documents are awaited. Raises WrongStateError where the change
    is not allowed.
    """
    if to not in TRANSITIONS[request.state]:
        raise WrongStateError(request.number or "The draft", request.state, to)
    event = RequestEvent(
        request_id=request.id, from_state=request.state, to_state=to, actor=actor, at=now, reason=reason
    )
    session.add(event)
    _keep_the_clock(request, to, business_date(now))
    request.state = to
    request.updated_at = now
    if missing is not None:
        request.missing = missing
    await session.flush()
    if request.number is not None and not notices.told_in_the_chat(actor):
        await _tell(session, request, reason, now)
    return event


def _keep_the_clock(request: ServiceRequest, to: RequestState, today: date) -> None:
    """Stops a service promise while the customer has to act, and moves it by the working days that took."""
    if to is RequestState.NEEDS_DOCUMENTS and request.working_days:
        request.paused_on = today
    elif request.paused_on is not None:
        if request.due_on is not None:
            request.due_on = add_working_days(request.due_on, working_days_between(request.paused_on, today))
        request.paused_on = request.escalated_on = None


async def _tell(session: AsyncSession, request: ServiceRequest, reason: str, now: datetime) -> None:
    due_on = request.due_on if request.open and request.paused_on is None else None
    await notices.add(
        session,
        Topic.REQUEST_STATE,
        number=request.number or "",
        now=now,
        customer_id=request.customer_id,
        conversation_id=request.conversation_id,
        contact=request.contact,
        detail={
            "kind": request.kind,
            "state": request.state.value,
            "reason": reason,
            "missing": request.missing,
            "due_on": due_on.isoformat() if due_on else None,
        },
    )


async def submit(
    session: AsyncSession,
    request: ServiceRequest,
    *,
    actor: str,
    now: datetime,
    due_on: date | None = None,
    working_days: bool = False,
    contact: str | None = None,
    flags: list[str] | None = None,
) -> ServiceRequest:
    """Gives a draft its number and hands it in; `working_days` says how `due_on` was counted.

    Raises WrongStateError when it is no draft any more.
    """
    await move(session, request, RequestState.SUBMITTED, actor=actor, now=now)
    request.number = await next_number(session, NumberKind.REQUEST, now)
    request.submitted_at = now
    request.due_on = due_on
    request.working_days = working_days
    request.contact = contact
    request.flags = flags or []
    await session.flush()
    return request


async def complete(session: AsyncSession, request: ServiceRequest, *, actor: str, now: datetime) -> None:
    """Carries out a self-service request right after submission: approved, then done."""
    await move(session, request, RequestState.APPROVED, actor=actor, now=now, reason="self_service")
    await move(session, request, RequestState.DONE, actor=actor, now=now, reason="self_service")


async def became(
    session: AsyncSession, request: ServiceRequest, ticket: str, *, actor: str, now: datetime
) -> None:
    """Ends a draft that became a complaint or claim report with this number."""
    await move(session, request, RequestState.WITHDRAWN, actor=actor, now=now, reason="became_ticket")
    request.ticket = ticket
    await session.flush()


async def withdraw(
    session: AsyncSession, request: ServiceRequest, *, actor: str, now: datetime, reason: str = ""
) -> None:
    """Ends a draft or a request the customer takes back. Raises WrongStateError once it is approved."""
    await move(session, request, RequestState.WITHDRAWN, actor=actor, now=now, reason=reason)


async def flag_open(
    session: AsyncSession, customer_id: str, kinds: Collection[str], flag: str, *, now: datetime
) -> list[ServiceRequest]:
    """Marks the customer's submitted, unfinished requests of these kinds, e.g. after a phone change."""
    found = list(
        await session.scalars(
            select(ServiceRequest).where(
                ServiceRequest.customer_id == customer_id,
                ServiceRequest.kind.in_(kinds),
                ServiceRequest.number.is_not(None),
                ServiceRequest.state.not_in(ENDED),
            )
        )
    )
    for request in found:
        if flag not in request.flags:
            request.flags = [*request.flags, flag]
            request.updated_at = now
    await session.flush()
    return found
