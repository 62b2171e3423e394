"""What specialists decide about submitted requests; every step is an event, and the customer is told.

All take the request's number, lock its row for the caller's transaction, and raise NoSuchRecordError or,
where its state does not allow the step, WrongStateError.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from records.errors import MissingTextError
from records.locking import lock_by_number
from records.request_steps import move
from records.requests import RequestState, ServiceRequest
from records.staff import Staff


async def lock_request(session: AsyncSession, number: str) -> ServiceRequest:
    """The submitted request with this number, locked and read afresh; NoSuchRecordError."""
    return await lock_by_number(session, ServiceRequest, ServiceRequest.number, number)


async def take_up(session: AsyncSession, number: str, *, by: Staff, now: datetime) -> ServiceRequest:
    """The specialist begins the review and is from now on its handler."""
    request = await lock_request(session, number)
    request.handler_id = by.id
    if request.state is not RequestState.IN_REVIEW:
        await move(session, request, RequestState.IN_REVIEW, actor=by.actor, now=now, missing=[])
    return request


async def assign(session: AsyncSession, number: str, *, to: Staff | None) -> ServiceRequest:
    """Gives the request to a colleague, or to nobody."""
    request = await lock_request(session, number)
    request.handler_id = to.id if to else None
    await session.flush()
    return request


async def ask_for_documents(
    session: AsyncSession,
    number: str,
    *,
    papers: Sequence[str],
    by: Staff,
    now: datetime,
    reason: str = "",
) -> ServiceRequest:
    """Asks the customer for papers, named as they know them. MissingTextError when none is named."""
    wanted = [paper.strip() for paper in papers if paper.strip()]
    if not wanted:
        raise MissingTextError("papers")
    request = await lock_request(session, number)
    await move(
        session,
        request,
        RequestState.NEEDS_DOCUMENTS,
        actor=by.actor,
        now=now,
        reason=reason.strip(),
        missing=wanted,
    )
    return request


async def approve(
    session: AsyncSession, number: str, *, by: Staff, now: datetime, note: str = ""
) -> ServiceRequest:
    """The review is passed; what was asked for is now being carried out."""
    request = await lock_request(session, number)
    await move(session, request, RequestState.APPROVED, actor=by.actor, now=now, reason=note.strip())
    return request


async def finish(
    session: AsyncSession, number: str, *, by: Staff, now: datetime, note: str = ""
) -> ServiceRequest:
    """It has been carried out."""
    request = await lock_request(session, number)
    await move(session, request, RequestState.DONE, actor=by.actor, now=now, reason=note.strip())
    return request


async def reject(
    session: AsyncSession, number: str, *, reason: str, by: Staff, now: datetime
) -> ServiceRequest:
    """Refuses the request with the reason the customer reads. MissingTextError without one."""
    if not reason.strip():
        raise MissingTextError("reason")
    request = await lock_request(session, number)
    await move(session, request, RequestState.REJECTED, actor=by.actor, now=now, reason=reason.strip())
    return request


async def withdraw_for(
    session: AsyncSession, number: str, *, by: Staff, now: datetime, reason: str = ""
) -> ServiceRequest:
    """Takes the request back because the customer asked a specialist to."""
    request = await lock_request(session, number)
    await move(session, request, RequestState.WITHDRAWN, actor=by.actor, now=now, reason=reason.strip())
    return request
