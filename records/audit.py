"""The append-only audit: one hash chain per subject (a conversation, a case, a customer).

Entries carry ids and codes only, so that chains neither block each other nor stand in the way of erasing a
person. A database trigger refuses UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
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


async def search(
    session: AsyncSession,
    *,
    subject: str | None,
    actor: str | None,
    action: str | None,
    before: int | None,
    limit: int,
) -> list[AuditEntry]:
    """Entries that fit all that is given, newest first, from below the id `before`."""
    chosen = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    for column, value in (
        (AuditEntry.subject, subject),
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
    ):
        if value is not None:
            chosen = chosen.where(column == value)
    if before is not None:
        chosen = chosen.where(AuditEntry.id < before)
    return list(await session.scalars(chosen))


@dataclass(frozen=True)
class Verified:
    """What a check of everything found; `broken` names the subjects with the entry where they fail."""

    entries: int
    chains: int
    broken: list[tuple[str, int]]


async def verify(session: AsyncSession) -> Verified:
    """Recompute every chain."""
    broken: dict[str, int] = {}
    chains: set[str] = set()
    counted, subject, expected, previous = 0, "", 0, _START
    rows = await session.stream_scalars(
        select(AuditEntry).order_by(AuditEntry.subject, AuditEntry.seq).execution_options(yield_per=1000)
    )
    async for entry in rows:
        if entry.subject != subject:
            subject, expected, previous = entry.subject, 0, _START
            chains.add(subject)
        expected += 1
        counted += 1
        if not _holds(entry, expected, previous):
            broken.setdefault(subject, expected)
        previous = entry.hash
    return Verified(counted, len(chains), list(broken.items()))


def _holds(entry: AuditEntry, expected: int, previous: str) -> bool:
    return entry.seq == expected and entry.previous_hash == previous and entry.hash == entry_hash(entry)


async def first_broken(session: AsyncSession, subject: str) -> int | None:
    """The `seq` at which the subject's chain no longer holds; None when it is whole."""
    previous = _START
    for expected, entry in enumerate(await entries(session, subject), start=1):
        if not _holds(entry, expected, previous):
            return expected
        previous = entry.hash
    return None
