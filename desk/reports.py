"""Reports for those who lead and oversee: figures for charts, the same as CSV, and today's for the wall."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from desk import tables
from desk.access import SERVICES
from desk.routing import OVERSEEING, Route, read
from gateway.errors import BadRequest, NotFound
from gateway.services import Services
from records import reports
from records.complaints import ComplaintCategory
from records.reports import Period
from records.words import state_text

_USUAL_DAYS = 14
_LONGEST_DAYS = 366
Lines = list[dict[str, Any]]
Table = Callable[[AsyncSession, Services, Period], Awaitable[Lines]]


def routes() -> list[Route]:
    return [
        read("/wall", wall, OVERSEEING),
        read("/reports", everything, OVERSEEING),
        read("/reports/{table}.csv", export, OVERSEEING),
    ]


async def wall(request: web.Request) -> web.Response:
    """GET /desk/api/wall → today's figures, and how soon a customer should be claimed and answered."""
    services = request.app[SERVICES]
    today = services.settings.today(services.clock())
    async with services.sessions() as session:
        figures = await reports.totals(session, Period(today, today))
    return web.json_response(
        {
            "today": reports.as_json(figures),
            "claim_target_seconds": services.settings.claim_target_seconds,
            "reply_target_seconds": services.settings.reply_target_seconds,
        }
    )


async def everything(request: web.Request) -> web.Response:
    """GET /desk/api/reports?from=&to= → every table of the period, by default of the last two weeks."""
    services, period = request.app[SERVICES], _period(request)
    async with services.sessions() as session:
        answer: dict[str, Any] = {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "totals": reports.as_json(await reports.totals(session, period)),
        }
        for name, table in TABLES.items():
            answer[name] = await table(session, services, period)
    return web.json_response(answer)


async def export(request: web.Request) -> web.Response:
    """GET /desk/api/reports/{table}.csv?from=&to= → one table."""
    services, period = request.app[SERVICES], _period(request)
    name = request.match_info["table"]
    if name not in TABLES:
        raise NotFound()
    async with services.sessions() as session:
        lines = await TABLES[name](session, services, period)
    return tables.csv_response(name, _COLUMNS[name], lines)


def _period(request: web.Request) -> Period:
    services = request.app[SERVICES]
    today = services.settings.today(services.clock())
    try:
        last = date.fromisoformat(request.query.get("to") or today.isoformat())
        usual = (last - timedelta(days=_USUAL_DAYS - 1)).isoformat()
        first = date.fromisoformat(request.query.get("from") or usual)
    except ValueError as error:
        raise BadRequest() from error
    if not 0 <= (last - first).days < _LONGEST_DAYS:
        raise BadRequest()
    return Period(first, last)


async def _days(session: AsyncSession, services: Services, period: Period) -> Lines:
    return await reports.by_day(session, period)


async def _reasons(session: AsyncSession, services: Services, period: Period) -> Lines:
    return [
        {"reason": one["reason"], "text": _reason(services, one["reason"]), "count": one["count"]}
        for one in await reports.reasons(session, period)
    ]


def _reason(services: Services, reason: str | None) -> str:
    return services.wording.say(f"utter_reason_{reason or 'taken_over'}")


async def _outcomes(session: AsyncSession, services: Services, period: Period) -> Lines:
    return await reports.outcomes(session, period)


async def _specialists(session: AsyncSession, services: Services, period: Period) -> Lines:
    return await reports.by_specialist(session, period)


async def _ratings(session: AsyncSession, services: Services, period: Period) -> Lines:
    return await reports.ratings(session, period)


async def _complaints(session: AsyncSession, services: Services, period: Period) -> Lines:
    return [
        {
            "category": one["category"],
            "text": state_text(ComplaintCategory(one["category"])),
            "count": one["count"],
        }
        for one in await reports.complaint_classes(session, period)
    ]


async def _intents(session: AsyncSession, services: Services, period: Period) -> Lines:
    readings = services.context.readings
    return [
        {"intent": one["intent"], "text": readings.get(one["intent"], one["intent"]), "count": one["count"]}
        for one in await reports.intents(session, period)
    ]


TABLES: dict[str, Table] = {
    "days": _days,
    "reasons": _reasons,
    "outcomes": _outcomes,
    "specialists": _specialists,
    "ratings": _ratings,
    "complaints": _complaints,
    "intents": _intents,
}
_COLUMNS: dict[str, tuple[str, ...]] = {
    "days": ("day", "opened", "contained", "handed_over", "served", "ratings", "rating"),
    "reasons": ("reason", "text", "count"),
    "outcomes": ("outcome", "close_reason", "count"),
    "specialists": ("specialist", "served", "first_reply", "handling"),
    "ratings": ("score", "count"),
    "complaints": ("category", "text", "count"),
    "intents": ("intent", "text", "count"),
}
