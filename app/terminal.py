"""`baodan chat`: a customer in a terminal, over the protocol of the widget. Buttons are chosen by number."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import uuid
from typing import Any, Protocol, TextIO

import aiohttp

from app.child import Say
from app.errors import AppError

NAMES = {"bot": "保单专员", "specialist": "人工专员", "system": "系统"}


ANSWER_SECONDS = 20.0
TAIL_SECONDS = 0.5


class Socket(Protocol):
    """What the conversation needs of a WebSocket."""

    async def send_json(self, data: Any) -> None: ...


class Conversation:
    """What the customer saw last, and how a line they type becomes a frame."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._seq = 0
        self._buttons: list[dict[str, str]] = []
        self.answered = asyncio.Event()

    def frame(self, line: str) -> dict[str, Any]:
        """A number chooses a button that is shown; anything else is a message."""
        known = {"client_msg_id": str(uuid.uuid4())}
        if line.isascii() and line.isdigit() and 0 < int(line) <= len(self._buttons):
            return {"type": "choose", **known, "button": self._buttons[int(line) - 1]["token"]}
        return {"type": "message", **known, "text": line}

    def receive(self, frame: dict[str, Any]) -> None:
        """Shows what the server sent."""
        kind = frame.get("type")
        if kind == "welcome":
            for event in frame["events"]:
                self._show(event)
        elif kind == "event":
            self._show(frame)
        elif kind == "error":
            self.answered.set()
            self._say(f"［{frame['message']}］")
        elif kind == "turn" and frame.get("state") == "ended":
            self.answered.set()

    def _show(self, event: dict[str, Any]) -> None:
        seq = event.get("seq") or 0
        if seq and seq <= self._seq:
            return
        self._seq = max(self._seq, seq)
        if event.get("origin") == "customer" or not event.get("text"):
            return
        self.answered.set()
        self._say(f"{self._speaker(event)}：{event['text']}")
        for citation in event.get("citations") or []:
            words = (citation.get("title"), citation.get("clause"), citation.get("version"))
            self._say("  出处：" + " ".join(str(word) for word in words if word))
        if event.get("buttons"):
            self._buttons = event["buttons"]
            for number, button in enumerate(self._buttons, start=1):
                self._say(f"  {number}. {button['title']}")

    def _speaker(self, event: dict[str, Any]) -> str:
        specialist = event.get("specialist") or {}
        return str(specialist.get("name") or NAMES.get(str(event.get("origin")), "系统"))


async def talk(url: str, site: str, lines: TextIO, say: Say) -> None:
    """Talks until the input ends. Lines that come from a file wait for the answer to the line before."""
    try:
        async with aiohttp.ClientSession() as client:
            token = await _open_session(client, url, site)
            async with client.ws_connect(f"{url}/api/chat/ws", heartbeat=20) as socket:
                await socket.send_json({"type": "hello", "token": token, "last_seq": 0})
                await _converse(socket, Conversation(say), lines)
    except aiohttp.ClientError as error:
        raise AppError(f"No Baodan answers at {url} ({error}). Start it with: make run") from None


async def _open_session(client: aiohttp.ClientSession, url: str, site: str) -> str:
    async with client.post(f"{url}/api/chat/sessions", json={"site_key": site}) as response:
        answer = await response.json()
        if response.status >= 400:
            raise AppError(str(answer["error"]["message"]))
        return str(answer["token"])


async def _converse(
    socket: aiohttp.ClientWebSocketResponse, conversation: Conversation, lines: TextIO
) -> None:
    reading = asyncio.create_task(_read(socket, conversation))
    typing = asyncio.create_task(_type(socket, conversation, lines))
    try:
        await asyncio.wait({reading, typing}, return_when=asyncio.FIRST_COMPLETED)
        if not typing.done():
            await reading
            raise AppError("The server has closed the connection.")
        await typing
    finally:
        for task in (reading, typing):
            task.cancel()
        await asyncio.gather(reading, typing, return_exceptions=True)


async def _read(socket: aiohttp.ClientWebSocketResponse, conversation: Conversation) -> None:
    async for packet in socket:
        if packet.type is aiohttp.WSMsgType.TEXT:
            conversation.receive(packet.json())


async def _type(socket: Socket, conversation: Conversation, lines: TextIO) -> None:
    queue = _lines(lines)
    while (line := await queue.get()) is not None:
        if not line.strip():
            continue
        conversation.answered.clear()
        await socket.send_json(conversation.frame(line.strip()))
        if not lines.isatty():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(conversation.answered.wait(), ANSWER_SECONDS)
                await asyncio.sleep(TAIL_SECONDS)


def _lines(source: TextIO) -> asyncio.Queue[str | None]:
    """The lines of a blocking input, None at its end; the reading thread does not keep the program alive."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        for line in iter(source.readline, ""):
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, name="keyboard", daemon=True).start()
    return queue
