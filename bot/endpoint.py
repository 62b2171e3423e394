"""Where the actions of a turn are called: at the address that came with it, over kept connections."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig


class ActionsUnreachableError(RuntimeError):
    """The address of the turn's actions did not answer; the message names it and says why."""


@dataclass
class Call:
    """The running turn as far as calling actions goes; `actions_ms` sums the time spent waiting for them."""

    turn: str
    actions_url: str
    actions_ms: float = 0.0


current_call: ContextVar[Call] = ContextVar("current_call")


class TurnActions(EndpointConfig):  # type: ignore[misc]
    """Rasa's action endpoint, with the address taken from the turn instead of endpoints.yml."""

    def __init__(self, token: str, timeout_seconds: float) -> None:
        super().__init__(url="http://turn.invalid", enable_selective_domain=True)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str = "post", *args: Any, json: Any = None, **kwargs: Any) -> Any:
        """Posts one action call.

        Raises rasa's ClientResponseError for a status of 400 or more, and ActionsUnreachableError.
        """
        call = current_call.get()
        began = time.perf_counter()
        try:
            async with self._pool().request(method, call.actions_url, json=json) as response:
                body = await response.read()
                if response.status >= 400:
                    raise ClientResponseError(
                        response.status, response.reason or "", body.decode("utf-8", "replace")
                    )
                return await response.json()
        except (aiohttp.ClientConnectionError, asyncio.TimeoutError) as error:
            raise ActionsUnreachableError(f"{call.actions_url}: {error or type(error).__name__}") from error
        finally:
            call.actions_ms += (time.perf_counter() - began) * 1000

    async def close(self) -> None:
        """Closes the kept connections."""
        if self._session is not None:
            await self._session.close()

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        return self._session
