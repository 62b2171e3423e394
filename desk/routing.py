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
INSPECTING = frozenset({Role.AUDITOR, Role.ADMIN})
"""Who sees the accounts of all."""
RUNNING = frozenset({Role.ADMIN})
"""Who gives and takes access."""


@dataclass(frozen=True)
class Route:
    """One route.

    Attributes:
        roles: who may call it; None where no session is needed.
        early: open also to who has yet to set up the second factor.
        unattended: called by the page itself, so that it is no sign of a person and keeps no session alive.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] | None
    early: bool = False
    unattended: bool = False


def read(
    path: str,
    handler: Handler,
    roles: frozenset[Role] = EVERYBODY,
    *,
    early: bool = False,
    unattended: bool = False,
) -> Route:
    """A GET, by default open to everybody who is logged in."""
    return Route("GET", API + path, handler, roles, early, unattended)


def change(
    path: str,
    handler: Handler,
    roles: frozenset[Role] = SERVING,
    *,
    early: bool = False,
    unattended: bool = False,
) -> Route:
    """A POST, by default for those who serve customers; it needs the CSRF token."""
    return Route("POST", API + path, handler, roles, early, unattended)


def open_route(method: str, path: str, handler: Handler) -> Route:
    """A route that needs no session."""
    return Route(method, path, handler, None)
