"""Each time people dealt with a conversation: waited for, claimed, first answered, ended. Reports read it.

A row opens when a customer joins the queue or a specialist takes over, and closes when the conversation
leaves the queue or the specialist. A transfer ends one and opens the next.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, String, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.conversations import Conversation, Mode

_PEOPLE = (Mode.QUEUED, Mode.HUMAN)


class Handling(Base):
    """`outcome` is the step that ended it, such as close, hand_back, transfer, lose, cancel or time_out."""

    __tablename__ = "handlings"
    __table_args__ = (
        Index("ix_handlings_open", "conversation_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_handlings_opened_at", "opened_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    skill: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    opened_at: Mapped[Moment]
    claimed_at: Mapped[Moment | None]
    first_reply_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    close_reason: Mapped[str | None] = mapped_column(String(40))


async def current(session: AsyncSession, conversation_id: uuid.UUID) -> Handling | None:
    """The one that is open."""
    return await session.scalar(
        select(Handling)
        .where(Handling.conversation_id == conversation_id, Handling.ended_at.is_(None))
        .order_by(Handling.id.desc())
        .limit(1)
    )


async def follow(
    session: AsyncSession,
    conversation: Conversation,
    *,
    begin: Mode,
    end: Mode,
    step: str,
    now: datetime,
    close_reason: str | None = None,
) -> None:
    """Write down what a step between modes means for who deals with the conversation."""
    if begin not in _PEOPLE and end not in _PEOPLE:
        return
    known = await current(session, conversation.id) if begin in _PEOPLE else None
    if begin is Mode.QUEUED and end is Mode.HUMAN:
        known = known or _opened(session, conversation, now)
        known.staff_id, known.claimed_at = conversation.assignee_id, now
        return
    if known is not None:
        known.ended_at, known.outcome, known.close_reason = now, step, close_reason
    if end in _PEOPLE:
        fresh = _opened(session, conversation, now)
        if end is Mode.HUMAN:
            fresh.staff_id, fresh.claimed_at = conversation.assignee_id, now


def _opened(session: AsyncSession, conversation: Conversation, now: datetime) -> Handling:
    handling = Handling(
        conversation_id=conversation.id,
        channel=conversation.channel,
        reason=conversation.reason,
        skill=conversation.skill,
        priority=conversation.priority,
        opened_at=now,
    )
    session.add(handling)
    return handling


async def replied(session: AsyncSession, conversation_id: uuid.UUID, now: datetime) -> None:
    """The specialist has written; only the first time counts."""
    known = await current(session, conversation_id)
    if known is not None and known.first_reply_at is None:
        known.first_reply_at = now
