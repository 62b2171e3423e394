"""The staff listener: the desk's API and its pages."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from desk import (
    access,
    accounts,
    archives,
    audit_log,
    canned,
    colleagues,
    complaints,
    conversations,
    files,
    knowledge_changes,
    live,
    login,
    marks,
    panel,
    passages,
    presence,
    reports,
    requests,
    reveal,
    second_factor,
    supervision,
    tasks,
)
from desk.errors import as_ours
from desk.routing import API, EVERYBODY, Handler, Route, open_route
from gateway.services import Services
from gateway.web.faults import answer

ROOMS = (
    login,
    second_factor,
    accounts,
    colleagues,
    presence,
    conversations,
    panel,
    reveal,
    files,
    knowledge_changes,
    canned,
    passages,
    marks,
    supervision,
    tasks,
    requests,
    complaints,
    archives,
    live,
    reports,
    audit_log,
)
"""Every module of the desk that answers requests; its `routes()` say what and to whom."""
_ROUTES = web.AppKey("routes", dict[tuple[str, str], Route])
_MAX_BODY = 11 * 1024 * 1024
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def all_routes() -> list[Route]:
    """What the staff listener answers, but for the pages."""
    return [route for room in ROOMS for route in room.routes()] + [open_route("GET", "/health", _health)]


def staff_app(services: Services, pages: Path | None = None) -> web.Application:
    """The desk's API; with `pages` also the console from that folder."""
    app = web.Application(client_max_size=_MAX_BODY, middlewares=[_guard])
    app[access.SERVICES] = services
    app[_ROUTES] = {(route.method, route.path): route for route in all_routes()}
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
        if request.path.startswith(f"{API}/"):
            access.check_origin(request)
            route = _route_of(request)
            if route.roles is not None:
                await access.admit(request, route)
        response = await handler(request)
    except Exception as error:
        response = answer(request, request.app[access.SERVICES], as_ours(error))
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


def _route_of(request: web.Request) -> Route:
    """The route a call of the API goes to. That there is no such route, only colleagues are told."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    known = request.app[_ROUTES].get((method, resource.canonical if resource else ""))
    return known or Route(method, request.path, _health, EVERYBODY)


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"ready": True})
