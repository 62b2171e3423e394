"""A turn channel whose timing and faults a test decides; the real one is in tests/conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def spoken(text: str, intent: str = "greet", **more: Any) -> dict[str, Any]:
    """The body of an ordinary turn that says one thing."""
    return {
        "messages": [{"text": text, "buttons": [], "citations": []}],
        "intent": {"name": intent, "confidence": 0.9},
        "ranking": [{"name": intent, "confidence": 0.9}],
        "state": {"slots": {}, "events": []},
        **more,
    }


@dataclass
class ScriptedRasa:
    """Echoes unless told otherwise; `gate` holds every turn while it is cleared."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    failures: int = 0
    answer: Answer | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: int = 0
    most_running: dict[str, int] = field(default_factory=dict)
    _running_by: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate.set()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/turn/turn", self._turn)
        app.router.add_get("/webhooks/turn/health", self._health)
        return app

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def _turn(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.turns.append(body)
        conversation = body["conversation"]
        self._running_by[conversation] = self._running_by.get(conversation, 0) + 1
        self.most_running[conversation] = max(
            self.most_running.get(conversation, 0), self._running_by[conversation]
        )
        try:
            await self.gate.wait()
            if self.failures:
                self.failures -= 1
                return web.json_response(
                    {"error": {"code": "action_failed", "message": "told to"}}, status=502
                )
            if self.answer is not None:
                return web.json_response(await self.answer(body))
            return web.json_response(spoken(f"echo: {body['text'] or body['intent']['name']}"))
        finally:
            self._running_by[conversation] -= 1
