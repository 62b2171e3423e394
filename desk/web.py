"""The staff listener: the desk's API and its pages."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from desk import access, colleagues, conversations, files, live, tickets
from desk.routing import API, EVERYBODY, Handler, Route, open_route
from gateway.services import Services
from gateway.web.faults import answer
from records.staff import Role

ROOMS = (access, colleagues, conversations, files, tickets, live)
"""Every module of the desk that answers requests; its `routes()` say what and to whom."""
_ROLES = web.AppKey("roles", dict[tuple[str, str], frozenset[Role] | None])
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def all_routes() -> list[Route]:
    """What the staff listener answers, but for the pages."""
    return [route for room in ROOMS for route in room.routes()] + [open_route("GET", "/health", _health)]


def staff_app(services: Services, pages: Path | None = None) -> web.Application:
    """The desk's API; with `pages` also the console from that folder."""
    app = web.Application(middlewares=[_guard])
    app[access.SERVICES] = services
    app[_ROLES] = {(route.method, route.path): route.roles for route in all_routes()}
    for route in all_routes():
        app.router.add_route(route.method, route.path, route.handler)
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
        roles = _roles_for(request)
        if roles is not None:
            await access.admit(request, roles)
        response = await handler(request)
    except Exception as error:
        response = answer(request, request.app[access.SERVICES], error)
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


def _roles_for(request: web.Request) -> frozenset[Role] | None:
    """Who may call this; None for a page. That the API has no such route, only colleagues are told."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    known = request.app[_ROLES]
    if resource is not None and (method, resource.canonical) in known:
        return known[method, resource.canonical]
    return EVERYBODY if request.path.startswith(f"{API}/") else None


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"ready": True})
