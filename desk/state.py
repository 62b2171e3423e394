"""What every desk shows alike: conversations and colleagues. A snapshot, and what one piece of news changes.

`tests/desk/test_live.py` holds the two together: a snapshot and the events after it make the next snapshot.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from desk import tasks, views
from gateway.feed import News
from gateway.services import Services
from records import marks, presence
from records.complaints import Complaint
from records.conversations import Conversation, Message, Mode
from records.customers import Customer
from records.requests import RequestState, ServiceRequest
from records.tasks import Task

LISTED = 100
"""How many of the bot's and of the closed conversations are shown, newest first."""
Event = tuple[str, Any]


async def snapshot(session: AsyncSession, services: Services) -> dict[str, Any]:
    """All who wait or are served, the newest of the others, and who is at the desk."""
    found: list[Conversation] = []
    for mode, limit in (
        (Mode.QUEUED, None),
        (Mode.HUMAN, None),
        (Mode.BOT, LISTED),
        (Mode.CLOSED, LISTED),
    ):
        chosen = select(Conversation).where(Conversation.mode == mode).order_by(Conversation.last_at.desc())
        found += await session.scalars(chosen.limit(limit))
    return {
        "conversations": await views.summaries(session, services, found),
        "staff": [views.colleague(staff, known) for staff, known in await presence.everybody(session)],
    }


async def told(session: AsyncSession, services: Services, news: News) -> list[Event]:
    """The events that a piece of news means for the desk; none for what the desk does not show."""
    match news.what:
        case "lost":
            return [("snapshot", await snapshot(session, services))]
        case "message" if news.conversation is not None:
            return await _message(session, services, news.detail["message"])
        case "staff":
            return await _staff(session, news.detail["staff"])
        case "complaint":
            return await _complaints(session, services, Complaint.number == news.detail["complaint"])
        case "request":
            return await _requests(session, services, ServiceRequest.number == news.detail["request"])
        case "task":
            return await _tasks(session, news.detail["task"])
        case "typing" if news.conversation is not None:
            return [("typing", {"conversation": str(news.conversation)})]
    return []


async def _message(session: AsyncSession, services: Services, message_id: int) -> list[Event]:
    message = await session.get(Message, message_id)
    if message is None:
        return []
    conversation = await session.get_one(Conversation, message.conversation_id)
    staff = await views.staff_named(session, [message])
    marked = await marks.of_conversation(session, conversation.id) if message.understood else {}
    event = views.event(message, staff, services, marked.get(message.id, []))
    summary = (await views.summaries(session, services, [conversation]))[0]
    return [
        ("conversation", summary),
        ("message", {"conversation": str(conversation.id), "event": event}),
        *await _cases(session, services, message),
    ]


async def _staff(session: AsyncSession, staff_id: int) -> list[Event]:
    found = [one for one in await presence.everybody(session) if one[0].id == staff_id]
    return [("staff", views.colleague(staff, known)) for staff, known in found]


async def _tasks(session: AsyncSession, number: str) -> list[Event]:
    found = (await session.scalars(select(Task).where(Task.number == number))).all()
    return [("task", line) for line in await tasks.lines(session, found)]


async def _cases(session: AsyncSession, services: Services, message: Message) -> list[Event]:
    """Complaints and requests that the news of a conversation brought along."""
    since: datetime = message.created_at - views.MOMENT
    here = message.conversation_id
    return [
        *await _complaints(
            session, services, (Complaint.conversation_id == here) & (Complaint.received_at >= since)
        ),
        *await _requests(
            session,
            services,
            (ServiceRequest.conversation_id == here) & (ServiceRequest.updated_at >= since),
        ),
    ]


async def _complaints(session: AsyncSession, services: Services, which: Any) -> list[Event]:
    now = services.clock()
    found = (await session.scalars(select(Complaint).where(which))).all()
    owners = await views.by_id(session, Customer, (one.customer_id for one in found))
    return [("complaint", views.complaint(one, owners.get(one.customer_id), now)) for one in found]


async def _requests(session: AsyncSession, services: Services, which: Any) -> list[Event]:
    chosen = (
        select(ServiceRequest)
        .options(selectinload(ServiceRequest.policy))
        .where(which, ServiceRequest.state != RequestState.DRAFT)
    )
    found = (await session.scalars(chosen)).all()
    owners = await views.by_id(session, Customer, (one.customer_id for one in found))
    return [("request", views.request(one, services, owners.get(one.customer_id))) for one in found]
