"""Access to the desk: a colleague's own sessions, and what an administrator does with others' accounts."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import COOKIE, SERVICES, staff_of
from desk.errors import SamePerson
from desk.routing import EVERYBODY, INSPECTING, RUNNING, Handler, Route, change, read
from gateway.errors import NotFound
from records import audit, second_factor, staff_sessions
from records.staff import Staff, by_login
from records.staff_sessions import IDLE_LIMIT, StaffSession

Step = Callable[[AsyncSession, Staff], Awaitable[None]]


def routes() -> list[Route]:
    one = "/accounts/{login}"
    return [
        read("/sessions", own_sessions),
        change("/sessions/{session}/end", end_own, EVERYBODY),
        read("/accounts", accounts, INSPECTING),
        change(one + "/end_sessions", _doing("end_sessions", _end_sessions), RUNNING),
        change(one + "/reset_second_factor", _doing("reset_second_factor", _reset), RUNNING),
        change(one + "/close", _doing("close_account", _close), RUNNING),
        change(one + "/open", _doing("open_account", _open), RUNNING),
    ]


async def own_sessions(request: web.Request) -> web.Response:
    """GET /desk/api/sessions → where this colleague is logged in."""
    services, token = request.app[SERVICES], request.cookies.get(COOKIE, "")
    async with services.sessions() as session:
        found = await staff_sessions.open_of(session, staff_of(request).id, now=services.clock())
    items = [
        {
            "id": str(one.id),
            "address": one.address,
            "agent": one.agent,
            "created_at": views.iso(one.created_at),
            "seen_at": views.iso(one.seen_at),
            "current": staff_sessions.belongs(one, token),
        }
        for one in found
    ]
    return web.json_response({"items": items})


async def end_own(request: web.Request) -> web.Response:
    """POST /desk/api/sessions/{session}/end: log out somewhere else."""
    services, person = request.app[SERVICES], staff_of(request)
    try:
        wanted = uuid.UUID(request.match_info["session"])
    except ValueError as error:
        raise NotFound() from error
    async with services.sessions.begin() as session:
        if not await staff_sessions.end(session, person.id, wanted):
            raise NotFound()
        who = f"staff:{person.id}"
        await audit.append(session, subject=who, actor=who, action="end_session", now=services.clock())
    return web.json_response({"ok": True})


async def accounts(request: web.Request) -> web.Response:
    """GET /desk/api/accounts → everybody who has ever had access, open accounts first."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        living = await _living_sessions(session, services.clock())
        found = (await session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.number))).all()
    items = [
        {
            "login": one.login,
            "name": one.name,
            "number": one.number,
            "role": one.role.value,
            "skills": one.skills,
            "active": one.active,
            "second_factor": second_factor.enrolled(one),
            "sessions": living.get(one.id, 0),
        }
        for one in found
    ]
    return web.json_response({"items": items})


async def _living_sessions(session: AsyncSession, now: datetime) -> dict[int, int]:
    rows = await session.execute(
        select(StaffSession.staff_id, func.count())
        .where(StaffSession.expires_at > now, StaffSession.seen_at > now - IDLE_LIMIT)
        .group_by(StaffSession.staff_id)
    )
    return dict(rows.all())


def _doing(action: str, step: Step) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        services, person = request.app[SERVICES], staff_of(request)
        async with services.sessions.begin() as session:
            other = await by_login(session, request.match_info["login"])
            if other is None:
                raise NotFound()
            if other.id == person.id:
                raise SamePerson()
            await step(session, other)
            await audit.append(
                session,
                subject=f"staff:{other.id}",
                actor=f"staff:{person.id}",
                action=action,
                now=services.clock(),
            )
        return web.json_response({"ok": True})

    return handler


async def _end_sessions(session: AsyncSession, other: Staff) -> None:
    await staff_sessions.log_out_everywhere(session, other.id)


async def _reset(session: AsyncSession, other: Staff) -> None:
    await second_factor.remove(session, other)
    await staff_sessions.log_out_everywhere(session, other.id)


async def _close(session: AsyncSession, other: Staff) -> None:
    other.active = False
    await staff_sessions.log_out_everywhere(session, other.id)


async def _open(session: AsyncSession, other: Staff) -> None:
    other.active = True
