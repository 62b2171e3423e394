"""Who is at the desk: online, on a break or away, how many conversations each takes, and a sign of life."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words
from records.conversations import Conversation, Mode
from records.staff import Role, Staff

SILENCE = timedelta(seconds=60)
"""Who has shown no sign of life for so long has left the desk."""
USUAL_CAP = 5
LARGEST_CAP = 50


class State(enum.StrEnum):
    """Only who is `online` is given conversations; who is not may still take them."""

    ONLINE = "online"
    BREAK = "break"
    OFFLINE = "offline"


class Presence(Base):
    """One colleague's; `seen_at` is None for who works without the desk's pages, giving no sign of life."""

    __tablename__ = "presence"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[State] = mapped_column(words(State), default=State.OFFLINE)
    cap: Mapped[int] = mapped_column(default=USUAL_CAP)
    since: Mapped[Moment]
    seen_at: Mapped[Moment | None]
    viewing: Mapped[uuid.UUID | None]
    assigned_at: Mapped[Moment | None]


@dataclass(frozen=True)
class Ready:
    """Somebody who can be given a conversation, with what they hold."""

    staff: Staff
    presence: Presence
    load: int


async def lock(session: AsyncSession, staff_id: int, now: datetime) -> Presence:
    """A colleague's row, made when it is missing, locked until the transaction ends."""
    await session.execute(
        insert(Presence)
        .values(staff_id=staff_id, state=State.OFFLINE, cap=USUAL_CAP, since=now)
        .on_conflict_do_nothing()
    )
    return await session.get_one(Presence, staff_id, with_for_update=True, populate_existing=True)


async def loads(session: AsyncSession) -> dict[int, int]:
    """How many conversations each colleague holds."""
    rows = await session.execute(
        select(Conversation.assignee_id, func.count())
        .where(Conversation.mode == Mode.HUMAN, Conversation.assignee_id.is_not(None))
        .group_by(Conversation.assignee_id)
    )
    return {staff_id: count for staff_id, count in rows if staff_id is not None}


async def ready(session: AsyncSession, now: datetime) -> list[Ready]:
    """Who is online, alive and below their cap: least loaded first, then who was given one longest ago."""
    rows = await session.execute(
        select(Staff, Presence)
        .join(Presence, Presence.staff_id == Staff.id)
        .where(Staff.active, Presence.state == State.ONLINE, Presence.seen_at > now - SILENCE)
        .order_by(Presence.assigned_at.asc().nulls_first(), Staff.id)
    )
    held = await loads(session)
    found = [Ready(staff, presence, held.get(staff.id, 0)) for staff, presence in rows]
    return sorted((one for one in found if one.load < one.presence.cap), key=lambda one: one.load)


async def silent(session: AsyncSession, now: datetime) -> Sequence[Presence]:
    """Who gave signs of life and gives none any more; their rows locked."""
    return (
        await session.scalars(
            select(Presence).where(Presence.seen_at <= now - SILENCE).with_for_update(skip_locked=True)
        )
    ).all()


async def everybody(session: AsyncSession) -> list[tuple[Staff, Presence | None]]:
    """All who serve customers, by name, with their presence once they have had one."""
    rows = await session.execute(
        select(Staff, Presence)
        .outerjoin(Presence, Presence.staff_id == Staff.id)
        .where(Staff.active, Staff.role.in_((Role.SPECIALIST, Role.SUPERVISOR)))
        .order_by(Staff.name)
    )
    return [(staff, presence) for staff, presence in rows]
