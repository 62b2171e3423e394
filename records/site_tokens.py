"""Signed tokens of the insurer's own site work once; the SHA-256 of their `jti` is kept until they expire."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import String, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment


class UsedSiteToken(Base):
    __tablename__ = "used_site_tokens"

    jti_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)


async def use(session: AsyncSession, *, jti: str, expires_at: datetime, now: datetime) -> bool:
    """Marks a token as used; False when it was used before. Forgets those that have expired."""
    await session.execute(delete(UsedSiteToken).where(UsedSiteToken.expires_at < now))
    used = await session.execute(
        insert(UsedSiteToken)
        .values(jti_hash=hashlib.sha256(jti.encode()).hexdigest(), expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(UsedSiteToken.jti_hash)
    )
    return used.scalar_one_or_none() is not None
