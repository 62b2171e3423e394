"""What was done, by whom and when, for those who oversee; and whether the chains still hold."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from desk import views
from desk.access import SERVICES
from desk.routing import OVERSEEING, Route, read
from gateway.errors import BadRequest
from records import audit
from records.audit import AuditEntry
from records.staff import Staff

_PAGE = 100


def routes() -> list[Route]:
    return [
        read("/audit", entries, OVERSEEING),
        read("/audit/verify", verify, OVERSEEING),
    ]


async def entries(request: web.Request) -> web.Response:
    """GET /desk/api/audit?subject=&actor=&action=&before= → newest first, a hundred at a time.

    `before` is the id of the last entry of the page before; `actor` may be a login.
    """
    query = request.query
    before = query.get("before")
    if before is not None and not before.isdigit():
        raise BadRequest()
    async with request.app[SERVICES].sessions() as session:
        found = await audit.search(
            session,
            subject=query.get("subject") or None,
            actor=await _actor(session, query.get("actor", "")),
            action=query.get("action") or None,
            before=int(before) if before else None,
            limit=_PAGE,
        )
        people = await views.by_id(session, Staff, (_staff_id(one.actor) for one in found))
        subjects = await views.by_id(session, Staff, (_staff_id(one.subject) for one in found))
    items = [_line(one, people | subjects) for one in found]
    return web.json_response({"items": items, "more": len(items) == _PAGE})


async def verify(request: web.Request) -> web.Response:
    """GET /desk/api/audit/verify → how many entries and chains were checked, and where one is broken."""
    async with request.app[SERVICES].sessions() as session:
        found = await audit.verify(session)
    return web.json_response(
        {
            "entries": found.entries,
            "chains": found.chains,
            "broken": [{"subject": subject, "seq": seq} for subject, seq in found.broken],
        }
    )


async def _actor(session: Any, wanted: str) -> str | None:
    if not wanted or ":" in wanted:
        return wanted or None
    person = await views.staff_by_login(session, wanted)
    return f"staff:{person.id}" if person else wanted


def _line(entry: AuditEntry, people: dict[int, Staff]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "subject": entry.subject,
        "seq": entry.seq,
        "actor": entry.actor,
        "actor_name": _name(entry.actor, people),
        "subject_name": _name(entry.subject, people),
        "action": entry.action,
        "detail": entry.detail,
        "at": views.iso(entry.at),
        "hash": entry.hash,
    }


def _staff_id(name: str) -> int | None:
    kind, _, number = name.partition(":")
    return int(number) if kind == "staff" and number.isdigit() else None


def _name(name: str, people: dict[int, Staff]) -> str | None:
    known = people.get(_staff_id(name) or 0)
    return known.name if known else None
