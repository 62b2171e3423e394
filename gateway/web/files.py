"""Sending a file up and getting it back; both need the conversation's token."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from gateway import sessions
from gateway.errors import NotFound
from gateway.web import uploads
from gateway.web.keys import SERVICES, bearer

async def upload(request: web.Request) -> web.Response:
    """POST /api/chat/files (multipart, one part `file`) → {file, name, type, size}."""
    services = request.app[SERVICES]
    conversation_id = await sessions.conversation_of(services, bearer(request))
    name, content = await uploads.received(services, request)
    document = await uploads.store(services, conversation_id, name, content)
    return web.json_response(uploads.wire(document))


async def download(request: web.Request) -> web.StreamResponse:
    """GET /api/chat/files/{file}: a file of this conversation, always as an attachment."""
    services = request.app[SERVICES]
    conversation_id = await sessions.conversation_of(services, bearer(request))
    document = await uploads.find(services, conversation_id, request.match_info["file"])
    if document is None:
        raise NotFound()
    return web.FileResponse(
        uploads.path_of(services, document.sha256),
        headers={
            "Content-Type": document.media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}",
        },
    )
