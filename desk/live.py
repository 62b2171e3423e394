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
from desk.errors import DeskError
from desk.routing import Route, read
from gateway.feed import News
from gateway.services import Services

PING_SECONDS = 15.0
_PAUSE_SECONDS = 1.0


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
    with services.feed.subscribe(None) as news, contextlib.suppress(ConnectionError):
        loop = asyncio.get_running_loop()
        missed, ping_at = True, loop.time()
        while True:
            if missed:
                missed = not await _tell(response, services, News(None, "lost"))
            if missed:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            try:
                item = await asyncio.wait_for(news.get(), max(0.0, ping_at - loop.time()))
            except TimeoutError:
                if not await _still_admitted(request):
                    break
                await _send(response, "ping", {})
                ping_at = loop.time() + PING_SECONDS
                continue
            missed = not await _tell(response, services, item)
    return response


async def _still_admitted(request: web.Request) -> bool:
    """Whether the session still lives; yes as long as the database cannot tell."""
    try:
        await admit(request, STREAM)
    except DeskError:
        return False
    except SQLAlchemyError:
        return True
    return True


async def _tell(response: web.StreamResponse, services: Services, item: News) -> bool:
    """Send what the news means; False when the database could not tell, so that something was missed."""
    try:
        async with services.sessions() as session:
            events = await state.told(session, services, item)
    except SQLAlchemyError:
        return False
    for name, data in events:
        await _send(response, name, data)
    return True


async def _send(response: web.StreamResponse, name: str, data: Any) -> None:
    payload = json.dumps(data, ensure_ascii=False)
    await response.write(f"event: {name}\ndata: {payload}\n\n".encode())


STREAM = read("/events", stream, unattended=True)
