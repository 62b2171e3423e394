"""The clause behind a citation, as the widget opens it in place."""

from __future__ import annotations

from aiohttp import web

from gateway.errors import NotFound
from gateway.web.keys import SERVICES


async def clause(request: web.Request) -> web.Response:
    """GET /api/chat/clauses?title=&clause=&version=: the public text of one clause."""
    query = request.query
    found = request.app[SERVICES].context.knowledge.clause(
        query.get("title", ""), query.get("clause", ""), query.get("version", "")
    )
    if found is None:
        raise NotFound()
    return web.json_response(
        {"title": found.title, "clause": found.clause, "version": found.version, "body": found.body}
    )
