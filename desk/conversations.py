"""Conversations at the desk: lists, one in full, and what a specialist may do with it."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select

from desk import packet, views
from desk.access import SERVICES, staff_of
from desk.acting import Case, Nothing, acting, conversation_of
from desk.errors import UnknownSkill
from desk.routing import Route, change, read
from gateway import handover
from gateway.errors import BadRequest, FileRefused, NotFound
from gateway.inbox import clean
from gateway.web import uploads
from records import deliveries, marks
from records.conversations import Conversation, Message, Mode
from records.staff import SKILLS

_LISTED = 100


class CitationBody(BaseModel):
    title: str
    clause: str
    version: str


class ReplyBody(BaseModel):
    """`citations` are clauses the words rest on, `files` were uploaded before; text is optional then."""

    client_msg_id: Annotated[str, Field(min_length=1, max_length=64)]
    text: str = ""
    citations: Annotated[list[CitationBody], Field(max_length=5)] = []
    files: Annotated[list[str], Field(max_length=5)] = []


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
        marked = await marks.of_conversation(session, conversation.id)
        summary = (await views.summaries(session, services, [conversation]))[0]
        return web.json_response(
            {
                "conversation": summary,
                "events": [
                    views.event(message, staff, services, marked.get(message.id, [])) for message in messages
                ],
                "packet": await packet.packet(session, services, conversation, messages),
                **await packet.customer(session, conversation),
            }
        )


async def _claim(case: Case, wish: Nothing) -> None:
    await handover.claim(case.session, case.services, case.conversation, case.staff, case.now)


async def _take_over(case: Case, wish: Nothing) -> None:
    await handover.take_over(case.session, case.services, case.conversation, case.staff, case.now)


async def _reply(case: Case, wish: ReplyBody) -> None:
    files = await _files(case, wish)
    said = wish.text if wish.text.strip() or not files else "、".join(file["name"] for file in files)
    text = clean(said, case.services.settings.message_limit)
    body = {"citations": _citations(case, wish), "files": files}
    message = await handover.reply(
        case.session, case.conversation, case.staff, wish.client_msg_id, text, case.now, body
    )
    await case.audited("reply", message=message.id)


def _citations(case: Case, wish: ReplyBody) -> list[dict[str, str]]:
    """What the reply rests on; NotFound for a clause that the knowledge does not have."""
    knowledge = case.services.context.knowledge
    for one in wish.citations:
        if knowledge.clause(one.title, one.clause, one.version) is None:
            raise NotFound()
    return [one.model_dump() for one in wish.citations]


async def _files(case: Case, wish: ReplyBody) -> list[dict[str, Any]]:
    """What goes along; WeChat takes no files from us, so that they are refused there."""
    if wish.files and case.conversation.channel in deliveries.PUSH_CHANNELS:
        raise FileRefused()
    found = [await uploads.describe(case.services, case.conversation.id, file) for file in wish.files]
    if any(file is None for file in found):
        raise NotFound()
    return [file for file in found if file is not None]


async def _note(case: Case, wish: NoteBody) -> None:
    await _noted(case, clean(wish.text, case.services.settings.message_limit))


async def _noted(case: Case, text: str) -> None:
    message = await handover.note(case.session, case.conversation, case.staff, text, case.services.clock())
    await case.audited("note", message=message.id)


async def _transfer(case: Case, wish: TransferBody) -> None:
    if wish.skill is not None and wish.skill not in SKILLS:
        raise UnknownSkill()
    to = await views.staff_by_login(case.session, wish.to) if wish.to else None
    if wish.to and to is None:
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
