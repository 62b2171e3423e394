"""Whom a conversation can be passed to."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import select

from desk.access import SERVICES, staff_of
from desk.routing import SERVING, Route, read
from records.staff import Staff


def routes() -> list[Route]:
    return [read("/staff", colleagues)]


async def colleagues(request: web.Request) -> web.Response:
    """GET /desk/api/staff → the others who serve customers, by name, with their skills."""
    me = staff_of(request)
    async with request.app[SERVICES].sessions() as session:
        found = await session.scalars(
            select(Staff).where(Staff.active, Staff.role.in_(SERVING), Staff.id != me.id).order_by(Staff.name)
        )
        items = [{"login": one.login, "name": one.name, "skills": one.skills} for one in found]
    return web.json_response({"items": items})
