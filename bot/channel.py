"""The one way into Rasa: POST /webhooks/turn/turn and GET /webhooks/turn/health, with a bearer token.

Owns the HTTP shape of a turn and its errors. Does not own the turn itself (`bot.turns`) or what it leaves
(`bot.state`).
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse, text

from bot.state import BadStateError
from bot.turns import BadTurnError, Turn, TurnRunner, as_json
from bot.workarounds import ActionFailedError

logger = logging.getLogger(__name__)


class TurnChannel(InputChannel):  # type: ignore[misc]
    """Serves turns; `token` is the bearer token every request must carry."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:
        """Takes the token from the environment variable that credentials.yml names; raises if it is empty."""
        variable = (credentials or {}).get("token_variable", "RASA_TOKEN")
        token = os.environ.get(variable, "")
        if not token:
            raise RasaException(
                f"the environment variable {variable} must hold the token of the turn channel"
            )
        return cls(token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("turn_channel")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            runner: TurnRunner | None = getattr(request.app.ctx, "runner", None)
            return _json({"ready": runner is not None}, 200 if runner else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return _error(401, "bad_token", "the bearer token is missing or wrong")
            return await _answer(request)

        return routes

    def _allowed(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), self._expected)


async def _answer(request: Request) -> HTTPResponse:
    runner: TurnRunner = request.app.ctx.runner
    try:
        turn = Turn.read(request.json)
    except (BadTurnError, InvalidUsage) as error:
        return _error(400, "bad_turn", str(error))
    try:
        return _json(await runner.run(turn))
    except (BadTurnError, BadStateError) as error:
        return _error(400, "bad_turn", str(error))
    except ActionFailedError as error:
        logger.error("turn %s dropped: %s", turn.turn, error)
        return _error(502, "action_failed", str(error))
    except Exception as error:
        logger.exception("turn %s dropped", turn.turn)
        return _error(500, "rasa_failed", type(error).__name__)


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return _json({"error": {"code": code, "message": message}}, status)


def _json(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    return text(as_json(body), status=status, content_type="application/json; charset=utf-8")
