"""What a customer still has to be told about their own matters, written in the transaction of the change.

A change and its notice are one commit; the gateway turns each notice into words and an entry of the log in
another (`gateway.herald`). So no change stays unsaid and none is said twice, whoever is killed in between.
"""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words

_BY_CUSTOMER = frozenset({"customer", "bot"})


class Topic(enum.StrEnum):
    """What a notice is about; `detail` holds what its sentence needs."""

    REQUEST_STATE = "request_state"
    REQUEST_LATE = "request_late"
    CLAIM_STATE = "claim_state"
    COMPLAINT_STATE = "complaint_state"
    COMPLAINT_DECIDED = "complaint_decided"
    COMPLAINT_EXTENDED = "complaint_extended"
    COMPLAINT_PAUSED = "complaint_paused"
    COMPLAINT_RESUMED = "complaint_resumed"
    COMPLAINT_RESTARTED = "complaint_restarted"
    COMPLAINT_MERGED = "complaint_merged"
    COMPLAINT_LATE = "complaint_late"
    ANSWER = "answer"
    PROMISE_LATE = "promise_late"
    PROMISE_MOVED = "promise_moved"


class Notice(Base):
    """One thing to tell. `number` is that of the request, claim, complaint or task; `contact` the phone left
    with it. `told_at` is None until it stands in a log, `way` says where: the channel, or `nowhere`."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_waiting", "id", postgresql_where=text("told_at IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[Topic] = mapped_column(words(Topic))
    number: Mapped[str] = mapped_column(String(40), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"))
    contact: Mapped[str | None] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[Moment]
    told_at: Mapped[Moment | None]
    way: Mapped[str | None] = mapped_column(String(20))


def told_in_the_chat(actor: str) -> bool:
    """Whether the actor's change is answered in the chat itself, so that no notice of it is needed."""
    return actor in _BY_CUSTOMER


async def add(
    session: AsyncSession,
    topic: Topic,
    *,
    number: str,
    now: datetime,
    customer_id: str | None,
    conversation_id: uuid.UUID | None,
    contact: str | None = None,
    detail: dict[str, Any] | None = None,
) -> Notice:
    """Leaves a notice within the caller's transaction."""
    notice = Notice(
        topic=topic,
        number=number,
        customer_id=customer_id,
        conversation_id=conversation_id,
        contact=contact,
        detail=detail or {},
        created_at=now,
    )
    session.add(notice)
    await session.flush()
    return notice


async def take_next(session: AsyncSession) -> Notice | None:
    """The oldest notice not told yet; None also while another transaction tells one, so that those of one
    matter stay in order: whoever changes it holds its row until the notice is committed."""
    if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('notices', 2))")):
        return None
    return (
        await session.scalars(select(Notice).where(Notice.told_at.is_(None)).order_by(Notice.id).limit(1))
    ).one_or_none()


async def notices_of(session: AsyncSession, number: str) -> list[Notice]:
    """Everything told, or still to be told, about one matter, in order."""
    return list(await session.scalars(select(Notice).where(Notice.number == number).order_by(Notice.id)))
