"""Where a file belongs: the request, claim, report or complaint it was sent for."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records import audit
from records.claims import Claim, ClaimReport, ClaimState, ReportState, report_by_number
from records.complaints import ENDED as COMPLAINT_ENDED
from records.complaints import Complaint, ComplaintState, complaint_by_number
from records.documents import Document, documents_of_request, unassigned_in
from records.errors import NoSuchRecordError
from records.numbers import tidy_number
from records.policies import Policy
from records.requests import ENDED, RequestState, ServiceRequest, request_by_number
from records.staff import Staff

_CLAIM_ENDED = frozenset({ClaimState.PAID, ClaimState.REJECTED, ClaimState.WITHDRAWN, ClaimState.CLOSED})
_REPORT_OPEN = (ReportState.RECEIVED, ReportState.IN_CONTACT)


class PlaceKind(enum.StrEnum):
    """What a file can belong to; the value is the column of `Document` that says so."""

    REQUEST = "request_id"
    CLAIM = "claim_id"
    REPORT = "report_id"
    COMPLAINT = "complaint_id"
    POLICY = "policy_id"


@dataclass(frozen=True)
class Place:
    """What a file can belong to; `title` is a kind of request or claim, `missing` the papers asked for.

    `about` says what papers it brings with it, as far as it is known.
    """

    kind: PlaceKind
    id: int | uuid.UUID
    number: str
    title: str
    awaits: bool
    missing: Sequence[str] = ()
    about: str = ""

    @property
    def subject(self) -> str:
        """Its chain in the audit."""
        return subject(self.kind, str(self.id) if self.kind is PlaceKind.REQUEST else self.number)


def subject(kind: PlaceKind, key: str) -> str:
    """The chain of a request, by its id as a draft has no number, or of anything else by its number."""
    return f"{kind.removesuffix('_id')}:{key}"


async def places(
    session: AsyncSession, *, customer_id: str | None, conversation_id: uuid.UUID
) -> list[Place]:
    """What of the customer, or of a guest's conversation, is open; what awaits documents first."""

    def whose(row: type[ServiceRequest | ClaimReport | Complaint]) -> ColumnElement[bool]:
        here = row.conversation_id == conversation_id
        return here if customer_id is None else or_(here, row.customer_id == customer_id)

    requests = await session.scalars(
        select(ServiceRequest).where(
            whose(ServiceRequest), ServiceRequest.number.is_not(None), ServiceRequest.state.not_in(ENDED)
        )
    )
    reports = await session.scalars(
        select(ClaimReport).where(whose(ClaimReport), ClaimReport.state.in_(_REPORT_OPEN))
    )
    complaints = await session.scalars(
        select(Complaint).where(whose(Complaint), Complaint.state.not_in(COMPLAINT_ENDED))
    )
    claims = await session.scalars(
        select(Claim)
        .join(Policy, Policy.id == Claim.policy_id)
        .where(
            or_(Claim.claimant_id == customer_id, Policy.insured_id == customer_id),
            Claim.state.not_in(_CLAIM_ENDED),
        )
    )
    found = [
        *map(_request, requests),
        *map(_claim, claims if customer_id is not None else ()),
        *map(_report, reports),
        *map(_complaint, complaints),
    ]
    return sorted(found, key=lambda place: (not place.awaits, place.number))


async def place_of(session: AsyncSession, number: str) -> Place | None:
    """The place with this number, of anybody; for specialists, and for numbers a customer was offered."""
    if (request := await request_by_number(session, number)) is not None:
        return _request(request)
    if (report := await report_by_number(session, number)) is not None:
        return _report(report)
    if (complaint := await complaint_by_number(session, number)) is not None:
        return _complaint(complaint)
    tidy = tidy_number(number)
    if (claim := await session.scalar(select(Claim).where(Claim.number == tidy))) is not None:
        return _claim(claim)
    policy = await session.scalar(select(Policy).where(Policy.number == tidy))
    return Place(PlaceKind.POLICY, policy.id, policy.number, "", False) if policy is not None else None


async def file_here(
    session: AsyncSession, documents: Sequence[Document], place: Place, *, actor: str, now: datetime
) -> None:
    """Puts documents where they belong, and takes them from where they were.

    Where a single paper was asked for, it is taken for that one.
    """
    for document in documents:
        for kind in PlaceKind:
            setattr(document, kind.value, place.id if kind is place.kind else None)
        document.awaits_consent = None
        if len(place.missing) == 1:
            document.kind = document.kind or place.missing[0]
    await _note(session, documents, "document_filed", {"at": place.number}, actor, now)


async def keep_back(
    session: AsyncSession, documents: Sequence[Document], place: Place, *, actor: str, now: datetime
) -> None:
    """Lets documents wait, belonging to nothing, until the customer consents to their being put here."""
    for document in documents:
        for kind in PlaceKind:
            setattr(document, kind.value, None)
        document.awaits_consent = place.number
    await _note(session, documents, "document_kept_back", {"from": place.number}, actor, now)


async def _note(
    session: AsyncSession,
    documents: Sequence[Document],
    action: str,
    detail: dict[str, str],
    actor: str,
    now: datetime,
) -> None:
    for document in documents:
        subject = f"document:{document.id}"
        await audit.append(session, subject=subject, actor=actor, action=action, detail=detail, now=now)
    await session.flush()


async def assign_document(
    session: AsyncSession, document_id: uuid.UUID, number: str, *, by: Staff, now: datetime
) -> Place:
    """A specialist says which request, claim, report, complaint or policy a document belongs to."""
    document, place = await session.get(Document, document_id), await place_of(session, number)
    if document is None or place is None:
        raise NoSuchRecordError(str(document_id) if document is None else number)
    await file_here(session, [document], place, actor=by.actor, now=now)
    return place


async def bring_along(
    session: AsyncSession,
    place: Place,
    *,
    draft_id: uuid.UUID,
    conversation_id: uuid.UUID,
    since: datetime,
    now: datetime,
    consent_missing: bool = False,
) -> int:
    """What a draft has just become takes along the draft's files and those sent shortly before without saying
    what for, or keeps them back until the customer consents; returns how many."""
    found = [one for one in await unassigned_in(session, conversation_id) if one.received_at >= since]
    if place.id != draft_id:
        found += await documents_of_request(session, draft_id)
    put = keep_back if consent_missing else file_here
    await put(session, found, place, actor="customer", now=now)
    return len(found)


def _request(request: ServiceRequest) -> Place:
    awaits = request.state is RequestState.NEEDS_DOCUMENTS
    return Place(
        PlaceKind.REQUEST,
        request.id,
        request.number or "",
        request.kind,
        awaits,
        tuple(request.missing),
        "、".join(request.missing),
    )


def _claim(claim: Claim) -> Place:
    awaits = claim.state is ClaimState.NEEDS_DOCUMENTS
    about = "、".join([claim.kind, *claim.missing])
    return Place(PlaceKind.CLAIM, claim.id, claim.number, claim.kind, awaits, tuple(claim.missing), about)


def _report(report: ClaimReport) -> Place:
    return Place(PlaceKind.REPORT, report.id, report.number, "report_claim", False, about=report.matter)


def _complaint(complaint: Complaint) -> Place:
    awaits = complaint.state is ComplaintState.AWAITING_CUSTOMER
    return Place(PlaceKind.COMPLAINT, complaint.id, complaint.number, "file_complaint", awaits)
