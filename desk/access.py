"""Who may come in: each request is held to a session, a CSRF token, its origin and its route's roles."""

from __future__ import annotations

import json
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from desk.errors import CsrfRefused, LoginRequired, NotAllowed, SecondFactorNeeded
from desk.routing import Route
from gateway.errors import BadRequest, OriginRefused
from gateway.services import Services
from records import second_factor, staff_sessions
from records.staff import Role, Staff

SERVICES = web.AppKey("services", Services)
COOKIE = "baodan_desk"
GUARDED = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
"""Who needs a second factor in a real installation; a demo leaves it to them."""
_STAFF = web.RequestKey("staff", Staff)
B = TypeVar("B", bound=BaseModel)


def check_origin(request: web.Request) -> None:
    """Only our own pages may call the API from a browser; other clients send no Origin.

    The stream of events and every other call: a page of another site cannot read nor change anything.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"{scheme}://{request.host}" for scheme in ("http", "https")}:
        raise OriginRefused()


async def admit(request: web.Request, route: Route) -> None:
    """Let a request pass only with a session of one of the route's roles, a change only with its token."""
    token = request.cookies.get(COOKIE, "")
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        person = await staff_sessions.staff_of(
            session, token, now=services.clock(), touch=not route.unattended
        )
    if person is None:
        raise LoginRequired()
    if request.method != "GET" and not staff_sessions.csrf_fits(token, request.headers.get("X-CSRF")):
        raise CsrfRefused()
    if second_factor_missing(services, person) and not route.early:
        raise SecondFactorNeeded()
    if route.roles is not None and person.role not in route.roles:
        raise NotAllowed()
    request[_STAFF] = person


def second_factor_missing(services: Services, person: Staff) -> bool:
    """Whether a colleague has to set up a second factor before anything else."""
    return not services.options.demo and person.role in GUARDED and not second_factor.enrolled(person)


def staff_of(request: web.Request) -> Staff:
    """The colleague this request comes from."""
    return request[_STAFF]


async def body_of(request: web.Request, form: type[B]) -> B:
    """The body of a request in the form it must have; BadRequest otherwise. No body is an empty object."""
    try:
        return form.model_validate(await request.json() if await request.read() else {})
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise BadRequest() from error
