"""The private listener: Rasa calls the actions of a running turn here, and monitors ask for health."""

from __future__ import annotations

import hmac
import logging
import uuid

from aiohttp import web
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.server import execute
from gateway.services import Services

SERVICES = web.AppKey("services", Services)
TOKEN = web.AppKey("token", str)
logger = logging.getLogger(__name__)


def private_app(services: Services, token: str) -> web.Application:
    """Routes for Rasa; must never face the internet."""
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app[SERVICES] = services
    app[TOKEN] = token
    app.router.add_post("/turns/{turn}/action", run_action)
    app.router.add_get("/health", health)
    return app


async def run_action(request: web.Request) -> web.Response:
    """One action in the transaction of its turn; 410 when the turn is over."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), request.app[TOKEN].encode()):
        return web.json_response({"error": {"code": "unauthorised", "message": "bad token"}}, status=401)
    turn = request.app[SERVICES].running.get(uuid.UUID(request.match_info["turn"]))
    if turn is None:
        return web.json_response({"error": {"code": "turn_over", "message": "no such turn"}}, status=410)
    call = await request.json()
    try:
        return web.json_response(await execute(turn, call))
    except ActionExecutionRejection as rejection:
        return web.json_response({"error": str(rejection), "action_name": rejection.action_name}, status=400)
    except ActionNotFoundException as missing:
        return web.json_response({"error": str(missing), "action_name": missing.action_name}, status=404)
    except Exception:
        logger.exception("turn %s action %s failed", turn.id, call.get("next_action"))
        return web.json_response({"error": {"code": "action_failed", "message": "see the log"}}, status=500)


async def health(request: web.Request) -> web.Response:
    """200 when this process serves."""
    return web.json_response({"ready": True, "turns": len(request.app[SERVICES].running)})
