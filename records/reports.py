"""What happened in a period, counted: volume, waiting, handling, containment, reasons, ratings, complaints.

A period is Shanghai days, both included. Durations are whole seconds; None where nothing was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.calendar import start_of_day
from records.complaints import Complaint
from records.conversations import Conversation, Message, Origin, Rating
from records.handlings import Handling
from records.staff import Staff

_ZONE = "Asia/Shanghai"
_INTENTS = 15


@dataclass(frozen=True)
class Period:
    first: date
    last: date

    @property
    def begin(self) -> datetime:
        return start_of_day(self.first)

    @property
    def end(self) -> datetime:
        return start_of_day(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def holds(self, moment: Any) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = (moment >= self.begin) & (moment < self.end)
        return condition


@dataclass(frozen=True)
class Spread:
    """Half of all stay below `median`, nine of ten below `ninth`."""

    count: int
    median: int | None
    ninth: int | None


@dataclass(frozen=True)
class Totals:
    """`contained`: conversations in which nobody was asked for; `abandoned`: nobody came in time."""

    opened: int
    contained: int
    handed_over: int
    served: int
    abandoned: int
    wait: Spread
    first_reply: Spread
    handling: Spread
    rating: float | None
    ratings: int


def _day(moment: Any) -> Any:
    return cast(func.timezone(_ZONE, moment), Date)


def _seconds(later: Any, earlier: Any) -> Any:
    return func.extract("epoch", later - earlier)


def _handled() -> ColumnElement[bool]:
    return exists().where(Handling.conversation_id == Conversation.id)


async def totals(session: AsyncSession, period: Period) -> Totals:
    """The figures of the whole period."""
    opened, contained = (
        await session.execute(
            select(func.count(), func.count().filter(~_handled())).where(period.holds(Conversation.opened_at))
        )
    ).one()
    here = period.holds(Handling.opened_at)
    asked, served, abandoned = (
        await session.execute(
            select(
                func.count(),
                func.count(Handling.claimed_at),
                func.count().filter(Handling.outcome.in_(("cancel", "time_out"))),
            ).where(here)
        )
    ).one()
    score, rated = (
        await session.execute(
            select(func.avg(Rating.score), func.count()).where(period.holds(Rating.created_at))
        )
    ).one()
    return Totals(
        opened=opened,
        contained=contained,
        handed_over=asked,
        served=served,
        abandoned=abandoned,
        wait=await _spread(session, _seconds(Handling.claimed_at, Handling.opened_at), here),
        first_reply=await _spread(session, _seconds(Handling.first_reply_at, Handling.opened_at), here),
        handling=await _spread(session, _seconds(Handling.ended_at, Handling.claimed_at), here),
        rating=round(float(score), 2) if score is not None else None,
        ratings=rated,
    )


async def _spread(session: AsyncSession, seconds: Any, where: ColumnElement[bool]) -> Spread:
    count, median, ninth = (
        await session.execute(
            select(
                func.count(seconds),
                func.percentile_cont(0.5).within_group(seconds),
                func.percentile_cont(0.9).within_group(seconds),
            ).where(where, seconds.is_not(None))
        )
    ).one()
    return Spread(count, _whole(median), _whole(ninth))


async def by_day(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """One line a day: conversations opened and contained, people asked for, customers served, ratings."""
    talks = await _counted(
        session,
        select(_day(Conversation.opened_at), func.count(), func.count().filter(~_handled()))
        .where(period.holds(Conversation.opened_at))
        .group_by(_day(Conversation.opened_at)),
    )
    asked = await _counted(
        session,
        select(_day(Handling.opened_at), func.count(), func.count(Handling.claimed_at))
        .where(period.holds(Handling.opened_at))
        .group_by(_day(Handling.opened_at)),
    )
    rated = await _counted(
        session,
        select(_day(Rating.created_at), func.count(), func.avg(Rating.score))
        .where(period.holds(Rating.created_at))
        .group_by(_day(Rating.created_at)),
    )
    lines = []
    for day in period.days:
        opened, contained = talks.get(day, (0, 0))
        handed, served = asked.get(day, (0, 0))
        count, score = rated.get(day, (0, None))
        lines.append(
            {
                "day": day.isoformat(),
                "opened": opened,
                "contained": contained,
                "handed_over": handed,
                "served": served,
                "ratings": count,
                "rating": round(float(score), 2) if score is not None else None,
            }
        )
    return lines


async def _counted(session: AsyncSession, chosen: Select[Any]) -> dict[Any, Sequence[Any]]:
    return {row[0]: tuple(row[1:]) for row in await session.execute(chosen)}


async def reasons(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """Why people were asked for; a take-over has no reason."""
    rows = await session.execute(
        select(Handling.reason, func.count())
        .where(period.holds(Handling.opened_at))
        .group_by(Handling.reason)
        .order_by(func.count().desc())
    )
    return [{"reason": reason, "count": count} for reason, count in rows]


async def outcomes(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """How it ended, and with which reason where a specialist wrapped up."""
    rows = await session.execute(
        select(Handling.outcome, Handling.close_reason, func.count())
        .where(period.holds(Handling.opened_at), Handling.outcome.is_not(None))
        .group_by(Handling.outcome, Handling.close_reason)
        .order_by(func.count().desc())
    )
    return [{"outcome": o, "close_reason": r, "count": count} for o, r, count in rows]


async def by_specialist(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """What each specialist did."""
    wait = _seconds(Handling.first_reply_at, Handling.claimed_at)
    length = _seconds(Handling.ended_at, Handling.claimed_at)
    rows = await session.execute(
        select(
            Staff.name,
            func.count(),
            func.percentile_cont(0.5).within_group(wait),
            func.percentile_cont(0.5).within_group(length),
        )
        .join(Staff, Staff.id == Handling.staff_id)
        .where(period.holds(Handling.opened_at))
        .group_by(Staff.name)
        .order_by(Staff.name)
    )
    return [
        {"specialist": name, "served": count, "first_reply": _whole(first), "handling": _whole(half)}
        for name, count, first, half in rows
    ]


async def ratings(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """How often each score was given, 5 to 1."""
    rows = await session.execute(
        select(Rating.score, func.count()).where(period.holds(Rating.created_at)).group_by(Rating.score)
    )
    given = dict(rows.all())
    return [{"score": score, "count": given.get(score, 0)} for score in range(5, 0, -1)]


async def complaint_classes(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """Complaints received, by class."""
    rows = await session.execute(
        select(Complaint.category, func.count())
        .where(period.holds(Complaint.received_at))
        .group_by(Complaint.category)
        .order_by(func.count().desc())
    )
    return [{"category": category, "count": count} for category, count in rows]


async def intents(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """What customers most often meant, as the assistant understood it."""
    intent = Message.understood["intent"].astext
    rows = await session.execute(
        select(intent, func.count())
        .where(
            period.holds(Message.created_at),
            Message.origin == Origin.CUSTOMER,
            Message.understood.is_not(None),
        )
        .group_by(intent)
        .order_by(func.count().desc())
        .limit(_INTENTS)
    )
    return [{"intent": name, "count": count} for name, count in rows]


def as_json(figures: Totals) -> dict[str, Any]:
    return asdict(figures)


def _whole(seconds: Any) -> int | None:
    return None if seconds is None else round(float(seconds))
