"""What a route of the desk is: a path, what answers it, and the roles that may call it.

Every module of the desk lists its routes with `read`, `change` or `open_route`; `desk.web` holds each request
to the roles of its route before anything of the module runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from records.staff import Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
API = "/desk/api"

EVERYBODY = frozenset(Role)
SERVING = frozenset({Role.SPECIALIST, Role.SUPERVISOR})
"""Who speaks with customers."""
LEADING = frozenset({Role.SUPERVISOR})
OVERSEEING = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
"""Who reads reports and what others did."""
RUNNING = frozenset({Role.ADMIN})
"""Who gives and takes access."""


@dataclass(frozen=True)
class Route:
    """`roles` is None where no session is needed."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] | None


def read(path: str, handler: Handler, roles: frozenset[Role] = EVERYBODY) -> Route:
    """A GET, by default open to everybody who is logged in."""
    return Route("GET", API + path, handler, roles)


def change(path: str, handler: Handler, roles: frozenset[Role] = SERVING) -> Route:
    """A POST, by default for those who serve customers; it needs the CSRF token."""
    return Route("POST", API + path, handler, roles)


def open_route(method: str, path: str, handler: Handler) -> Route:
    """A route that needs no session."""
    return Route(method, path, handler, None)
