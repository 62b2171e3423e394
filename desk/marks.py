"""Marking a wrong intent or a missing answer with one click, and the list of what was marked."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field

from desk import tables, views
from desk.access import SERVICES
from desk.acting import Case, acting
from desk.routing import OVERSEEING, Route, change, read
from gateway import feed
from gateway.errors import NotFound
from records import marks
from records.conversations import Message
from records.marks import Marked, MarkKind
from records.masking import mask_text

_COLUMNS = ("at", "kind", "text", "understood", "confidence", "wanted", "note", "staff", "conversation")


class MarkBody(BaseModel):
    """`wanted` is the intent the message should have had; `off` takes the mark away."""

    message: int
    kind: MarkKind
    wanted: Annotated[str, Field(max_length=60)] | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    off: bool = False


def routes() -> list[Route]:
    return [
        change("/conversations/{id}/mark", acting(MarkBody, _mark)),
        read("/intents", intents),
        read("/marks", listing, OVERSEEING),
        read("/marks.csv", export, OVERSEEING),
    ]


async def _mark(case: Case, wish: MarkBody) -> None:
    message = await case.session.get(Message, wish.message)
    if message is None or message.conversation_id != case.conversation.id:
        raise NotFound()
    if wish.wanted is not None and wish.wanted not in case.services.context.readings:
        raise NotFound()
    if wish.off:
        await marks.take_off(case.session, message.id, wish.kind)
    else:
        await marks.put(
            case.session,
            message,
            wish.kind,
            case.staff.id,
            case.now,
            wanted=wish.wanted,
            note=wish.note,
        )
    await case.audited("mark", message=message.id, kind=wish.kind.value, off=wish.off)
    await feed.announce(case.session, case.conversation.id, message=message.id)


async def intents(request: web.Request) -> web.Response:
    """GET /desk/api/intents → what a message can mean, with the question each reads like."""
    readings = request.app[SERVICES].context.readings
    return web.json_response({"items": [{"intent": key, "text": text} for key, text in readings.items()]})


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/marks → newest first."""
    return web.json_response({"items": await _lines(request)})


async def export(request: web.Request) -> web.Response:
    """GET /desk/api/marks.csv → the same, for who improves the training data; numbers masked."""
    return tables.csv_response("marks", _COLUMNS, await _lines(request))


async def _lines(request: web.Request) -> list[dict[str, Any]]:
    async with request.app[SERVICES].sessions() as session:
        found = await marks.all_marks(session)
    return [_line(one) for one in found]


def _line(one: Marked) -> dict[str, Any]:
    understood = one.message.understood or {}
    return {
        "at": views.iso(one.mark.created_at),
        "kind": one.mark.kind.value,
        "text": mask_text(one.message.text),
        "understood": understood.get("intent"),
        "confidence": understood.get("confidence"),
        "wanted": one.mark.wanted,
        "note": one.mark.note,
        "staff": one.staff.name,
        "conversation": str(one.mark.conversation_id),
    }
