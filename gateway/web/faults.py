"""From an exception to the one error shape of every HTTP API: {"error": {"code", "message"}} with its status."""

from __future__ import annotations

import logging

from aiohttp import web
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.errors import BadRequest, FileTooLarge, GatewayError, Internal, NotFound, Unavailable
from gateway.services import Services

logger = logging.getLogger(__name__)
_DATABASE_GONE = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)


def known(error: Exception) -> GatewayError:
    """The error as one of ours; what is unexpected becomes Internal, and the log has the rest."""
    if isinstance(error, GatewayError):
        return error
    if isinstance(error, _DATABASE_GONE) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return Unavailable()
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return FileTooLarge()
    if isinstance(error, web.HTTPNotFound):
        return NotFound()
    if isinstance(error, web.HTTPClientError):
        return BadRequest()
    return Internal()


def sentence(services: Services, error: GatewayError) -> str:
    """What the person in front of it reads."""
    return services.wording.say(f"utter_error_{error.code}", **error.values)


def answer(request: web.Request, services: Services, error: Exception) -> web.StreamResponse:
    """The response for an exception; redirects and the like pass unchanged."""
    if isinstance(error, web.HTTPException) and error.status < 400:
        raise error
    ours = known(error)
    if isinstance(ours, Internal):
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
    elif isinstance(ours, Unavailable):
        logger.warning("%s %s: the database does not answer", request.method, request.path)
    status = error.status if isinstance(error, web.HTTPException) else ours.status
    return web.json_response(
        {"error": {"code": ours.code, "message": sentence(services, ours)}}, status=status
    )
