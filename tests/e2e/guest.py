"""A customer over plain HTTP who does not give up: what gets no ack is sent again under the same id."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.product import Product

PATIENCE_SECONDS = 90.0
_AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)
_TIMEOUT = aiohttp.ClientTimeout(total=5)


@dataclass
class Guest:
    """One conversation; `acknowledged` maps each text to the number it was stored under."""

    product: Product
    http: aiohttp.ClientSession
    conversation: str
    token: str
    acknowledged: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def open(cls, product: Product, http: aiohttp.ClientSession) -> Guest:
        async def attempt() -> dict[str, Any]:
            url = f"{product.public_url}/api/chat/sessions"
            async with http.post(url, json={"site_key": "demo-site"}, timeout=_TIMEOUT) as response:
                response.raise_for_status()
                body: dict[str, Any] = await response.json()
                return body

        opened = await _insist(attempt)
        return cls(product, http, opened["conversation"], opened["token"])

    async def says(self, text: str) -> int:
        """Sends until it is acknowledged."""
        seq = await self._send({"type": "message", "text": text})
        self.acknowledged[text] = seq
        return seq

    async def chooses(self, title: str) -> int:
        """Chooses the newest button of this title."""
        events = await self.events()
        tokens = [b["token"] for e in events for b in e.get("buttons", []) if b["title"] == title]
        assert tokens, f"no button {title}: {events[-1]}"
        return await self._send({"type": "choose", "button": tokens[-1]})

    async def events(self) -> list[dict[str, Any]]:
        """The whole log."""

        async def attempt() -> list[dict[str, Any]]:
            url = f"{self.product.public_url}/api/chat/events"
            async with self.http.get(url, headers=self._headers, timeout=_TIMEOUT) as response:
                response.raise_for_status()
                found: list[dict[str, Any]] = (await response.json())["events"]
                return found

        return await _insist(attempt)

    async def until(self, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The log once the condition holds."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    events = await self.events()
                    if holds(events):
                        return events
                    await asyncio.sleep(0.05)
        except TimeoutError:
            lines = [f"{e['seq']} {e['kind']} {e['origin']}: {e['text']}" for e in await self.events()]
            pytest.fail("never settled:\n" + "\n".join(lines))

    async def hears(self, *words: str) -> list[dict[str, Any]]:
        """Waits until one of the words was said by somebody else after the last message of the customer."""
        return await self.until(lambda events: any(word in answers(events) for word in words))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _send(self, frame: dict[str, Any]) -> int:
        body = frame | {"client_msg_id": uuid.uuid4().hex}

        async def attempt() -> int:
            url = f"{self.product.public_url}/api/chat/messages"
            async with self.http.post(url, json=body, headers=self._headers, timeout=_TIMEOUT) as response:
                response.raise_for_status()
                return int((await response.json())["ack"]["seq"])

        return await _insist(attempt)


def answers(events: list[dict[str, Any]]) -> str:
    """What was said since the customer's last message."""
    last = max(event["seq"] for event in events if event["origin"] == "customer")
    return "\n".join(event["text"] for event in events if event["seq"] > last)


async def _insist(attempt: Callable[[], Any]) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await attempt()
            except _AWAY:
                await asyncio.sleep(0.1)
