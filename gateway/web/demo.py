"""Demo mode only: the newest text message to a phone, in place of a real phone."""

from __future__ import annotations

import re

from aiohttp import web

from gateway.errors import BadRequest, NotFound
from gateway.web.keys import SERVICES
from records import sms as texts


async def sms(request: web.Request) -> web.Response:
    """GET /demo/sms?phone=: {"phone", "code", "sent_at"} of the newest code."""
    phone = request.query.get("phone", "")
    if not re.fullmatch(r"1\d{10}", phone):
        raise BadRequest()
    async with request.app[SERVICES].sessions() as session:
        message = await texts.newest_code(session, phone)
    if message is None:
        raise NotFound()
    sent_at = (message.sent_at or message.created_at).isoformat()
    return web.json_response({"phone": phone, "code": message.code, "sent_at": sent_at})
