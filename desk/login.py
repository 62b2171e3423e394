"""Log-in and log-out, and who is logged in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from desk.access import COOKIE, SERVICES, body_of, second_factor_missing, staff_of
from desk.errors import CodeRequired, LoginLocked, WrongCode, WrongPassword
from desk.routing import API, EVERYBODY, Route, change, open_route, read
from gateway import feed
from gateway.services import Services
from records import audit, presence, staff, staff_sessions
from records.presence import State
from records.staff import Authenticated, Staff
from records.staff_sessions import LoggedIn


class LoginBody(BaseModel):
    """`code` is the second factor, for who has one."""

    login: str
    password: str
    code: str | None = None


def routes() -> list[Route]:
    return [
        open_route("POST", f"{API}/login", log_in),
        change("/logout", log_out, EVERYBODY, early=True),
        read("/me", me, early=True),
    ]


async def log_in(request: web.Request) -> web.Response:
    """POST /desk/api/login {login, password, code?} → cookie and {staff, csrf}."""
    wish = await body_of(request, LoginBody)
    services = request.app[SERVICES]
    now = services.clock()
    opened = None
    async with services.sessions.begin() as session:
        outcome = await staff.authenticate(
            session, login=wish.login, password=wish.password, code=wish.code, now=now
        )
        if isinstance(outcome, Authenticated):
            opened = await _open(session, request, outcome.staff, now)
    if not isinstance(outcome, Authenticated) or opened is None:
        raise _refusal(services, outcome)
    response = web.json_response(_answer(services, outcome.staff, opened.csrf))
    response.set_cookie(
        COOKIE,
        opened.token,
        httponly=True,
        samesite="Strict",
        secure=request.secure,
        path="/",
        expires=None,
    )
    return response


async def _open(session: AsyncSession, request: web.Request, person: Staff, now: datetime) -> LoggedIn:
    opened = await staff_sessions.log_in(
        session,
        person,
        now=now,
        address=request.remote or "",
        agent=request.headers.get("User-Agent", ""),
    )
    await _audited(session, person, "log_in", now)
    return opened


def _refusal(services: Services, outcome: object) -> Exception:
    match outcome:
        case staff.LoginLocked(until=until):
            return LoginLocked(until=f"{until.astimezone(ZoneInfo(services.settings.timezone)):%H:%M}")
        case staff.CodeRequired():
            return CodeRequired()
        case staff.WrongCode():
            return WrongCode()
    return WrongPassword()


async def log_out(request: web.Request) -> web.Response:
    """POST /desk/api/logout: also takes the colleague off the desk."""
    services, person = request.app[SERVICES], staff_of(request)
    now = services.clock()
    async with services.sessions.begin() as session:
        await staff_sessions.log_out(session, request.cookies.get(COOKIE, ""))
        await _audited(session, person, "log_out", now)
        known = await session.get(presence.Presence, person.id, with_for_update=True)
        if known is not None and known.state is not State.OFFLINE:
            known.state, known.since, known.viewing = State.OFFLINE, now, None
            await feed.announce(session, None, staff=person.id)
    response = web.json_response({"ok": True})
    response.del_cookie(COOKIE, path="/")
    return response


async def _audited(session: AsyncSession, person: Staff, action: str, now: datetime) -> None:
    who = f"staff:{person.id}"
    await audit.append(session, subject=who, actor=who, action=action, now=now)


async def me(request: web.Request) -> web.Response:
    """GET /desk/api/me → {staff, csrf, second_factor_needed}."""
    csrf = staff_sessions.csrf_of(request.cookies.get(COOKIE, ""))
    return web.json_response(_answer(request.app[SERVICES], staff_of(request), csrf))


def _answer(services: Services, person: Staff, csrf: str) -> dict[str, Any]:
    return {
        "staff": {
            "login": person.login,
            "name": person.name,
            "number": person.number,
            "role": person.role.value,
            "skills": person.skills,
        },
        "csrf": csrf,
        "second_factor_needed": second_factor_missing(services, person),
    }
