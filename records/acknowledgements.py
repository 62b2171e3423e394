"""Which member of staff has read which version of a knowledge text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.staff import Staff


class Acknowledgement(Base):
    """One version read by one person; the first time counts."""

    __tablename__ = "knowledge_acknowledgements"

    source_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    at: Mapped[Moment]


async def acknowledge(session: AsyncSession, key: str, version: str, staff_id: int, now: datetime) -> None:
    """Notes that somebody has read a version; a second time changes nothing."""
    row = insert(Acknowledgement).values(source_key=key, version=version, staff_id=staff_id, at=now)
    await session.execute(row.on_conflict_do_nothing())


async def acknowledged(session: AsyncSession) -> Mapping[tuple[str, str], list[str]]:
    """Names of who has read each version, in the order of reading."""
    rows = await session.execute(
        select(Acknowledgement.source_key, Acknowledgement.version, Staff.name)
        .join(Staff, Staff.id == Acknowledgement.staff_id)
        .order_by(Acknowledgement.at)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for key, version, name in rows:
        found.setdefault((key, version), []).append(name)
    return found
