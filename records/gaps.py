"""What customers asked and no text answered."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words
from records.masking import mask_text

LONGEST = 500


class GapReason(enum.StrEnum):
    """Nothing was found, or what was found must not be said."""

    UNKNOWN = "unknown"
    REFUSED = "refused"


class KnowledgeGap(Base):
    """One question without an answer; its words are masked, the conversation leads to the rest."""

    __tablename__ = "knowledge_gaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    turn_id: Mapped[uuid.UUID]
    intent: Mapped[str] = mapped_column(String(64))
    product_code: Mapped[str | None] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(Text)
    reason: Mapped[GapReason] = mapped_column(words(GapReason))
    asked_at: Mapped[Moment] = mapped_column(index=True)


@dataclass(frozen=True)
class FrequentGap:
    """Questions of one intent and product without an answer: how many, and the latest in words."""

    intent: str
    product_code: str | None
    times: int
    latest: str
    last_asked_at: datetime


def note_gap(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    turn_id: uuid.UUID,
    intent: str,
    product_code: str | None,
    question: str,
    reason: GapReason,
    asked_at: datetime,
) -> None:
    """Remembers a question that got no answer, in the caller's transaction."""
    session.add(
        KnowledgeGap(
            conversation_id=conversation_id,
            turn_id=turn_id,
            intent=intent,
            product_code=product_code,
            question=mask_text(question[:LONGEST]),
            reason=reason,
            asked_at=asked_at,
        )
    )


async def frequent_gaps(session: AsyncSession, since: datetime) -> Sequence[FrequentGap]:
    """What was asked and not answered since a moment, most frequent first."""
    times = func.count(KnowledgeGap.id)
    last = func.max(KnowledgeGap.asked_at)
    latest = func.array_agg(aggregate_order_by(KnowledgeGap.question, KnowledgeGap.asked_at.desc()))
    rows = await session.execute(
        select(KnowledgeGap.intent, KnowledgeGap.product_code, times, latest, last)
        .where(KnowledgeGap.asked_at >= since)
        .group_by(KnowledgeGap.intent, KnowledgeGap.product_code)
        .order_by(times.desc(), last.desc())
    )
    return [FrequentGap(intent, code, number, said[0], at) for intent, code, number, said, at in rows]
