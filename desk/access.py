"""Who may come in: log-in with a server-side session, cookie and CSRF token, and what each role may do."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ValidationError

from desk.errors import CsrfRefused, LoginLocked, LoginRequired, NotAllowed, WrongPassword
from desk.routing import EVERYBODY, Route, change, open_route, read
from gateway.errors import BadRequest
from gateway.services import Services
from records import audit, staff, staff_sessions
from records.staff import Authenticated, Role, Staff

SERVICES = web.AppKey("services", Services)
COOKIE = "baodan_desk"
_STAFF = web.RequestKey("staff", Staff)
B = TypeVar("B", bound=BaseModel)


class LoginBody(BaseModel):
    login: str
    password: str


def routes() -> list[Route]:
    return [
        open_route("POST", "/desk/api/login", log_in),
        change("/logout", log_out, EVERYBODY),
        read("/me", me),
    ]


async def admit(request: web.Request, roles: frozenset[Role]) -> None:
    """Let a request pass only with a session of one of the roles, and a change only with its CSRF token."""
    token = request.cookies.get(COOKIE, "")
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        person = await staff_sessions.staff_of(session, token, now=services.clock())
    if person is None:
        raise LoginRequired()
    if request.method != "GET" and not staff_sessions.csrf_fits(token, request.headers.get("X-CSRF")):
        raise CsrfRefused()
    if person.role not in roles:
        raise NotAllowed()
    request[_STAFF] = person


def staff_of(request: web.Request) -> Staff:
    """The specialist this request comes from."""
    return request[_STAFF]


async def body_of(request: web.Request, form: type[B]) -> B:
    """The body of a request in the form it must have; BadRequest otherwise. No body is an empty object."""
    try:
        return form.model_validate(await request.json() if await request.read() else {})
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise BadRequest() from error


async def log_in(request: web.Request) -> web.Response:
    """POST /desk/api/login {login, password} → cookie and {staff, csrf}."""
    wish = await body_of(request, LoginBody)
    services = request.app[SERVICES]
    now = services.clock()
    opened = None
    async with services.sessions.begin() as session:
        outcome = await staff.authenticate(session, login=wish.login, password=wish.password, now=now)
        if isinstance(outcome, Authenticated):
            opened = await staff_sessions.log_in(session, outcome.staff, now=now)
            person = outcome.staff
            await audit.append(
                session, subject=f"staff:{person.id}", actor=f"staff:{person.id}", action="log_in", now=now
            )
    if isinstance(outcome, staff.LoginLocked):
        until = outcome.until.astimezone(ZoneInfo(services.settings.timezone))
        raise LoginLocked(until=f"{until:%H:%M}")
    if opened is None:
        raise WrongPassword()
    response = web.json_response({"staff": badge(person), "csrf": opened.csrf})
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


async def log_out(request: web.Request) -> web.Response:
    """POST /desk/api/logout."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        await staff_sessions.log_out(session, request.cookies.get(COOKIE, ""))
    response = web.json_response({"ok": True})
    response.del_cookie(COOKIE, path="/")
    return response


async def me(request: web.Request) -> web.Response:
    """GET /desk/api/me → {staff, csrf}."""
    csrf = staff_sessions.csrf_of(request.cookies.get(COOKIE, ""))
    return web.json_response({"staff": badge(staff_of(request)), "csrf": csrf})


def badge(person: Staff) -> dict[str, Any]:
    """A colleague as the desk shows them."""
    return {
        "login": person.login,
        "name": person.name,
        "number": person.number,
        "role": person.role.value,
        "skills": person.skills,
    }
