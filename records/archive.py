"""The archive of a policy: its files and papers, what is missing, and until when they must be kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.calendar import add_years, business_date
from records.claims import Claim, ClaimReport
from records.documents import Document
from records.papers import Paper, PaperPlace, papers_of
from records.policies import Policy, policy_by_number
from records.requests import RequestState, ServiceRequest

_KEPT = frozenset({PaperPlace.ARCHIVED, PaperPlace.LENT})
_NEEDS_NO_PAPERS = frozenset({RequestState.DRAFT, RequestState.REJECTED, RequestState.WITHDRAWN})
_DAYS_OF_A_YEAR = 366


@dataclass(frozen=True)
class Needed:
    """Which papers must be there: for each line of insurance, and for each kind of request made under it."""

    by_line: Mapping[str, Sequence[str]]
    by_kind: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Gap:
    """A paper that is not there; `about` is the number of the request it belongs to, None for the policy."""

    kind: str
    about: str | None


@dataclass(frozen=True)
class Archive:
    policy: Policy
    documents: list[Document]
    papers: list[Paper]
    gaps: list[Gap]


@dataclass(frozen=True)
class Keeping:
    """For how many years papers are kept: 《保险法》第八十七条 counts from the end of the contract, and tells
    contracts of up to a year from longer ones; what belongs to no contract counts from its receipt."""

    short_contract: int
    long_contract: int
    without_contract: int


@dataclass
class _Belongings:
    requests: list[ServiceRequest] = field(default_factory=list)
    claims: list[int] = field(default_factory=list)
    reports: list[int] = field(default_factory=list)


async def archive_of(session: AsyncSession, number: str, needed: Needed) -> Archive | None:
    """A policy's archive with what is missing; None when there is no such policy."""
    policy = await policy_by_number(session, number)
    if policy is None:
        return None
    belongings = await _belongings(session, policy.id)
    documents = await _documents(session, policy.id, belongings)
    papers = await papers_of(session, policy.id)
    return Archive(policy, documents, papers, _gaps(policy, belongings.requests, documents, papers, needed))


async def incomplete_archives(
    session: AsyncSession, needed: Needed, *, limit: int = 200
) -> list[tuple[Policy, list[Gap]]]:
    """The policies whose archive lacks something, by number."""
    found = []
    for policy in (await session.scalars(select(Policy).order_by(Policy.number))).all():
        archive = await archive_of(session, policy.number, needed)
        if archive is not None and archive.gaps:
            found.append((policy, archive.gaps))
        if len(found) == limit:
            break
    return found


async def _belongings(session: AsyncSession, policy_id: int) -> _Belongings:
    return _Belongings(
        list(
            await session.scalars(
                select(ServiceRequest).where(
                    ServiceRequest.policy_id == policy_id, ServiceRequest.number.is_not(None)
                )
            )
        ),
        list(await session.scalars(select(Claim.id).where(Claim.policy_id == policy_id))),
        list(await session.scalars(select(ClaimReport.id).where(ClaimReport.policy_id == policy_id))),
    )


async def _documents(session: AsyncSession, policy_id: int, belongings: _Belongings) -> list[Document]:
    whose: ColumnElement[bool] = or_(
        Document.policy_id == policy_id,
        Document.request_id.in_([request.id for request in belongings.requests]),
        Document.claim_id.in_(belongings.claims),
        Document.report_id.in_(belongings.reports),
    )
    return list(await session.scalars(select(Document).where(whose).order_by(Document.received_at)))


def _gaps(
    policy: Policy,
    requests: Iterable[ServiceRequest],
    documents: Iterable[Document],
    papers: Iterable[Paper],
    needed: Needed,
) -> list[Gap]:
    """A paper on a shelf counts for the policy and its requests alike, a file for what it was sent for."""
    on_shelf = {paper.kind for paper in papers if paper.place in _KEPT}
    files: dict[uuid.UUID | None, set[str]] = {}
    for document in documents:
        if document.kind and document.destroyed_at is None:
            files.setdefault(document.request_id, set()).add(document.kind)
    own = on_shelf | files.get(None, set())
    gaps = [Gap(kind, None) for kind in needed.by_line.get(policy.product.line, ()) if kind not in own]
    for request in requests:
        if request.state in _NEEDS_NO_PAPERS:
            continue
        there = own | files.get(request.id, set())
        gaps += [
            Gap(kind, request.number) for kind in needed.by_kind.get(request.kind, ()) if kind not in there
        ]
    return gaps


def kept_until(document: Document, policy: Policy | None, keeping: Keeping) -> date | None:
    """The last day a document must be kept; None while its contract runs."""
    if policy is None:
        return add_years(business_date(document.received_at), keeping.without_contract)
    ended = policy.terminated_on or policy.expires_on
    if ended is None:
        return None
    short = (
        policy.expires_on is not None and (policy.expires_on - policy.effective_on).days <= _DAYS_OF_A_YEAR
    )
    return add_years(ended, keeping.short_contract if short else keeping.long_contract)


async def past_keeping(session: AsyncSession, today: date, keeping: Keeping) -> list[tuple[Document, date]]:
    """Documents whose time of keeping is over, with the day it ended; a colleague decides to destroy them."""
    rows = await session.execute(
        select(Document, Policy, ServiceRequest.policy_id, Claim.policy_id, ClaimReport.policy_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Document.request_id)
        .outerjoin(Claim, Claim.id == Document.claim_id)
        .outerjoin(ClaimReport, ClaimReport.id == Document.report_id)
        .outerjoin(
            Policy,
            or_(
                Policy.id == Document.policy_id,
                Policy.id == ServiceRequest.policy_id,
                Policy.id == Claim.policy_id,
                Policy.id == ClaimReport.policy_id,
            ),
        )
        .where(Document.destroyed_at.is_(None))
        .order_by(Document.received_at)
    )
    found = []
    for document, policy, *_ in rows:
        until = kept_until(document, policy, keeping)
        if until is not None and until < today:
            found.append((document, until))
    return found
