"""Plays a conversation on the demo's WeChat phone: the same lines, carried as WeChat would carry them.

The screen does not tell the assistant from the gateway, so 助手 and 系统 are both what the account says.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable
from typing import Any

from tests.conversations.player import PATIENCE_SECONDS, Desk, Player

_NUMBERED = re.compile(r"^(\d)\. (.+)$", re.MULTILINE)
_CONVERSATION = re.compile(r"&quot;conversation&quot;: &quot;([0-9a-f-]{36})")


class PhonePlayer(Player):
    """One customer with WeChat in hand."""

    _sending = False

    async def open(self) -> None:
        page = f"{self._product.public_url}/demo/wechat"
        async with self._http.get(page) as response:
            assert response.status == 200, await response.text()
        headers = {"Origin": self._product.public_url}
        self._socket = await self._http.ws_connect(f"{page}/phone", headers=headers)
        await self._listen(lambda: any("常用的几项" in event["text"] for event in self.events))
        async with self._http.get(f"{self._product.public_url}/wechat/page") as response:
            found = _CONVERSATION.search(await response.text())
        assert found is not None
        self._conversation = found[1]

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        self._since = len(self.events)
        if frame["type"] == "choose":
            menu_id, text = frame["button"].split(" ", 1)
            await self._socket.send_json({"do": "text", "text": text, "menu_id": menu_id})
        else:
            await self._socket.send_json({"do": "text", "text": frame["text"]})
        await self._listen(self._arrived)

    async def _send_photo(self, content: bytes) -> None:
        assert self._socket is not None
        self._since = len(self.events)
        await self._socket.send_json({"do": "image", "data": base64.b64encode(content).decode()})
        await self._listen(self._arrived)

    async def _rate(self, score: int) -> None:
        await self._send({"type": "message", "text": str(score)})

    def _arrived(self) -> bool:
        """Whether our server has what was written last."""
        return not self._sending and any(event["origin"] == "customer" for event in self._new())

    async def _listen(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                assert self._socket is not None
                phone = await self._socket.receive_json()
                self._sending = phone["sending"]
                self.events = [_event(shown) for shown in phone["screen"]]

    async def _until_mode(self, mode: str) -> None:
        if self._desk is None:
            self._desk = await Desk.log_in(self._product, self._http)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.mode != mode:
                found = await self._desk.get(f"conversations/{self._conversation}")
                self.mode = found["conversation"]["mode"]

    def _said(self, origin: str, words: str) -> bool:
        return any(words in event["text"] for event in self._new() if event["origin"] == "account")


def _event(shown: dict[str, Any]) -> dict[str, Any]:
    """What the screen shows, in the words of the web protocol; a button's token is what a tap sends."""
    text = shown["text"]
    tapped = [
        (item["content"].partition(". ")[2], f"{item['id']} {item['content']}") for item in shown["items"]
    ]
    typed = [(title, f" {number}") for number, title in _NUMBERED.findall(text)]
    return {
        "origin": "customer" if shown["side"] == "me" else "account",
        "text": text,
        "citations": text if "《" in text else "",
        "buttons": [{"title": title, "token": token} for title, token in [*tapped, *typed] if title],
    }
