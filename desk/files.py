"""Files of a conversation: those the customer sent, and those a specialist is about to send."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from desk.access import SERVICES, staff_of
from desk.acting import conversation_of
from desk.routing import Route, change, read
from gateway import handover
from gateway.errors import NotFound
from gateway.web import uploads
from records import audit
from records.conversations import Conversation


def routes() -> list[Route]:
    return [
        read("/conversations/{id}/files/{file}", download),
        change("/conversations/{id}/files", upload),
    ]


async def download(request: web.Request) -> web.StreamResponse:
    """GET /desk/api/conversations/{id}/files/{file}: always as an attachment; who read it is in the audit."""
    person, services = staff_of(request), request.app[SERVICES]
    conversation_id = conversation_of(request)
    document = await uploads.find(services, conversation_id, request.match_info["file"])
    if document is None:
        raise NotFound()
    async with services.sessions.begin() as session:
        await audit.append(
            session,
            subject=f"conversation:{conversation_id}",
            actor=f"staff:{person.id}",
            action="read_file",
            detail={"document": str(document.id)},
            now=services.clock(),
        )
    return web.FileResponse(
        uploads.path_of(services, document.sha256),
        headers={
            "Content-Type": document.media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}",
            "Cache-Control": "no-store",
        },
    )


async def upload(request: web.Request) -> web.Response:
    """POST /desk/api/conversations/{id}/files (multipart, one part `file`) → {file, name, type, size}.

    It reaches the customer with a reply that names it.
    """
    person, services = staff_of(request), request.app[SERVICES]
    conversation_id = conversation_of(request)
    async with services.sessions() as session:
        conversation = await session.get(Conversation, conversation_id)
        if conversation is None:
            raise NotFound()
        handover.require_holder(conversation, person)
    name, content = await uploads.received(services, request)
    document = await uploads.store(services, conversation_id, name, content)
    async with services.sessions.begin() as session:
        await audit.append(
            session,
            subject=f"conversation:{conversation_id}",
            actor=f"staff:{person.id}",
            action="upload_file",
            detail={"document": str(document.id)},
            now=services.clock(),
        )
    return web.json_response(uploads.wire(document))
