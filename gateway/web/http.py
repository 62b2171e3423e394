"""The chat protocol over plain HTTP: for browsers whose WebSocket does not get through."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import web

from gateway import log, sessions
from gateway.errors import BadRequest
from gateway.web import frames
from gateway.web.keys import SERVICES, address, bearer
from records.conversations import Conversation

_LONGEST_WAIT = 25.0


async def open_session(request: web.Request) -> web.Response:
    """POST /api/chat/sessions."""
    body = await _json(request)
    site_key = body.get("site_key")
    texts = {key: body.get(key) for key in ("user_token", "token")}
    if not isinstance(site_key, str) or any(not isinstance(v, str | None) for v in texts.values()):
        raise BadRequest()
    opened = await sessions.open_chat(
        request.app[SERVICES],
        site_key=site_key,
        user_token=texts["user_token"],
        token=texts["token"],
        address=address(request),
        channel="cli" if body.get("channel") == "cli" else "web",
    )
    return web.json_response({"conversation": str(opened.conversation), "token": opened.token})


async def send(request: web.Request) -> web.Response:
    """POST /api/chat/messages: one frame, as over the WebSocket."""
    services = request.app[SERVICES]
    conversation_id = await sessions.conversation_of(services, bearer(request))
    frame = frames.parse(await _json(request))
    ack = await frames.receive(services, conversation_id, frame, address(request))
    if ack is None:
        return web.json_response({"ok": True})
    return web.json_response({"ack": {"client_msg_id": ack.client_msg_id, "seq": ack.seq}})


async def events(request: web.Request) -> web.Response:
    """GET /api/chat/events?after=SEQ&wait=25: what came after SEQ, waiting for it up to `wait` seconds."""
    services = request.app[SERVICES]
    conversation_id = await sessions.conversation_of(services, bearer(request))
    try:
        after = max(0, int(request.query.get("after", "0")))
        wait = min(_LONGEST_WAIT, max(0.0, float(request.query.get("wait", "0"))))
    except ValueError as error:
        raise BadRequest() from error
    deadline = asyncio.get_running_loop().time() + wait
    with services.feed.subscribe(conversation_id) as news:
        while True:
            async with services.sessions() as session:
                found = await log.events_after(session, conversation_id, after)
                conversation = await session.get_one(Conversation, conversation_id)
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0:
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.get(), left)
    return web.json_response(
        {
            "seq": conversation.last_seq,
            "mode": conversation.mode.value,
            "events": [log.wire(message) for message in found],
        }
    )


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadRequest() from error
    if not isinstance(body, dict):
        raise BadRequest()
    return body
