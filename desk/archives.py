"""The archive of each policy, where its papers are, and what in our data does not fit together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES, body_of, staff_of
from desk.routing import Route, change, read
from gateway import archive as filing_rules
from gateway.errors import NotFound
from gateway.services import Services
from records import archive, mismatches, papers
from records.archive import Archive, Gap
from records.customers import Customer
from records.documents import Document
from records.masking import mask_name, mask_policy, mask_text
from records.mismatches import Mismatch
from records.papers import MOVES, Paper, PaperPlace
from records.policies import Policy, policy_by_number
from records.words import state_text


class PaperBody(BaseModel):
    """A paper that has come in; `shelf` says where it stands."""

    kind: Annotated[str, Field(min_length=1, max_length=60)]
    shelf: Annotated[str, Field(max_length=40)] = ""


class MoveBody(BaseModel):
    """Where a paper goes; `holder` has it then, `due_back` is the day it is wanted again."""

    to: PaperPlace
    holder: Annotated[str, Field(max_length=80)] = ""
    due_back: date | None = None
    shelf: Annotated[str, Field(max_length=40)] | None = None


def routes() -> list[Route]:
    return [
        read("/archives", listing),
        read("/archives/{policy}", shown),
        read("/mismatches", mismatch_list),
        change("/archives/{policy}/papers", enter),
        change("/archives/{policy}/papers/{paper}/move", move),
    ]


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/archives?number= → the policy of that number; without, all that lack something."""
    services = request.app[SERVICES]
    needed = filing_rules.needed(services)
    number = request.query.get("number", "").strip()
    async with services.sessions() as session:
        if number:
            one = await archive.archive_of(session, number, needed)
            found = [(one.policy, one.gaps)] if one else []
        else:
            found = await archive.incomplete_archives(session, needed)
        late = await papers.lent_too_long(session, services.settings.today(services.clock()))
        policies = await views.by_id(session, Policy, (paper.policy_id for paper in late))
    return web.json_response(
        {
            "items": [_line(policy, gaps) for policy, gaps in found],
            "lent": [
                {
                    **_paper(one),
                    "policy_id": one.policy_id,
                    "policy": mask_policy(policies[one.policy_id].number),
                }
                for one in late
            ],
        }
    )


async def shown(request: web.Request) -> web.Response:
    """GET /desk/api/archives/{policy}: its files, its papers, what is missing; by the row's id."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        policy = await _policy(session, request)
        return web.json_response(await _shown(session, services, policy))


async def enter(request: web.Request) -> web.Response:
    """POST /desk/api/archives/{policy}/papers {kind, shelf}: a paper has come in."""
    services, wish = request.app[SERVICES], await body_of(request, PaperBody)
    async with services.sessions.begin() as session:
        policy = await _policy(session, request)
        await papers.archive_paper(
            session,
            policy_id=policy.id,
            kind=wish.kind,
            shelf=wish.shelf,
            by=staff_of(request),
            now=services.clock(),
        )
        answer = await _shown(session, services, policy)
    return web.json_response(answer)


async def move(request: web.Request) -> web.Response:
    """POST /desk/api/archives/{policy}/papers/{paper}/move {to, holder, due_back, shelf}."""
    services, wish = request.app[SERVICES], await body_of(request, MoveBody)
    async with services.sessions.begin() as session:
        policy = await _policy(session, request)
        paper = await session.get(Paper, _id(request.match_info["paper"]))
        if paper is None or paper.policy_id != policy.id:
            raise NotFound()
        await papers.move_paper(
            session,
            paper.id,
            wish.to,
            by=staff_of(request),
            now=services.clock(),
            holder=wish.holder,
            due_back=wish.due_back,
            shelf=wish.shelf,
        )
        answer = await _shown(session, services, policy)
    return web.json_response(answer)


async def mismatch_list(request: web.Request) -> web.Response:
    """GET /desk/api/mismatches: what the records say and what something else shows, masked."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        found = await mismatches.mismatches(session, services.settings.today(services.clock()))
        owners = await views.by_id(session, Customer, (one.about for one in found))
        items = []
        for one in found:
            policy = None if one.about in owners else await policy_by_number(session, one.about)
            items.append(_mismatch(one, owners.get(one.about), policy))
    return web.json_response({"items": items})


async def _policy(session: AsyncSession, request: web.Request) -> Policy:
    policy = await session.get(Policy, _id(request.match_info["policy"]))
    if policy is None:
        raise NotFound()
    return policy


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound()
    return int(text)


async def _shown(session: AsyncSession, services: Services, policy: Policy) -> dict[str, Any]:
    found = await archive.archive_of(session, policy.number, filing_rules.needed(services))
    if found is None:
        raise NotFound()
    holder = await session.get_one(Customer, policy.holder_id)
    return {
        **_line(policy, found.gaps),
        "state_text": state_text(policy.state),
        "holder": mask_name(holder.name),
        "documents": _documents(services, found),
        "papers": [_paper(one) for one in found.papers],
    }


def _documents(services: Services, found: Archive) -> list[dict[str, Any]]:
    keeping = filing_rules.keeping(services)
    return [_document(one, archive.kept_until(one, found.policy, keeping)) for one in found.documents]


def _document(document: Document, until: date | None) -> dict[str, Any]:
    return {
        "id": str(document.id),
        "name": mask_text(document.name),
        "kind": document.kind,
        "size": document.size,
        "received_at": views.iso(document.received_at),
        "kept_until": until.isoformat() if until else None,
        "destroyed": document.destroyed_at is not None,
    }


def _line(policy: Policy, gaps: Sequence[Gap]) -> dict[str, Any]:
    return {
        "policy_id": policy.id,
        "policy": mask_policy(policy.number),
        "product": policy.product.name,
        "gaps": [{"kind": one.kind, "about": one.about} for one in gaps],
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id,
        "kind": paper.kind,
        "place": paper.place.value,
        "place_text": state_text(paper.place),
        "shelf": paper.shelf,
        "holder": mask_text(paper.holder),
        "due_back": paper.due_back.isoformat() if paper.due_back else None,
        "moves": [place.value for place in PaperPlace if place in MOVES[paper.place]],
    }


def _mismatch(one: Mismatch, owner: Customer | None, policy: Policy | None) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "kind_text": state_text(one.kind),
        "about": mask_name(owner.name) if owner else mask_policy(one.about),
        "policy_id": policy.id if policy else None,
        "field": one.field,
        "ours": mask_text(one.ours),
        "theirs": mask_text(one.theirs),
        "source": one.source,
    }
