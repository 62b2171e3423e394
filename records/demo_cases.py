"""Turns the demo file's applications, claims, complaints and requests into rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.applications import Application, ApplicationState
from records.calendar import add_working_days, last_day, start_of_day
from records.claims import Claim, ClaimState
from records.complaints import Complaint, ComplaintCategory, ComplaintEvent, ComplaintState
from records.customers import Customer
from records.demo_dates import resolve
from records.demo_policies import dated
from records.policies import Policy
from records.requests import RequestEvent, RequestState, ServiceRequest
from records.words import from_word

_MORNING = timedelta(hours=10)
_ACTOR = "demo"


def _moment(day: date) -> datetime:
    """Ten in the morning, Shanghai time."""
    return start_of_day(day) + _MORNING


async def add(session: AsyncSession, content: dict[str, Any], today: date) -> None:
    policies = {policy.number: policy for policy in await session.scalars(select(Policy))}
    phones = {person.id: person.phone for person in await session.scalars(select(Customer))}
    for entry in content["applications"]:
        session.add(_application(entry, policies, today))
    for entry in content["claims"]:
        session.add(_claim(entry, policies, today))
    for entry in content["complaints"]:
        await _complaint(session, entry, phones, content["complaint_days"]["days"], today)
    for entry in content["requests"]:
        await _request(session, entry, policies, phones, content["service_days"]["working_days"], today)
    await session.flush()


def _application(entry: dict[str, Any], policies: dict[str, Policy], today: date) -> Application:
    fields = dated(entry, today)
    issued = fields.pop("policy", None)
    return Application(
        product_code=fields.pop("product"),
        applicant_id=fields.pop("applicant"),
        insured_id=fields.pop("insured"),
        state=ApplicationState(fields.pop("state")),
        policy_id=policies[issued].id if issued else None,
        **fields,
    )


def _claim(entry: dict[str, Any], policies: dict[str, Policy], today: date) -> Claim:
    fields = dated(entry, today)
    return Claim(
        policy_id=policies[fields.pop("policy")].id,
        claimant_id=fields.pop("claimant"),
        happened_on=fields.pop("event_on"),
        state=ClaimState(fields.pop("state")),
        **fields,
    )


async def _complaint(
    session: AsyncSession, entry: dict[str, Any], phones: dict[str, str | None], days: int, today: date
) -> None:
    received_on = resolve(entry["received_on"], today)
    decided_on = resolve(entry["decided_on"], today) if "decided_on" in entry else None
    complaint = Complaint(
        number=entry["number"],
        customer_id=entry["customer"],
        category=from_word(ComplaintCategory, entry["category"]),
        facts=entry["summary"],
        contact=phones[entry["customer"]],
        state=ComplaintState(entry["state"]),
        received_at=_moment(received_on),
        clock_from=received_on,
        allowed_days=days,
        due_on=last_day(received_on, days),
        decided_on=decided_on,
    )
    session.add(complaint)
    await session.flush()
    steps = (
        (None, ComplaintState.RECEIVED, received_on),
        (ComplaintState.RECEIVED, complaint.state, decided_on or received_on),
    )
    for before, after, day in steps:
        session.add(
            ComplaintEvent(
                complaint_id=complaint.id, from_state=before, to_state=after, actor=_ACTOR, at=_moment(day)
            )
        )


async def _request(
    session: AsyncSession,
    entry: dict[str, Any],
    policies: dict[str, Policy],
    phones: dict[str, str | None],
    working_days: int,
    today: date,
) -> None:
    since = resolve(entry["since"], today)
    at = _moment(since)
    request = ServiceRequest(
        number=entry["number"],
        kind=entry["item"],
        policy_id=policies[entry["policy"]].id,
        customer_id=entry["applicant"],
        state=RequestState(entry["state"]),
        missing=entry.get("missing", []),
        answers={},
        contact=phones[entry["applicant"]],
        created_at=at,
        updated_at=at,
        submitted_at=at,
        due_on=add_working_days(since, working_days),
        working_days=True,
        paused_on=since if entry["state"] == RequestState.NEEDS_DOCUMENTS else None,
    )
    session.add(request)
    await session.flush()
    steps = [
        (RequestState.DRAFT, RequestState.SUBMITTED),
        (RequestState.SUBMITTED, RequestState(entry["state"])),
    ]
    for before, after in steps:
        session.add(
            RequestEvent(request_id=request.id, from_state=before, to_state=after, actor=_ACTOR, at=at)
        )
