"""Live updates of the desk: one stream of server-sent events, fed by what any process commits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from desk import views
from desk.access import SERVICES
from desk.routing import Route, read
from gateway.feed import News
from gateway.services import Services
from records.complaints import Complaint
from records.conversations import Conversation, Message
from records.customers import Customer
from records.requests import RequestState, ServiceRequest

_PING_SECONDS = 15.0


def routes() -> list[Route]:
    return [read("/events", stream)]


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /desk/api/events: `conversation`, `message`, `complaint`, `request`, `reload` and `ping` events.

    `reload` means that news may have been missed: read the lists again.
    """
    services = request.app[SERVICES]
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-cache",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    with services.feed.subscribe(None) as news, contextlib.suppress(ConnectionError):
        await _send(response, "ping", {})
        while True:
            try:
                item = await asyncio.wait_for(news.get(), _PING_SECONDS)
            except TimeoutError:
                await _send(response, "ping", {})
                continue
            try:
                for name, data in await _told(services, item):
                    await _send(response, name, data)
            except SQLAlchemyError:
                await _send(response, "reload", {})
    return response


async def _told(services: Services, item: News) -> list[tuple[str, Any]]:
    if item.what == "lost":
        return [("reload", {})]
    if item.what != "message" or item.conversation is None:
        return []
    async with services.sessions() as session:
        message = await session.get(Message, item.detail["message"])
        conversation = await session.get(Conversation, item.conversation)
        if message is None or conversation is None:
            return []
        staff = await views.staff_named(session, [message])
        summary = (await views.summaries(session, services, [conversation]))[0]
        told: list[tuple[str, Any]] = [
            ("conversation", summary),
            (
                "message",
                {"conversation": str(item.conversation), "event": views.event(message, staff, services)},
            ),
        ]
        return told + await _tickets(session, services, item.conversation, message.created_at)


async def _tickets(
    session: AsyncSession, services: Services, conversation_id: uuid.UUID, since: datetime
) -> list[tuple[str, Any]]:
    """Complaints and requests that the news of a conversation brought along."""
    raised = await session.scalars(
        select(Complaint).where(
            Complaint.conversation_id == conversation_id, Complaint.received_at >= since - views.MOMENT
        )
    )
    asked = await session.scalars(
        select(ServiceRequest)
        .options(selectinload(ServiceRequest.policy))
        .where(
            ServiceRequest.conversation_id == conversation_id,
            ServiceRequest.state != RequestState.DRAFT,
            ServiceRequest.updated_at >= since - views.MOMENT,
        )
    )
    now = services.clock()
    told: list[tuple[str, Any]] = []
    for ticket in raised.all():
        owner = await session.get(Customer, ticket.customer_id) if ticket.customer_id else None
        told.append(("complaint", views.complaint(ticket, owner, now)))
    for item in asked.all():
        owner = await session.get(Customer, item.customer_id) if item.customer_id else None
        told.append(("request", views.request(item, services, owner)))
    return told


async def _send(response: web.StreamResponse, name: str, data: Any) -> None:
    payload = json.dumps(data, ensure_ascii=False)
    await response.write(f"event: {name}\ndata: {payload}\n\n".encode())
