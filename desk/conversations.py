"""Conversations at the desk: lists, one in full, and what a specialist may do with it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import packet, views
from desk.access import SERVICES, body_of, staff_of, worker_of
from gateway import handover, log
from gateway.errors import BadRequest, NotFound
from gateway.inbox import clean
from gateway.services import Services
from records.conversations import Conversation, Message, Mode
from records.staff import Staff

_LISTED = 100
Act = Callable[[AsyncSession, Services, Conversation, Staff, dict[str, Any]], Awaitable[None]]


class ReplyBody(BaseModel):
    client_msg_id: Annotated[str, Field(min_length=1, max_length=64)]
    text: str


class NoteBody(BaseModel):
    text: str


class TransferBody(BaseModel):
    to: str | None = None
    skill: str | None = None
    note: str = ""


class HandBackBody(BaseModel):
    note: str = ""


class CloseBody(BaseModel):
    reason: Annotated[str, Field(min_length=1, max_length=40)]
    summary: Annotated[str, Field(max_length=2000)] = ""


def routes() -> list[web.RouteDef]:
    base = "/desk/api/conversations"
    return [
        web.get(base, listing),
        web.get(base + "/{id}", detail),
        web.post(base + "/{id}/claim", _acting(_claim)),
        web.post(base + "/{id}/take_over", _acting(_take_over)),
        web.post(base + "/{id}/reply", _acting(_reply)),
        web.post(base + "/{id}/note", _acting(_note)),
        web.post(base + "/{id}/transfer", _acting(_transfer)),
        web.post(base + "/{id}/hand_back", _acting(_hand_back)),
        web.post(base + "/{id}/close", _acting(_close)),
    ]


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/conversations?state=queued|mine|bot|closed."""
    services, staff = request.app[SERVICES], staff_of(request)
    chosen: dict[str, tuple[ColumnElement[bool], tuple[Any, ...]]] = {
        "queued": (
            Conversation.mode == Mode.QUEUED,
            (Conversation.priority.desc(), Conversation.queued_at),
        ),
        "mine": (
            (Conversation.mode == Mode.HUMAN) & (Conversation.assignee_id == staff.id),
            (Conversation.last_at.desc(),),
        ),
        "bot": (Conversation.mode == Mode.BOT, (Conversation.last_at.desc(),)),
        "closed": (Conversation.mode == Mode.CLOSED, (Conversation.last_at.desc(),)),
    }
    state = request.query.get("state", "queued")
    if state not in chosen:
        raise BadRequest()
    where, order = chosen[state]
    async with services.sessions() as session:
        found = (
            await session.scalars(select(Conversation).where(where).order_by(*order).limit(_LISTED))
        ).all()
        return web.json_response({"items": await views.summaries(session, services, found)})


async def detail(request: web.Request) -> web.Response:
    """GET /desk/api/conversations/{id}: the whole log, the hand-over packet and the customer."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        conversation = await session.get(Conversation, _id(request))
        if conversation is None:
            raise NotFound()
        messages = (
            await session.scalars(
                select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id)
            )
        ).all()
        staff = await views.staff_named(session, messages)
        summary = (await views.summaries(session, services, [conversation]))[0]
        return web.json_response(
            {
                "conversation": summary,
                "events": [views.event(message, staff, services) for message in messages],
                "packet": await packet.packet(session, services, conversation, messages),
                **await packet.customer(session, conversation),
            }
        )


def _acting(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        services, staff = request.app[SERVICES], worker_of(request)
        body = await body_of(request)
        conversation_id = _id(request)
        async with services.sessions.begin() as session:
            if await session.get(Conversation, conversation_id) is None:
                raise NotFound()
            conversation = await log.lock(session, conversation_id)
            try:
                await act(session, services, conversation, staff, body)
            except ValidationError as error:
                raise BadRequest() from error
            await session.flush()
            summary = (await views.summaries(session, services, [conversation]))[0]
        return web.json_response({"conversation": summary})

    return handler


async def _claim(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    await handover.claim(session, services, conversation, staff, services.clock())


async def _take_over(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    await handover.take_over(session, services, conversation, staff, services.clock())


async def _reply(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    wish = ReplyBody.model_validate(body)
    text = clean(wish.text, services.settings.message_limit)
    await handover.reply(session, conversation, staff, wish.client_msg_id, text, services.clock())


async def _note(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    text = clean(NoteBody.model_validate(body).text, services.settings.message_limit)
    await handover.note(session, conversation, staff, text, services.clock())


async def _transfer(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    wish = TransferBody.model_validate(body)
    to = None
    if wish.to is not None:
        to = (await session.scalars(select(Staff).where(Staff.login == wish.to))).one_or_none()
        if to is None:
            raise NotFound()
    now = services.clock()
    await handover.transfer(session, services, conversation, staff, now, to=to, skill=wish.skill)
    if wish.note:
        await handover.note(session, conversation, staff, wish.note, services.clock())


async def _hand_back(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    wish = HandBackBody.model_validate(body)
    if wish.note:
        await handover.note(session, conversation, staff, wish.note, services.clock())
    await handover.hand_back(session, services, conversation, staff, services.clock())


async def _close(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, body: dict[str, Any]
) -> None:
    wish = CloseBody.model_validate(body)
    await handover.close(
        session,
        services,
        conversation,
        staff,
        services.clock(),
        reason=wish.reason,
        summary=wish.summary,
    )


def _id(request: web.Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.match_info["id"])
    except ValueError as error:
        raise NotFound() from error
