"""The customer beside the conversation: money, claims, requests, archive and earlier contacts, masked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES
from desk.acting import conversation_of
from desk.routing import Route, read
from gateway.errors import NotFound
from gateway.services import Services
from records import claims, complaints, premiums, requests
from records.conversations import Conversation, Message, Visibility
from records.documents import Document
from records.handlings import Handling
from records.masking import mask_policy, mask_text
from records.staff import Staff
from records.words import state_text

_CONTACTS = 10
_DOCUMENTS = 30


def routes() -> list[Route]:
    return [read("/conversations/{id}/customer", customer)]


async def customer(request: web.Request) -> web.Response:
    """GET /desk/api/conversations/{id}/customer: what is known of them besides who they are."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        conversation = await session.get(Conversation, conversation_of(request))
        if conversation is None:
            raise NotFound()
        if conversation.customer_id is None:
            return web.json_response(_nobody())
        return web.json_response(await _known(session, services, conversation, conversation.customer_id))


def _nobody() -> dict[str, Any]:
    names = ("premiums", "payments", "claims", "requests", "complaints", "documents", "contacts")
    return {name: [] for name in names}


async def _known(
    session: AsyncSession, services: Services, conversation: Conversation, customer_id: str
) -> dict[str, Any]:
    today = services.settings.today(services.clock())
    due = await premiums.premiums_next(session, customer_id, today)
    raised = await complaints.complaints_of(session, customer_id)
    asked = [one for one in await requests.requests_of(session, customer_id) if one.number]
    return {
        "premiums": [_premium(one, today) for one in due],
        "payments": [_payment(one) for one in await premiums.premium_events_of(session, customer_id)],
        "claims": [_claim(one) for one in await claims.claims_of(session, customer_id)],
        "requests": [
            {
                "number": one.number,
                "title": views.title_of(services, one),
                "state_text": state_text(one.state),
                "open": one.open,
                "missing": one.missing,
            }
            for one in asked
        ],
        "complaints": [
            {
                "number": one.number,
                "title": state_text(one.category),
                "state_text": state_text(one.state),
                "open": one.open,
                "due_on": _day(one.due_on),
            }
            for one in raised
        ],
        "documents": await _documents(session, customer_id),
        "contacts": await _contacts(session, services, conversation, customer_id),
    }


def _premium(one: premiums.NextPremium, today: date) -> dict[str, Any]:
    return {
        "policy": mask_policy(one.policy_number),
        "product": one.product_name,
        "kind": one.kind.value,
        "due_on": _day(one.due_on),
        "overdue": one.overdue(today),
        "amount": _money(one.amount),
        "grace_ends_on": _day(one.grace_ends_on),
        "unpaid_reason": one.unpaid_reason,
    }


def _payment(one: premiums.PremiumEvent) -> dict[str, Any]:
    return {
        "kind_text": state_text(one.kind),
        "amount": _money(one.amount),
        "on": _day(one.happened_on),
        "reason": one.reason,
    }


def _claim(one: claims.Claim) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "state_text": state_text(one.state),
        "reported_on": _day(one.reported_on),
        "missing": one.missing,
        "amount": _money(one.amount),
        "reason": mask_text(one.reason or ""),
    }


async def _documents(session: AsyncSession, customer_id: str) -> list[dict[str, Any]]:
    held = await session.scalars(
        select(Document)
        .where(Document.customer_id == customer_id)
        .order_by(Document.received_at.desc())
        .limit(_DOCUMENTS)
    )
    return [
        {
            "name": mask_text(one.name),
            "kind": one.kind,
            "size": one.size,
            "received_at": views.iso(one.received_at),
        }
        for one in held
    ]


async def _contacts(
    session: AsyncSession, services: Services, conversation: Conversation, customer_id: str
) -> list[dict[str, Any]]:
    """The customer's other conversations, newest first, with who dealt with them and how they ended."""
    before = (
        await session.scalars(
            select(Conversation)
            .where(Conversation.customer_id == customer_id, Conversation.id != conversation.id)
            .order_by(Conversation.last_at.desc())
            .limit(_CONTACTS)
        )
    ).all()
    ids = [one.id for one in before]
    newest = (
        select(func.max(Handling.id))
        .where(Handling.conversation_id.in_(ids), Handling.staff_id.is_not(None))
        .group_by(Handling.conversation_id)
    )
    handled = await session.scalars(select(Handling).where(Handling.id.in_(newest)))
    by_conversation = {one.conversation_id: one for one in handled}
    staff = await views.by_id(session, Staff, (one.staff_id for one in by_conversation.values()))
    notes = await _last_notes(session, ids)
    return [
        {
            "id": str(one.id),
            "channel": one.channel,
            "mode": one.mode.value,
            "last_at": views.iso(one.last_at),
            "summary": mask_text(notes.get(one.id) or one.summary),
            "specialist": _name(staff, by_conversation.get(one.id)),
            "close_reason": by_conversation[one.id].close_reason if one.id in by_conversation else None,
        }
        for one in before
    ]


async def _last_notes(session: AsyncSession, ids: list[Any]) -> dict[Any, str]:
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(ids), Message.visibility == Visibility.NOTE)
        .group_by(Message.conversation_id)
    )
    rows = await session.scalars(select(Message).where(Message.id.in_(newest)))
    return {row.conversation_id: row.text for row in rows}


def _name(staff: dict[int, Staff], handled: Handling | None) -> str | None:
    known = staff.get(handled.staff_id) if handled and handled.staff_id is not None else None
    return known.name if known else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _money(amount: Decimal | None) -> str | None:
    return f"{amount:,.2f}" if amount is not None else None
