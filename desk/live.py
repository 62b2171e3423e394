"""Live updates of the desk: one stream of server-sent events, fed by what any process commits."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from desk import state
from desk.access import SERVICES, admit
from desk.errors import LoginRequired
from desk.routing import Route, read
from gateway.feed import News
from gateway.services import Services

PING_SECONDS = 15.0


def routes() -> list[Route]:
    return [STREAM]


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /desk/api/events: a `snapshot`, then `conversation`, `message`, `staff`, `complaint`, `request`.

    A further `snapshot` replaces everything: news may have been missed. `ping` comes every 15 seconds and is
    answered with POST /desk/api/presence/alive. The stream ends with the session.
    """
    services = request.app[SERVICES]
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-cache",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    with services.feed.subscribe(None) as news, contextlib.suppress(ConnectionError, LoginRequired):
        await _tell(response, services, News(None, "lost"))
        await _send(response, "ping", {})
        loop = asyncio.get_running_loop()
        ping_at = loop.time() + PING_SECONDS
        while True:
            try:
                item = await asyncio.wait_for(news.get(), max(0.0, ping_at - loop.time()))
            except TimeoutError:
                await admit(request, STREAM)
                await _send(response, "ping", {})
                ping_at = loop.time() + PING_SECONDS
                continue
            await _tell(response, services, item)
    return response


async def _tell(response: web.StreamResponse, services: Services, item: News) -> None:
    try:
        async with services.sessions() as session:
            events = await state.told(session, services, item)
    except SQLAlchemyError:
        # The feed says `lost` once the database is back; until then nothing can be read.
        return
    for name, data in events:
        await _send(response, name, data)


async def _send(response: web.StreamResponse, name: str, data: Any) -> None:
    payload = json.dumps(data, ensure_ascii=False)
    await response.write(f"event: {name}\ndata: {payload}\n\n".encode())


STREAM = read("/events", stream, unattended=True)
