"""The append-only audit: one hash chain per subject (a conversation, a case, a customer).

Entries carry ids and codes only, so that chains neither block each other nor stand in the way of erasing a
person. A database trigger refuses UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, String, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.errors import PersonalDataInAuditError
from records.masking import holds_personal_number

_START = "0" * 64


class AuditEntry(Base):
    """One thing done: by whom (`staff:3`, `customer:C001`, `bot`, `system`), to what, and when."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("subject", "seq"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    actor: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[Moment]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the entry and the hash before it."""
    content = [
        entry.subject,
        entry.seq,
        entry.actor,
        entry.action,
        entry.detail,
        entry.at.astimezone(UTC).isoformat(),
        entry.previous_hash,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def append(
    session: AsyncSession,
    *,
    subject: str,
    actor: str,
    action: str,
    detail: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> AuditEntry:
    """Adds an entry to the subject's chain within the caller's transaction.

    Raises PersonalDataInAuditError when the detail holds an identity, phone or card number.
    """
    detail = detail or {}
    if holds_personal_number(json.dumps(detail, ensure_ascii=False)):
        raise PersonalDataInAuditError(subject, action)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit:{subject}", 0))))
    last = (
        await session.execute(
            select(AuditEntry.seq, AuditEntry.hash)
            .where(AuditEntry.subject == subject)
            .order_by(AuditEntry.seq.desc())
            .limit(1)
        )
    ).one_or_none()
    entry = AuditEntry(
        subject=subject,
        seq=last.seq + 1 if last else 1,
        actor=actor,
        action=action,
        detail=detail,
        at=now or datetime.now(UTC),
        previous_hash=last.hash if last else _START,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    await session.flush()
    return entry


async def entries(session: AsyncSession, subject: str) -> list[AuditEntry]:
    """A subject's chain from its beginning."""
    return list(
        await session.scalars(
            select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.seq)
        )
    )


async def first_broken(session: AsyncSession, subject: str) -> int | None:
    """The `seq` at which the subject's chain no longer holds; None when it is whole."""
    previous = _START
    for expected, entry in enumerate(await entries(session, subject), start=1):
        if entry.seq != expected or entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return expected
        previous = entry.hash
    return None
