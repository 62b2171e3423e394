"""A colleague's own second factor: set up, confirmed by a first code, removed."""

from __future__ import annotations

from typing import Any

import segno
from aiohttp import web
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from desk.access import GUARDED, SERVICES, body_of, staff_of
from desk.errors import NotAllowed, WrongCode
from desk.routing import EVERYBODY, Route, change, read
from gateway.errors import BadRequest
from gateway.services import Services
from records import audit, second_factor
from records.staff import Staff


class CodeBody(BaseModel):
    code: str


def routes() -> list[Route]:
    base = "/second_factor"
    return [
        read(base, stand, early=True),
        change(base + "/begin", begin, EVERYBODY, early=True),
        change(base + "/confirm", confirm, EVERYBODY, early=True),
        change(base + "/remove", remove, EVERYBODY),
    ]


async def stand(request: web.Request) -> web.Response:
    """GET /desk/api/second_factor → whether it is set up, and whether it has to be."""
    return web.json_response(_stand(request.app[SERVICES], staff_of(request)))


async def begin(request: web.Request) -> web.Response:
    """POST /desk/api/second_factor/begin → a secret, as text, as an address and as a picture of it."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        person = await _own(session, request)
        if second_factor.enrolled(person):
            raise BadRequest()
        secret = await second_factor.begin(session, person)
        await _audited(session, services, person, "second_factor_begin")
    address = second_factor.address(person, secret, services.settings.insurer_name)
    picture = segno.make(address).svg_data_uri(scale=5, border=2, dark="#172322", light="#ffffff")
    return web.json_response({"secret": secret, "address": address, "picture": picture})


async def confirm(request: web.Request) -> web.Response:
    """POST /desk/api/second_factor/confirm {code}: from now on every log-in asks for a code."""
    services = request.app[SERVICES]
    code = (await body_of(request, CodeBody)).code
    async with services.sessions.begin() as session:
        person = await _own(session, request)
        if second_factor.enrolled(person):
            raise BadRequest()
        if not await second_factor.confirm(session, person, code, services.clock()):
            raise WrongCode()
        await _audited(session, services, person, "second_factor_confirm")
    return web.json_response(_stand(services, person))


async def remove(request: web.Request) -> web.Response:
    """POST /desk/api/second_factor/remove {code}; who has to have one asks an administrator."""
    services = request.app[SERVICES]
    code = (await body_of(request, CodeBody)).code
    async with services.sessions.begin() as session:
        person = await _own(session, request)
        if not services.options.demo and person.role in GUARDED:
            raise NotAllowed()
        if not await second_factor.accepts(session, person, code, services.clock()):
            raise WrongCode()
        await second_factor.remove(session, person)
        await _audited(session, services, person, "second_factor_remove")
    return web.json_response(_stand(services, person))


def _stand(services: Services, person: Staff) -> dict[str, Any]:
    return {
        "enrolled": second_factor.enrolled(person),
        "required": not services.options.demo and person.role in GUARDED,
        "demo": services.options.demo,
    }


async def _own(session: AsyncSession, request: web.Request) -> Staff:
    return await session.get_one(Staff, staff_of(request).id, with_for_update=True)


async def _audited(session: AsyncSession, services: Services, person: Staff, action: str) -> None:
    who = f"staff:{person.id}"
    await audit.append(session, subject=who, actor=who, action=action, now=services.clock())
