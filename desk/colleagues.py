"""Whom a conversation can be passed to."""

from __future__ import annotations

from aiohttp import web

from desk import views
from desk.access import SERVICES, staff_of
from desk.routing import Route, read
from records import presence


def routes() -> list[Route]:
    return [read("/staff", colleagues)]


async def colleagues(request: web.Request) -> web.Response:
    """GET /desk/api/staff → the others who serve customers, by name, and whether they are at the desk."""
    me = staff_of(request)
    async with request.app[SERVICES].sessions() as session:
        everybody = await presence.everybody(session)
    items = [views.colleague(one, known) for one, known in everybody if one.id != me.id]
    return web.json_response({"items": items})
