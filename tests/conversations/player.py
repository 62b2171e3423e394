"""Plays a conversation for real: the customer by WebSocket, the specialist by the desk's API."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from records import demo
from tests.conversations.script import Line, Script
from tests.product import Product

PATIENCE_SECONDS = 20.0
PHOTO = Path(__file__).parents[1] / "gateway" / "pictures" / "phone.jpg"


async def played(script: Script, channel: type[Player], product: Product) -> None:
    """Plays the script from a fresh start; fails the test at the first line that does not hold."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        player = channel(product, http)
        await player.open()
        try:
            await player.play(script)
        finally:
            await player.close()


class Player:
    """One customer, and a specialist when the script asks for one."""

    def __init__(self, product: Product, http: aiohttp.ClientSession) -> None:
        self._product = product
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._desk: Desk | None = None
        self._conversation = ""
        self._token = ""
        self.events: list[dict[str, Any]] = []
        self._since = 0
        self.mode = "bot"

    async def open(self) -> None:
        url = f"{self._product.public_url}/api/chat/sessions"
        async with self._http.post(url, json={"site_key": "demo-site"}) as response:
            opened = await response.json()
        self._conversation, self._token = opened["conversation"], opened["token"]
        self._socket = await self._http.ws_connect(f"{self._product.public_url}/api/chat/ws")
        await self._socket.send_json({"type": "hello", "token": opened["token"], "last_seq": 0})
        await self._listen(lambda: bool(self.events))

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def play(self, script: Script) -> None:
        for line in script.lines:
            try:
                await self._perform(line)
            except TimeoutError:
                pytest.fail(
                    f"{script.file}.txt:{line.number}: {line.verb}：{line.words}\n{self.transcript()}"
                )

    def transcript(self) -> str:
        """Everything the customer saw."""
        return "\n".join(
            f"{event['origin']}: {event.get('text', '')} {[b['title'] for b in event.get('buttons', [])]}"
            for event in self.events
        )

    async def _perform(self, line: Line) -> None:
        words = line.words
        match line.verb:
            case "客户":
                await self._send({"type": "message", "text": words})
            case "点":
                await self._send({"type": "choose", "button": await self._button(words)})
            case "验证码":
                await self._send({"type": "message", "text": await self._code(words)})
            case "本人":
                await self._prove(words)
            case "发照片":
                await self._send_photo(PHOTO.read_bytes())
            case "评分":
                await self._rate(int(words))
            case "助手":
                await self._listen(lambda: self._said("bot", words))
            case "系统":
                await self._listen(lambda: self._said("system", words))
            case "专员":
                await self._listen(lambda: self._said("specialist", words))
            case "按钮":
                await self._button(words)
            case "依据":
                await self._listen(lambda: any(words in str(e.get("citations")) for e in self._new()))
            case "模式":
                await self._until_mode(words)
            case "没有":
                assert not any(words in event.get("text", "") for event in self._new()), self.transcript()
            case "接入" | "接管" | "交回" | "结束" | "回复":
                await self._specialist(line.verb, words)

    async def _send_photo(self, content: bytes) -> None:
        form = aiohttp.FormData()
        form.add_field("file", content, filename="photo.jpg", content_type="image/jpeg")
        url = f"{self._product.public_url}/api/chat/files"
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._http.post(url, data=form, headers=headers) as response:
            assert response.status == 200, await response.text()
            sent = await response.json()
        await self._send({"type": "file", "file": sent["file"]})

    async def _rate(self, score: int) -> None:
        assert self._socket is not None
        self._since = len(self.events)
        await self._socket.send_json({"type": "rate", "score": score})

    async def _prove(self, name: str) -> None:
        person = next(one for one in demo.data()["customers"] if one["name"] == name)
        await self._listen(lambda: self._said("bot", "姓名和证件号后六位"))
        await self._send({"type": "message", "text": f"{name} {person['id_number'][-6:]}"})
        await self._listen(lambda: self._said("bot", "验证码已发到预留手机"))
        await self._send({"type": "message", "text": await self._code(person["phone"])})

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        self._since = len(self.events)
        client_msg_id = uuid.uuid4().hex
        await self._socket.send_json(frame | {"client_msg_id": client_msg_id})
        await self._listen(lambda: any(e.get("client_msg_id") == client_msg_id for e in self._new()))

    async def _listen(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                assert self._socket is not None
                frame = await self._socket.receive_json()
                if frame["type"] == "welcome":
                    self.events.extend(frame["events"])
                    self.mode = frame["mode"]
                elif frame["type"] == "event":
                    self.events.append(frame)
                    self.mode = frame.get("mode", self.mode)
                elif frame["type"] == "error":
                    pytest.fail(f"the server refused: {frame}\n{self.transcript()}")

    async def _until_mode(self, mode: str) -> None:
        await self._listen(lambda: self.mode == mode)

    def _new(self) -> list[dict[str, Any]]:
        return self.events[self._since :]

    def _said(self, origin: str, words: str) -> bool:
        return any(words in event.get("text", "") for event in self._new() if event["origin"] == origin)

    async def _button(self, title: str) -> str:
        found: list[str] = []

        def offered() -> bool:
            found[:] = [
                button["token"]
                for event in self._new()
                for button in event.get("buttons", [])
                if button["title"].startswith(title)
            ]
            return bool(found)

        await self._listen(offered)
        return found[0]

    async def _code(self, phone: str) -> str:
        await asyncio.sleep(0.1)
        async with self._http.get(
            f"{self._product.public_url}/demo/sms", params={"phone": phone}
        ) as response:
            assert response.status == 200, await response.text()
            return str((await response.json())["code"])

    async def _specialist(self, verb: str, words: str) -> None:
        if self._desk is None:
            self._desk = await Desk.log_in(self._product, self._http)
        self._since = len(self.events)
        step, body = {
            "接入": ("claim", {}),
            "接管": ("take_over", {}),
            "交回": ("hand_back", {}),
            "结束": ("close", {"reason": "solved"}),
            "回复": ("reply", {"client_msg_id": uuid.uuid4().hex, "text": words}),
        }[verb]
        await self._desk.act(self._conversation, step, body)


class Desk:
    """A specialist at the desk's API."""

    def __init__(self, product: Product, http: aiohttp.ClientSession, csrf: str) -> None:
        self._base = f"{product.staff_url}/desk/api"
        self._http = http
        self._headers = {"X-CSRF": csrf}

    @classmethod
    async def log_in(cls, product: Product, http: aiohttp.ClientSession, login: str = "lin") -> Desk:
        body = {"login": login, "password": product.password}
        async with http.post(f"{product.staff_url}/desk/api/login", json=body) as response:
            assert response.status == 200, await response.text()
            return cls(product, http, (await response.json())["csrf"])

    async def act(self, conversation: str, step: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self._base}/conversations/{conversation}/{step}"
        async with self._http.post(url, json=body, headers=self._headers) as response:
            assert response.status == 200, await response.text()
            summary: dict[str, Any] = (await response.json())["conversation"]
            return summary

    async def get(self, path: str) -> dict[str, Any]:
        async with self._http.get(f"{self._base}/{path}") as response:
            assert response.status == 200, await response.text()
            body: dict[str, Any] = await response.json()
            return body
