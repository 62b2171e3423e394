"""The chat protocol over a WebSocket: one reader, one writer, and the log as the only source of what is shown."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from gateway import log, sessions
from gateway.errors import BadRequest, GatewayError, Internal, Unauthorised
from gateway.feed import News
from gateway.services import Services
from gateway.web import frames
from gateway.web.faults import known, sentence
from gateway.web.keys import SERVICES, address
from records.conversations import Conversation

logger = logging.getLogger(__name__)
_HELLO_SECONDS = 10.0
_LARGEST_FRAME = 128 * 1024


async def serve(request: web.Request) -> web.WebSocketResponse:
    """GET /api/chat/ws; the first frame must be `hello` with the conversation's token."""
    services = request.app[SERVICES]
    socket = web.WebSocketResponse(heartbeat=25.0, max_msg_size=_LARGEST_FRAME)
    await socket.prepare(request)
    try:
        hello = frames.parse(await asyncio.wait_for(socket.receive_json(), _HELLO_SECONDS))
        if not isinstance(hello, frames.Hello):
            raise BadRequest()
        conversation_id = await sessions.conversation_of(services, hello.token)
    except (TimeoutError, TypeError, ValueError, GatewayError) as error:
        known = error if isinstance(error, GatewayError) else BadRequest()
        await _complain(services, socket, known)
        await socket.close(code=4401 if isinstance(known, Unauthorised) else 4400)
        return socket
    connection = _Connection(services, socket, conversation_id, hello.last_seq, address(request))
    await connection.run()
    return socket


async def _complain(
    services: Services, socket: web.WebSocketResponse, error: GatewayError, client_msg_id: str | None = None
) -> None:
    frame: dict[str, Any] = {
        "type": "error",
        "code": error.code,
        "message": sentence(services, error),
    }
    if client_msg_id:
        frame["client_msg_id"] = client_msg_id
    await socket.send_json(frame)


class _Connection:
    """One browser tab."""

    def __init__(
        self,
        services: Services,
        socket: web.WebSocketResponse,
        conversation_id: uuid.UUID,
        last_seq: int,
        sender: str,
    ) -> None:
        self._services = services
        self._socket = socket
        self._conversation_id = conversation_id
        self._seq = last_seq
        self._address = sender

    async def run(self) -> None:
        with self._services.feed.subscribe(self._conversation_id) as news:
            await self._welcome()
            writer = asyncio.create_task(self._write(news))
            try:
                await self._read()
            finally:
                writer.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await writer

    async def _welcome(self) -> None:
        async with self._services.sessions() as session:
            conversation = await session.get_one(Conversation, self._conversation_id)
            events = await log.events_after(session, self._conversation_id, self._seq)
        if events:
            self._seq = max(message.seq or 0 for message in events)
        await self._socket.send_json(
            {
                "type": "welcome",
                "seq": conversation.last_seq,
                "mode": conversation.mode.value,
                "events": [log.wire(message) for message in events],
            }
        )

    async def _read(self) -> None:
        async for packet in self._socket:
            if packet.type is not WSMsgType.TEXT:
                continue
            raw: Any = None
            try:
                raw = json.loads(packet.data)
                await self._handle(frames.parse(raw))
            except json.JSONDecodeError:
                await _complain(self._services, self._socket, BadRequest())
            except Exception as error:
                if self._socket.closed:
                    return
                ours = known(error)
                if isinstance(ours, Internal):
                    logger.exception("a message of %s could not be stored", self._conversation_id)
                await _complain(self._services, self._socket, ours, _client_msg_id(raw))

    async def _handle(self, frame: frames.Frame) -> None:
        if isinstance(frame, frames.Ping):
            await self._socket.send_json({"type": "pong"})
            return
        if isinstance(frame, frames.Typing):
            self._services.feed.tell(News(self._conversation_id, "typing", {"origin": "customer"}))
            return
        ack = await frames.receive(self._services, self._conversation_id, frame, self._address)
        if ack is not None:
            await self._socket.send_json({"type": "ack", "client_msg_id": ack.client_msg_id, "seq": ack.seq})

    async def _write(self, news: asyncio.Queue[News]) -> None:
        while True:
            item = await news.get()
            if item.what == "turn":
                await self._socket.send_json({"type": "turn", "state": item.detail["turn"]})
            elif item.what == "typing":
                if item.detail["origin"] != "customer":
                    await self._socket.send_json({"type": "typing"})
            else:
                await self._catch_up()

    async def _catch_up(self) -> None:
        try:
            async with self._services.sessions() as session:
                events = await log.events_after(session, self._conversation_id, self._seq)
        except Exception as error:
            logger.warning("events of %s wait for the database: %s", self._conversation_id, type(error).__name__)
            return
        for message in events:
            await self._socket.send_json(log.wire(message))
            self._seq = message.seq or self._seq


def _client_msg_id(raw: Any) -> str | None:
    value = raw.get("client_msg_id") if isinstance(raw, dict) else None
    return value if isinstance(value, str) else None
