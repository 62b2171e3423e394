"""A specialist's own canned replies; those of the whole house stand in `knowledge/canned.yml`."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Identity, String, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment


class CannedReply(Base):
    """May hold the same variables as those of the house."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Moment]


async def of(session: AsyncSession, staff_id: int) -> list[CannedReply]:
    return list(
        await session.scalars(
            select(CannedReply).where(CannedReply.staff_id == staff_id).order_by(CannedReply.title)
        )
    )


async def remove(session: AsyncSession, staff_id: int, reply_id: int) -> bool:
    """Deletes one of the colleague's own; False when they have no such reply."""
    gone = await session.execute(
        delete(CannedReply)
        .where(CannedReply.id == reply_id, CannedReply.staff_id == staff_id)
        .returning(CannedReply.id)
    )
    return gone.first() is not None
