"""The staff listener: the desk's API and its pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from desk import access, colleagues, conversations, files, knowledge_changes, live, tickets
from gateway.services import Services
from gateway.web.faults import answer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def staff_app(services: Services, pages: Path | None = None) -> web.Application:
    """The desk's API; with `pages` also the console from that folder."""
    app = web.Application(middlewares=[_guard])
    app[access.SERVICES] = services
    for room in (access, colleagues, conversations, files, tickets, knowledge_changes, live):
        app.router.add_routes(room.routes())
    app.router.add_get("/health", _health)
    if pages is not None and pages.is_dir():
        index = pages / "index.html"

        async def page(request: web.Request) -> web.StreamResponse:
            return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

        app.router.add_get("/", page)
        app.router.add_static("/", pages)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        if request.path.startswith("/desk/api/") and request.path != "/desk/api/login":
            await access.admit(request)
        response = await handler(request)
    except Exception as error:
        response = answer(request, request.app[access.SERVICES], error)
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"ready": True})
