"""The files customers sent, for specialists."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from desk.access import SERVICES, staff_of
from desk.acting import conversation_of
from desk.routing import Route, read
from gateway.errors import NotFound
from gateway.web import uploads
from records import audit


def routes() -> list[Route]:
    return [read("/conversations/{id}/files/{file}", download)]


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
