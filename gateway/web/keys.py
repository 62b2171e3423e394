"""Typed keys and small readers shared by the handlers of the public listener."""

from __future__ import annotations

from aiohttp import web

from gateway.errors import Unauthorised
from gateway.services import Services

SERVICES = web.AppKey("services", Services)


def bearer(request: web.Request) -> str:
    """The conversation's token; Unauthorised when there is none."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        raise Unauthorised()
    return header.removeprefix("Bearer ")


def address(request: web.Request) -> str:
    """The address the customer writes from: behind a trusted proxy, the one it names."""
    remote = request.remote or "unknown"
    if remote in request.app[SERVICES].options.trusted_proxies:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        return forwarded or remote
    return remote
