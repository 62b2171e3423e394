"""One-time codes: a challenge is opened, its code goes out by SMS, and the code comes back or does not.

A challenge whose subject does not exist, has no phone, or has had too many codes looks exactly like any
other; its code was sent to nobody and no code answers it. Codes have six digits and are kept salted and
hashed.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import attempts, sms
from records.attempts import IdentityLimits
from records.base import Base, Moment
from records.columns import words
from records.sms import SmsPurpose

_DIGITS = 6
_HOUR = timedelta(hours=1)


class Outcome(enum.StrEnum):
    PASSED = "passed"
    REPLACED = "replaced"
    EXPIRED = "expired"
    LOCKED = "locked"


@dataclass(frozen=True)
class Wrong:
    """The code was wrong, or nothing was sent; both look the same."""

    attempts_left: int


@dataclass(frozen=True)
class Locked:
    """Too many wrong tries: no identity step for this conversation and address before `until`."""

    until: datetime


@dataclass(frozen=True)
class Expired:
    """There is no live code: it is too old, or none was asked for."""


@dataclass(frozen=True)
class Target:
    """What a code proves, and the phone it goes to; without a phone no code is sent."""

    phone: str | None
    customer_id: str | None = None
    ticket: str | None = None


NOBODY = Target(phone=None)


class IdentityChallenge(Base):
    """At most one is open per conversation and purpose. `told` is the hash of what was typed to open it."""

    __tablename__ = "identity_challenges"
    __table_args__ = (
        Index(
            "uq_identity_challenges_open",
            "conversation_id",
            "purpose",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    purpose: Mapped[SmsPurpose] = mapped_column(words(SmsPurpose))
    told: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[str | None] = mapped_column(String(32))
    ticket: Mapped[str | None] = mapped_column(String(24))
    phone: Mapped[str | None] = mapped_column(String(20))
    sent: Mapped[bool]
    salt: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64))
    wrong_codes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome))


def _hash(salt: str, value: str) -> str:
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


async def open_challenge(
    session: AsyncSession, conversation_id: uuid.UUID, purpose: SmsPurpose
) -> IdentityChallenge | None:
    return (
        await session.scalars(
            select(IdentityChallenge).where(
                IdentityChallenge.conversation_id == conversation_id,
                IdentityChallenge.purpose == purpose,
                IdentityChallenge.ended_at.is_(None),
            )
        )
    ).one_or_none()


async def repeatable(
    session: AsyncSession, conversation_id: uuid.UUID, purpose: SmsPurpose
) -> IdentityChallenge | None:
    """The newest challenge, if it is open or has merely run out of time."""
    newest = (
        await session.scalars(
            select(IdentityChallenge)
            .where(
                IdentityChallenge.conversation_id == conversation_id,
                IdentityChallenge.purpose == purpose,
            )
            .order_by(IdentityChallenge.ended_at.is_(None).desc(), IdentityChallenge.created_at.desc())
            .limit(1)
        )
    ).one_or_none()
    return newest if newest is not None and newest.outcome in (None, Outcome.EXPIRED) else None


async def begin(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    purpose: SmsPurpose,
    told: str,
    target: Target,
    now: datetime,
    limits: IdentityLimits,
) -> IdentityChallenge | None:
    """Opens a challenge and sends its code if it may be sent; None when conversation or address is locked.

    An open challenge is replaced. When something else had been typed for it and no code was tried, it counts
    as a wrong try, whether or not the person exists, so that counting tells nothing.
    """
    await attempts.hold(session, address)
    locked = await attempts.locked_until(session, conversation_id=conversation_id, address=address, now=now)
    if locked is not None:
        return None
    told = _hash(str(conversation_id), told)
    previous = await open_challenge(session, conversation_id, purpose)
    if previous is not None:
        await _end(session, previous, Outcome.REPLACED, now)
        if previous.told != told and not previous.wrong_codes:
            left = await attempts.add_wrong_try(
                session,
                conversation_id=conversation_id,
                address=address,
                customer_id=None,
                now=now,
                limits=limits,
            )
            if not left:
                return None
    return await _open(session, conversation_id, purpose, told, target, now, limits)


async def repeat(
    session: AsyncSession,
    previous: IdentityChallenge,
    *,
    address: str,
    now: datetime,
    limits: IdentityLimits,
) -> IdentityChallenge | None:
    """Replaces a challenge by one with a fresh code for the same subject; no wrong try."""
    await attempts.hold(session, address)
    conversation_id = previous.conversation_id
    locked = await attempts.locked_until(session, conversation_id=conversation_id, address=address, now=now)
    if locked is not None:
        return None
    if previous.ended_at is None:
        await _end(session, previous, Outcome.REPLACED, now)
    target = Target(previous.phone, customer_id=previous.customer_id, ticket=previous.ticket)
    return await _open(session, conversation_id, previous.purpose, previous.told, target, now, limits)


async def _end(session: AsyncSession, challenge: IdentityChallenge, outcome: Outcome, now: datetime) -> None:
    challenge.outcome = outcome
    challenge.ended_at = now
    await session.flush()


async def _open(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    purpose: SmsPurpose,
    told: str,
    target: Target,
    now: datetime,
    limits: IdentityLimits,
) -> IdentityChallenge:
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    salt = secrets.token_hex(16)
    challenge = IdentityChallenge(
        conversation_id=conversation_id,
        purpose=purpose,
        told=told,
        customer_id=target.customer_id,
        ticket=target.ticket,
        phone=target.phone,
        sent=await _may_send(session, conversation_id, target, now, limits),
        salt=salt,
        code_hash=_hash(salt, code),
        created_at=now,
        expires_at=now + timedelta(minutes=limits.code_minutes),
    )
    session.add(challenge)
    if challenge.sent and target.phone is not None:
        await sms.queue_code(
            session, phone=target.phone, purpose=purpose, code=code, minutes=limits.code_minutes, now=now
        )
    await session.flush()
    return challenge


async def _may_send(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    target: Target,
    now: datetime,
    limits: IdentityLimits,
) -> bool:
    if target.phone is None:
        return False
    if target.customer_id is not None and await attempts.person_locked(session, target.customer_id, now):
        return False
    if await sms.codes_since(session, target.phone, now - _HOUR) >= limits.codes_per_phone_hour:
        return False
    opened = await session.execute(
        select(func.count())
        .select_from(IdentityChallenge)
        .where(
            IdentityChallenge.conversation_id == conversation_id,
            IdentityChallenge.created_at > now - _HOUR,
        )
    )
    return opened.scalar_one() < limits.codes_per_conversation_hour


async def answer(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    purpose: SmsPurpose,
    code: str,
    now: datetime,
    limits: IdentityLimits,
    phone: str | None = None,
) -> IdentityChallenge | Wrong | Locked | Expired:
    """The passed challenge, or why the code fails. `phone`: the number that must have been challenged."""
    await attempts.hold(session, address)
    until = await attempts.locked_until(session, conversation_id=conversation_id, address=address, now=now)
    if until is not None:
        return Locked(until)
    challenge = await open_challenge(session, conversation_id, purpose)
    if challenge is None or (phone is not None and challenge.phone != phone):
        return Expired()
    if challenge.expires_at <= now:
        await _end(session, challenge, Outcome.EXPIRED, now)
        return Expired()
    right = hmac.compare_digest(challenge.code_hash, _hash(challenge.salt, code.strip()))
    if right and challenge.sent:
        await _end(session, challenge, Outcome.PASSED, now)
        return challenge
    challenge.wrong_codes += 1
    left = await attempts.add_wrong_try(
        session,
        conversation_id=conversation_id,
        address=address,
        customer_id=challenge.customer_id,
        now=now,
        limits=limits,
    )
    if left:
        return Wrong(left)
    await _end(session, challenge, Outcome.LOCKED, now)
    return Locked(now + limits.lock)
