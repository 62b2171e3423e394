"""Coming to the desk and leaving it: state, cap, the sign of life, and taking the next who waits."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES, body_of, staff_of
from desk.errors import NobodyWaiting
from desk.routing import EVERYBODY, SERVING, Route, change
from gateway import feed, handover, log
from records import audit, presence
from records.conversations import Conversation, Mode
from records.presence import LARGEST_CAP, State


class PresenceBody(BaseModel):
    """What is left out stays as it is."""

    state: State | None = None
    cap: Annotated[int, Field(ge=1, le=LARGEST_CAP)] | None = None


class AliveBody(BaseModel):
    """`viewing` is the conversation on the screen."""

    viewing: uuid.UUID | None = None


def routes() -> list[Route]:
    return [
        change("/presence", set_presence),
        change("/presence/alive", alive, EVERYBODY, unattended=True),
        change("/conversations/next", take_next),
    ]


async def set_presence(request: web.Request) -> web.Response:
    """POST /desk/api/presence {state?, cap?} → how this colleague stands now."""
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, PresenceBody)
    now = services.clock()
    async with services.sessions.begin() as session:
        known = await presence.lock(session, person.id, now)
        if wish.state is not None and wish.state is not known.state:
            known.state, known.since = wish.state, now
        if wish.state is State.ONLINE:
            known.seen_at = now
        known.cap = wish.cap or known.cap
        await audit.append(
            session,
            subject=f"staff:{person.id}",
            actor=f"staff:{person.id}",
            action="presence",
            detail={"state": known.state.value, "cap": known.cap},
            now=now,
        )
        await feed.announce(session, None, staff=person.id)
        answer = views.colleague(person, known)
    return web.json_response(answer)


async def alive(request: web.Request) -> web.Response:
    """POST /desk/api/presence/alive {viewing}: the page's answer to each ping of the event stream.

    Not from a timer: browsers slow those down in a tab that is out of sight.
    """
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, AliveBody)
    if person.role in SERVING:
        now = services.clock()
        async with services.sessions.begin() as session:
            known = await presence.lock(session, person.id, now)
            known.seen_at = now
            if known.viewing != wish.viewing:
                known.viewing = wish.viewing
                await feed.announce(session, None, staff=person.id)
    return web.json_response({"ok": True})


async def take_next(request: web.Request) -> web.Response:
    """POST /desk/api/conversations/next: claim the most urgent who waits for a skill of the colleague's."""
    services, person = request.app[SERVICES], staff_of(request)
    async with services.sessions.begin() as session:
        conversation = await _next_for(session, person.skills)
        if conversation is None:
            raise NobodyWaiting()
        await handover.claim(session, services, conversation, person, services.clock())
        await session.flush()
        summary = (await views.summaries(session, services, [conversation]))[0]
    return web.json_response({"conversation": summary})


async def _next_for(session: AsyncSession, skills: list[str]) -> Conversation | None:
    fitting: Any = Conversation.skill.is_(None) | Conversation.skill.in_(skills)
    found = await session.scalar(
        select(Conversation.id)
        .where(Conversation.mode == Mode.QUEUED, fitting)
        .order_by(Conversation.priority.desc(), Conversation.queued_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await log.lock(session, found) if found is not None else None
