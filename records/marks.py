"""What specialists mark so that the assistant gets better: a wrong intent, a missing answer."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, String, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words
from records.conversations import Message
from records.staff import Staff


class MarkKind(enum.StrEnum):
    WRONG_INTENT = "wrong_intent"
    MISSING_ANSWER = "missing_answer"


class Mark(Base):
    """One fault of one message; `wanted` is the intent it should have had, where the specialist said so."""

    __tablename__ = "marks"
    __table_args__ = (UniqueConstraint("message_id", "kind"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("messages.id"))
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[MarkKind] = mapped_column(words(MarkKind))
    wanted: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Moment]


@dataclass(frozen=True)
class Marked:
    mark: Mark
    message: Message
    staff: Staff


async def put(
    session: AsyncSession,
    message: Message,
    kind: MarkKind,
    staff_id: int,
    now: datetime,
    *,
    wanted: str | None,
    note: str,
) -> None:
    """Mark a message; marking it again replaces what was said before."""
    said = {"wanted": wanted, "note": note, "staff_id": staff_id, "created_at": now}
    await session.execute(
        insert(Mark)
        .values(message_id=message.id, conversation_id=message.conversation_id, kind=kind, **said)
        .on_conflict_do_update(constraint="uq_marks_message_id_kind", set_=said)
    )


async def take_off(session: AsyncSession, message_id: int, kind: MarkKind) -> None:
    found = await session.scalar(select(Mark).where(Mark.message_id == message_id, Mark.kind == kind))
    if found is not None:
        await session.delete(found)
        await session.flush()


async def of_conversation(session: AsyncSession, conversation_id: uuid.UUID) -> dict[int, list[Mark]]:
    """The marks of a conversation by message."""
    found: dict[int, list[Mark]] = {}
    for mark in await session.scalars(select(Mark).where(Mark.conversation_id == conversation_id)):
        found.setdefault(mark.message_id, []).append(mark)
    return found


async def all_marks(session: AsyncSession, *, limit: int = 1000) -> list[Marked]:
    """Newest first."""
    rows = await session.execute(
        select(Mark, Message, Staff)
        .join(Message, Message.id == Mark.message_id)
        .join(Staff, Staff.id == Mark.staff_id)
        .order_by(Mark.id.desc())
        .limit(limit)
    )
    return [Marked(mark, message, staff) for mark, message, staff in rows]
