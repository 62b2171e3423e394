"""Conversations at the desk: lists, one in full, and what a specialist may do with it."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select

from desk import packet, views
from desk.access import SERVICES, staff_of
from desk.acting import Case, Nothing, acting, conversation_of
from desk.routing import Route, change, read
from gateway import handover
from gateway.errors import BadRequest, NotFound
from gateway.inbox import clean
from records.conversations import Conversation, Message, Mode
from records.staff import Staff

_LISTED = 100


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


def routes() -> list[Route]:
    base = "/conversations"
    return [
        read(base, listing),
        read(base + "/{id}", detail),
        change(base + "/{id}/claim", acting(Nothing, _claim)),
        change(base + "/{id}/take_over", acting(Nothing, _take_over)),
        change(base + "/{id}/reply", acting(ReplyBody, _reply)),
        change(base + "/{id}/note", acting(NoteBody, _note)),
        change(base + "/{id}/transfer", acting(TransferBody, _transfer)),
        change(base + "/{id}/hand_back", acting(HandBackBody, _hand_back)),
        change(base + "/{id}/close", acting(CloseBody, _close)),
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
        conversation = await session.get(Conversation, conversation_of(request))
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


async def _claim(case: Case, wish: Nothing) -> None:
    await handover.claim(case.session, case.services, case.conversation, case.staff, case.now)


async def _take_over(case: Case, wish: Nothing) -> None:
    await handover.take_over(case.session, case.services, case.conversation, case.staff, case.now)


async def _reply(case: Case, wish: ReplyBody) -> None:
    text = clean(wish.text, case.services.settings.message_limit)
    message = await handover.reply(
        case.session, case.conversation, case.staff, wish.client_msg_id, text, case.now
    )
    await case.audited("reply", message=message.id)


async def _note(case: Case, wish: NoteBody) -> None:
    await _noted(case, clean(wish.text, case.services.settings.message_limit))


async def _noted(case: Case, text: str) -> None:
    message = await handover.note(case.session, case.conversation, case.staff, text, case.services.clock())
    await case.audited("note", message=message.id)


async def _transfer(case: Case, wish: TransferBody) -> None:
    to = None
    if wish.to is not None:
        to = (await case.session.scalars(select(Staff).where(Staff.login == wish.to))).one_or_none()
        if to is None:
            raise NotFound()
    await handover.transfer(
        case.session, case.services, case.conversation, case.staff, case.now, to=to, skill=wish.skill
    )
    if wish.note:
        await _noted(case, wish.note)


async def _hand_back(case: Case, wish: HandBackBody) -> None:
    if wish.note:
        await _noted(case, wish.note)
    await handover.hand_back(case.session, case.services, case.conversation, case.staff, case.now)


async def _close(case: Case, wish: CloseBody) -> None:
    await handover.close(
        case.session,
        case.services,
        case.conversation,
        case.staff,
        case.now,
        reason=wish.reason,
        summary=wish.summary,
    )
