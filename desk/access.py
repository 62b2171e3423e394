"""Who may come in: log-in with a server-side session, cookie and CSRF token, and what each role may do."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from desk.errors import CsrfRefused, LoginLocked, LoginRequired, NotAllowed, WrongPassword
from gateway.errors import BadRequest
from gateway.services import Services
from records import audit, staff, staff_sessions
from records.staff import Authenticated, Role, Staff

SERVICES = web.AppKey("services", Services)
COOKIE = "baodan_desk"
_STAFF = web.RequestKey("staff", Staff)
SERVING = {Role.SPECIALIST, Role.SUPERVISOR}


def routes() -> list[web.RouteDef]:
    return [
        web.post("/desk/api/login", log_in),
        web.post("/desk/api/logout", log_out),
        web.get("/desk/api/me", me),
    ]


async def admit(request: web.Request) -> None:
    """Let a request to the API pass only with a session, and a change only with its CSRF token."""
    token = request.cookies.get(COOKIE, "")
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        person = await staff_sessions.staff_of(session, token, now=services.clock())
    if person is None:
        raise LoginRequired()
    if request.method != "GET" and not staff_sessions.csrf_fits(token, request.headers.get("X-CSRF")):
        raise CsrfRefused()
    request[_STAFF] = person


def staff_of(request: web.Request) -> Staff:
    """The specialist this request comes from."""
    return request[_STAFF]


def worker_of(request: web.Request) -> Staff:
    """The same, who also may act on conversations; NotAllowed for auditors and administrators."""
    person = staff_of(request)
    if person.role not in SERVING:
        raise NotAllowed()
    return person


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object of the body; an empty body is an empty object."""
    try:
        body = await request.json() if await request.read() else {}
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadRequest() from error
    if not isinstance(body, dict):
        raise BadRequest()
    return body


async def log_in(request: web.Request) -> web.Response:
    """POST /desk/api/login {login, password} → cookie and {staff, csrf}."""
    body = await body_of(request)
    login, password = body.get("login"), body.get("password")
    if not isinstance(login, str) or not isinstance(password, str):
        raise BadRequest()
    services = request.app[SERVICES]
    now = services.clock()
    opened = None
    async with services.sessions.begin() as session:
        outcome = await staff.authenticate(session, login=login, password=password, now=now)
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
