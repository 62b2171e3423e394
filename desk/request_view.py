"""One request as it is reviewed: what was asked, what the records say, which papers are there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from desk import tasks, views
from desk.casework import handler_of, history
from gateway.errors import NotFound
from gateway.services import Services
from records import documents
from records import tasks as task_records
from records.customers import Customer
from records.documents import Document
from records.masking import mask_email, mask_id, mask_name, mask_phone, mask_policy, mask_text
from records.policies import Policy
from records.requests import TRANSITIONS, RequestState, ServiceRequest
from records.words import state_text

_STEPS = {
    RequestState.IN_REVIEW: "take_up",
    RequestState.NEEDS_DOCUMENTS: "ask_documents",
    RequestState.APPROVED: "approve",
    RequestState.DONE: "finish",
    RequestState.REJECTED: "reject",
    RequestState.WITHDRAWN: "withdraw",
}
SLIPPED = frozenset({RequestState.APPROVED, RequestState.DONE})
"""Whose change can be certified by a slip."""


async def found(session: AsyncSession, number: str) -> ServiceRequest:
    """The submitted request with this number, its policy, people and events loaded; NotFound."""
    item = (
        await session.scalars(
            select(ServiceRequest)
            .where(ServiceRequest.number == number)
            .options(
                selectinload(ServiceRequest.events),
                selectinload(ServiceRequest.policy).selectinload(Policy.holder),
                selectinload(ServiceRequest.policy).selectinload(Policy.insured),
            )
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if item is None:
        raise NotFound()
    return item


async def detail(session: AsyncSession, services: Services, number: str) -> dict[str, Any]:
    """A request with its papers, its record, its history and the steps its state allows; masked."""
    item = await found(session, number)
    owner = await _owner(session, item)
    files = await _files(session, item)
    kind = services.context.services.kinds.get(item.kind)
    there = {one.kind for one in files if one.request_id == item.id and one.destroyed_at is None}
    papers = list(dict.fromkeys([*(kind.documents if kind else ()), *item.missing]))
    return {
        "request": views.request(item, services, owner),
        "handler": await handler_of(session, item.handler_id),
        "policy_id": item.policy_id,
        "record": _record(item.policy, owner, masked=True),
        "papers": [{"kind": one, "there": one in there} for one in papers],
        "files": [_file(one, item) for one in files],
        "events": await history(session, item.events),
        "tasks": await tasks.lines(session, await task_records.tasks_about(session, number)),
        "effect": views.effect_of(services, kind, item.policy),
        "steps": [step for state, step in _STEPS.items() if state in TRANSITIONS[item.state]],
        "slip": item.state in SLIPPED and item.policy_id is not None,
    }


async def in_full(session: AsyncSession, services: Services, item: ServiceRequest) -> dict[str, Any]:
    """What is masked in `detail`, in full."""
    filled = views.filled(services, item, masked=False)
    return {
        "fields": [{"label": label, "value": value} for label, value in filled.items()],
        "record": _record(item.policy, await _owner(session, item), masked=False),
    }


async def document_of(session: AsyncSession, item: ServiceRequest, file: str) -> Document:
    """A file that is shown beside this request; NotFound for any other."""
    for document in await _files(session, item):
        if str(document.id) == file.lower():
            return document
    raise NotFound()


async def _files(session: AsyncSession, item: ServiceRequest) -> list[Document]:
    """Its own papers, then those its conversation holds that nobody has put anywhere yet."""
    own = await documents.documents_of_request(session, item.id)
    if item.conversation_id is None:
        return own
    return own + await documents.unassigned_in(session, item.conversation_id)


def _file(document: Document, item: ServiceRequest) -> dict[str, Any]:
    return {
        "id": str(document.id),
        "name": mask_text(document.name),
        "kind": document.kind,
        "type": document.media_type,
        "size": document.size,
        "received_at": views.iso(document.received_at),
        "own": document.request_id == item.id,
        "destroyed": document.destroyed_at is not None,
    }


async def _owner(session: AsyncSession, item: ServiceRequest) -> Customer | None:
    return await session.get(Customer, item.customer_id) if item.customer_id else None


def _record(policy: Policy | None, owner: Customer | None, *, masked: bool) -> dict[str, Any]:
    return {
        "customer": _person(owner, masked=masked) if owner else None,
        "policy": _policy(policy, masked=masked) if policy else None,
    }


def _person(person: Customer, *, masked: bool) -> dict[str, Any]:
    day = person.id_valid_until
    return {
        "name": mask_name(person.name) if masked else person.name,
        "id_number": mask_id(person.id_number) if masked else person.id_number,
        "id_valid_until": day.isoformat() if day else None,
        "phone": mask_phone(person.phone) if masked and person.phone else person.phone,
        "email": mask_email(person.email) if masked and person.email else person.email,
        "address": mask_text(person.address) if masked and person.address else person.address,
    }


def _policy(policy: Policy, *, masked: bool) -> dict[str, Any]:
    def name(person: Customer) -> str:
        return mask_name(person.name) if masked else person.name

    return {
        "number": mask_policy(policy.number) if masked else policy.number,
        "product": policy.product.name,
        "state_text": state_text(policy.state),
        "holder": name(policy.holder),
        "insured": name(policy.insured),
        "sum_insured": f"{policy.sum_insured:,.2f}" if policy.sum_insured is not None else None,
        "premium": f"{policy.premium:,.2f}",
        "frequency": state_text(policy.frequency),
        "next_due": policy.next_due.isoformat() if policy.next_due else None,
        "bank_tail": policy.account_tail,
    }
