"""Searching the knowledge while replying: the sentence a customer may read, and the clause it rests on."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from desk.access import SERVICES
from desk.routing import Route, read
from gateway.services import Services
from knowledge.documents import Section

_FOUND = 12
_LONGEST_QUERY = 100


def routes() -> list[Route]:
    return [read("/knowledge", look_up)]


async def look_up(request: web.Request) -> web.Response:
    """GET /desk/api/knowledge?q= → sections in force today, best first, each with what it cites."""
    services = request.app[SERVICES]
    words = request.query.get("q", "").strip()[:_LONGEST_QUERY]
    today = services.settings.today(services.clock())
    found = services.context.knowledge.look_up(words, today, _FOUND) if words else []
    return web.json_response({"items": [_item(services, section) for section in found]})


def _item(services: Services, section: Section) -> dict[str, Any]:
    today = services.settings.today(services.clock())
    basis = services.context.knowledge.library.basis(section, today)
    return {
        "id": section.id,
        "title": section.title,
        "source": section.source.title,
        "short": section.short,
        "body": section.body,
        "citations": [{"title": one.title, "clause": one.clause, "version": one.version} for one in basis],
    }
