"""The client of the stateless Rasa turn channel (bot/channel.py)."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from gateway.buttons import Offer

_LOOK_SECONDS = 0.2


class RasaError(Exception):
    """Rasa did not answer, answered late, or an action of the turn failed; nothing of the turn is kept."""


class RasaAway(RasaError):
    """No Rasa takes connections: it is gone, or just starting."""


class Reply(BaseModel):
    """One thing the bot says."""

    text: str = ""
    buttons: list[dict[str, str]] = Field(default_factory=list)
    citations: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def offers(self) -> list[Offer]:
        """The buttons, before they get tokens."""
        return [Offer(button["title"], button["payload"]) for button in self.buttons]


class Ranked(BaseModel):
    name: str
    confidence: float


class TurnResult(BaseModel):
    """What a turn came to: replies, what was understood, and the state to keep."""

    messages: list[Reply]
    intent: Ranked
    ranking: list[Ranked] = Field(default_factory=list)
    entities: list[dict[str, Any]] = Field(default_factory=list)
    slots: dict[str, Any] = Field(default_factory=dict)
    actions: list[str] = Field(default_factory=list)
    timings: dict[str, float] = Field(default_factory=dict)
    state: dict[str, Any]


class RasaClient:
    """Any of the Rasa processes may serve any turn; a dead one is passed over."""

    def __init__(self, urls: Sequence[str], token: str, seconds: float) -> None:
        self._urls = list(urls)
        self._next = itertools.cycle(range(len(urls)))
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=1.0)
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(
            headers=self._headers, timeout=self._timeout, connector=aiohttp.TCPConnector(limit=0)
        )

    async def stop(self) -> None:
        if self._http:
            await self._http.close()

    async def turn(
        self,
        *,
        conversation: uuid.UUID,
        turn: uuid.UUID,
        state: Mapping[str, Any] | None,
        actions_url: str,
        text: str | None = None,
        intent: Mapping[str, Any] | None = None,
    ) -> TurnResult:
        """One turn by text or by parsed intent; RasaError when it did not come to an end."""
        body = {
            "conversation": str(conversation),
            "turn": str(turn),
            "state": state,
            "text": text,
            "intent": intent,
            "metadata": {},
            "actions_url": actions_url,
        }
        first = next(self._next)
        for offset in range(len(self._urls)):
            url = self._urls[(first + offset) % len(self._urls)]
            try:
                return await self._post(url, body)
            except aiohttp.ClientConnectorError as error:
                refused = error
        raise RasaAway(f"no Rasa answers: {refused}")

    async def back_within(self, seconds: float) -> bool:
        """Wait until a Rasa is ready again, at most so long; whether one is."""
        if self._http is None:
            raise RuntimeError("RasaClient.start() must run before the first turn")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while loop.time() < deadline:
            for url in self._urls:
                try:
                    async with self._http.get(f"{url}/webhooks/turn/health") as response:
                        if response.status == 200:
                            return True
                except (TimeoutError, aiohttp.ClientError):
                    continue
            await asyncio.sleep(_LOOK_SECONDS)
        return False

    async def _post(self, url: str, body: dict[str, Any]) -> TurnResult:
        if self._http is None:
            raise RuntimeError("RasaClient.start() must run before the first turn")
        try:
            async with self._http.post(f"{url}/webhooks/turn/turn", json=body) as response:
                if response.status != 200:
                    raise RasaError(f"{response.status}: {(await response.text())[:300]}")
                return TurnResult.model_validate(await response.json())
        except aiohttp.ClientConnectorError:
            raise
        except (TimeoutError, aiohttp.ClientError, ValidationError) as error:
            raise RasaError(f"{type(error).__name__}: {error}") from error
