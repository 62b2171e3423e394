"""One customer with a WebSocket, who times each answer and looks whether it is the right one."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.scenes import Kind, Scene, Step

SITE = "demo-site"
PATIENCE_SECONDS = 20.0
SETTLE_SECONDS = 1.0
"""How long the right words may come after the first words of an answer; all of a turn is sent at once."""


@dataclass(frozen=True)
class Sample:
    """One message and its answer; `due` is on the clock of `time.perf_counter`, `fault` is '' when right."""

    kind: Kind
    message: str
    due: float
    ms: float
    fault: str = ""

    @property
    def answered(self) -> float:
        return self.due + self.ms / 1000


class Customer:
    """One conversation, one open socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._buttons: dict[str, str] = {}

    @classmethod
    async def arrive(cls, url: str, http: aiohttp.ClientSession) -> Customer:
        """Opens a conversation; aiohttp.ClientError when the product at `url` does not let us in."""
        async with http.post(f"{url}/api/chat/sessions", json={"site_key": SITE}) as response:
            response.raise_for_status()
            token = (await response.json())["token"]
        customer = cls(await http.ws_connect(f"{url}/api/chat/ws"))
        await customer._socket.send_json({"type": "hello", "token": token, "last_seq": 0})
        welcome = await customer._socket.receive_json()
        if welcome["type"] != "welcome":
            raise aiohttp.ClientError(f"no welcome but {welcome}")
        return customer

    async def leave(self) -> None:
        await self._socket.close()

    async def ask(self, step: Step, due: float | None = None) -> Sample:
        """Sends one message and waits for its answer; time counts from `due`, or from now."""
        due = time.perf_counter() if due is None else due
        message = uuid.uuid4().hex
        try:
            await self._socket.send_json(self._frame(step) | {"client_msg_id": message})
            fault = await self._answer(message, step.expects)
        except LookupError:
            fault = f"no button {step.says}"
        except (aiohttp.ClientError, ConnectionError, TypeError) as error:
            fault = f"connection lost: {error}"
        ms = (time.perf_counter() - due) * 1000
        return Sample(step.kind, message, due, ms, f"{step.says}: {fault}" if fault else "")

    def _frame(self, step: Step) -> dict[str, Any]:
        if step.chooses:
            return {"type": "choose", "button": self._buttons[step.says]}
        return {"type": "message", "text": step.says}

    async def _answer(self, message: str, words: str) -> str:
        """'' once the words have come after our own message in the log; else what came instead."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + PATIENCE_SECONDS
        own: int | None = None
        heard: list[str] = []
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    frame = await self._socket.receive_json()
            except TimeoutError:
                return f"expected {words}, heard {heard}" if heard else "no answer"
            if frame["type"] == "error":
                return f"refused, {frame['code']}"
            if frame["type"] != "event":
                continue
            if frame.get("client_msg_id") == message:
                own = frame["seq"]
            elif own is not None and frame["seq"] > own and frame["origin"] != "customer":
                self._buttons = {button["title"]: button["token"] for button in frame.get("buttons", [])}
                if any(words in said for said in (frame["text"], *self._buttons)):
                    return ""
                heard.append(frame["text"])
                deadline = min(deadline, clock() + SETTLE_SECONDS)


async def play(url: str, http: aiohttp.ClientSession, scene: Scene) -> list[Sample]:
    """A whole conversation, or as far as its first wrong answer."""
    samples: list[Sample] = []
    customer = await Customer.arrive(url, http)
    try:
        for step in scene:
            samples.append(await customer.ask(step))
            if samples[-1].fault:
                break
    finally:
        await customer.leave()
    return samples
