"""What changed in the texts, for colleagues to read and acknowledge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from desk.access import SERVICES, body_of, staff_of
from desk.routing import EVERYBODY, Route, change, read
from gateway.errors import BadRequest, NotFound
from knowledge.changes import NewVersion, new_versions
from records import audit
from records.acknowledgements import acknowledge, acknowledged

PERIOD = timedelta(days=400)
"""How far back is shown when no day is asked for."""


class Version(BaseModel):
    """Which version was read."""

    key: str
    version: str


def routes() -> list[Route]:
    return [
        read("/knowledge/changes", changes),
        change("/knowledge/acknowledge", confirm, EVERYBODY),
    ]


async def changes(request: web.Request) -> web.Response:
    """GET /desk/api/knowledge/changes?since=2026-01-31: new versions by section, and their readers."""
    me = staff_of(request)
    services = request.app[SERVICES]
    today = services.settings.today(services.clock())
    since = _day(request.query.get("since")) or today - PERIOD
    found = new_versions(services.context.knowledge.library, since, today)
    async with services.sessions() as session:
        readers = await acknowledged(session)
    items = [_item(one, readers.get((one.source.key, one.source.version), []), me.name) for one in found]
    return web.json_response({"since": since.isoformat(), "items": items})


async def confirm(request: web.Request) -> web.Response:
    """POST /desk/api/knowledge/acknowledge {key, version}: I have read it."""
    version = await body_of(request, Version)
    person, services = staff_of(request), request.app[SERVICES]
    sources = {(one.source.key, one.source.version) for one in services.context.knowledge.library}
    if (version.key, version.version) not in sources:
        raise NotFound()
    async with services.sessions.begin() as session:
        await acknowledge(session, version.key, version.version, person.id, services.clock())
        await audit.append(
            session,
            subject=f"knowledge:{version.key}",
            actor=f"staff:{person.id}",
            action="acknowledge",
            detail={"version": version.version},
            now=services.clock(),
        )
    return web.json_response({"ok": True})


def _item(found: NewVersion, readers: list[str], me: str) -> dict[str, Any]:
    source = found.source
    return {
        "key": source.key,
        "kind": source.kind.value,
        "title": source.title,
        "version": source.version,
        "effective_from": source.effective_from.isoformat(),
        "approver": source.approver,
        "earlier": found.earlier.version if found.earlier else None,
        "changes": [
            {
                "kind": one.kind.value,
                "clause": one.clause,
                "title": one.title,
                "before": one.before,
                "since": one.since,
            }
            for one in found.changes
        ],
        "read_by": readers,
        "read": me in readers,
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest() from error
