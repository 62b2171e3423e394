"""The public listener: routes, and what every answer has in common (error shape, origin check, headers)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Protocol

from aiohttp import web

from gateway.errors import OriginRefused
from gateway.services import Services
from gateway.web import clauses, demo, files, http, socket
from gateway.web.faults import answer
from gateway.web.keys import SERVICES

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_MAX_BODY = 11 * 1024 * 1024
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class Routes(Protocol):
    """Something else that answers on the public listener."""

    def add_to(self, app: web.Application) -> None: ...


def public_app(
    services: Services, pages: Path | None = None, others: Iterable[Routes] = ()
) -> web.Application:
    """The chat API and the routes of `others`; with `pages` also the widget's script and demo page."""
    app = web.Application(client_max_size=_MAX_BODY, middlewares=[_guard])
    app[SERVICES] = services
    app.router.add_post("/api/chat/sessions", http.open_session)
    app.router.add_post("/api/chat/messages", http.send)
    app.router.add_get("/api/chat/events", http.events)
    app.router.add_post("/api/chat/files", files.upload)
    app.router.add_get("/api/chat/files/{file}", files.download)
    app.router.add_get("/api/chat/clauses", clauses.clause)
    app.router.add_get("/api/chat/ws", socket.serve)
    app.router.add_get("/health", _health)
    if services.options.demo:
        app.router.add_get("/demo/sms", demo.sms)
    for other in others:
        other.add_to(app)
    if pages is not None and pages.is_dir():
        app.router.add_get("/", _page(pages / "index.html"))
        app.router.add_static("/", pages)
    app.router.add_route("*", "/{rest:.*}", _missing)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    services = request.app[SERVICES]
    try:
        _check_origin(request, services)
        response = await handler(request)
    except Exception as error:
        response = answer(request, services, error)
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        origin = request.headers.get("Origin")
        if origin and origin in services.options.allowed_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Vary"] = "Origin"
    return response


def _check_origin(request: web.Request, services: Services) -> None:
    """A browser page may talk to us only from our own pages or an allowed site; other clients send no Origin."""
    origin = request.headers.get("Origin")
    if origin is None or not request.path.startswith("/api/"):
        return
    own = {f"{scheme}://{request.host}" for scheme in ("http", "https")}
    if origin not in own and origin not in services.options.allowed_origins:
        raise OriginRefused()


def _page(path: Path) -> Handler:
    async def page(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    return page


async def _missing(request: web.Request) -> web.StreamResponse:
    if request.method == "OPTIONS" and request.path.startswith("/api/"):
        return web.Response(status=204)
    raise web.HTTPNotFound()


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"ready": True})
