"""Wrong tries at proving an identity, and the locks they lead to.

A conversation or an address with too many wrong tries is locked: no identity step for a while. A person has a
lock of their own, kept apart and never shown: it only stops codes from being sent.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, String, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words


@dataclass(frozen=True)
class IdentityLimits:
    """What the identity step allows. `tries` are counted over the length of a lock."""

    tries: int = 5
    lock_minutes: int = 30
    code_minutes: int = 5
    codes_per_phone_hour: int = 5
    codes_per_conversation_hour: int = 10

    @property
    def lock(self) -> timedelta:
        return timedelta(minutes=self.lock_minutes)


DEFAULT_LIMITS = IdentityLimits()


class Scope(enum.StrEnum):
    CONVERSATION = "conversation"
    ADDRESS = "address"
    PERSON = "person"


class IdentityTry(Base):
    """A wrong name or ID tail, or a wrong code; forgiven once the person it was aimed at passes."""

    __tablename__ = "identity_tries"
    __table_args__ = (
        Index("ix_identity_tries_conversation", "conversation_id", "at"),
        Index("ix_identity_tries_address", "address", "at"),
        Index("ix_identity_tries_customer", "customer_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID]
    address: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[str | None] = mapped_column(String(32))
    forgiven: Mapped[bool] = mapped_column(default=False)
    at: Mapped[Moment]


class IdentityLock(Base):
    __tablename__ = "identity_locks"

    scope: Mapped[Scope] = mapped_column(words(Scope), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[Moment]


async def hold(session: AsyncSession, address: str) -> None:
    """Makes the identity steps of one address take turns, so that parallel tries are all counted."""
    if address:
        key = func.hashtextextended(f"identity:{address}", 0)
        await session.execute(select(func.pg_advisory_xact_lock(key)))


async def locked_until(
    session: AsyncSession, *, conversation_id: uuid.UUID, address: str, now: datetime
) -> datetime | None:
    """When the lock of the conversation or its address ends; None when neither is locked."""
    ends = [
        await _lock_end(session, Scope.CONVERSATION, str(conversation_id), now),
        await _lock_end(session, Scope.ADDRESS, address, now) if address else None,
    ]
    return max((end for end in ends if end is not None), default=None)


async def person_locked(session: AsyncSession, customer_id: str, now: datetime) -> bool:
    """Whether codes to this person are stopped for now."""
    return await _lock_end(session, Scope.PERSON, customer_id, now) is not None


async def add_wrong_try(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    customer_id: str | None,
    now: datetime,
    limits: IdentityLimits,
) -> int:
    """Counts a wrong try and locks what has had too many; returns how many the conversation has left."""
    session.add(
        IdentityTry(conversation_id=conversation_id, address=address, customer_id=customer_id, at=now)
    )
    await session.flush()
    since = now - limits.lock
    in_conversation = await _count(session, IdentityTry.conversation_id == conversation_id, since)
    at_address = await _count(session, IdentityTry.address == address, since) if address else 0
    left = limits.tries - max(in_conversation, at_address)
    if left <= 0:
        await _lock(session, Scope.CONVERSATION, str(conversation_id), now + limits.lock)
        if address:
            await _lock(session, Scope.ADDRESS, address, now + limits.lock)
    if customer_id is not None:
        at_person = await _count(session, IdentityTry.customer_id == customer_id, since)
        if at_person >= limits.tries:
            await _lock(session, Scope.PERSON, customer_id, now + limits.lock)
    return max(left, 0)


async def forgive(session: AsyncSession, customer_id: str) -> None:
    """Forgets the wrong tries at a person who has now proved who they are, and nobody else's."""
    await session.execute(
        update(IdentityTry).where(IdentityTry.customer_id == customer_id).values(forgiven=True)
    )


async def _count(session: AsyncSession, whose: ColumnElement[bool], since: datetime) -> int:
    return (
        await session.execute(
            select(func.count())
            .select_from(IdentityTry)
            .where(whose, IdentityTry.at > since, ~IdentityTry.forgiven)
        )
    ).scalar_one()


async def _lock_end(session: AsyncSession, scope: Scope, key: str, now: datetime) -> datetime | None:
    return (
        await session.execute(
            select(IdentityLock.until).where(
                IdentityLock.scope == scope, IdentityLock.key == key, IdentityLock.until > now
            )
        )
    ).scalar_one_or_none()


async def _lock(session: AsyncSession, scope: Scope, key: str, until: datetime) -> None:
    await session.execute(
        insert(IdentityLock)
        .values(scope=scope, key=key, until=until)
        .on_conflict_do_update(index_elements=["scope", "key"], set_={"until": until})
    )
