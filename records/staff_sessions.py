"""Log-ins at the desk, kept on the server: the browser holds a random token, we hold its SHA-256.

The CSRF value is derived from the token, so that it can be told again without being stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.staff import Staff

IDLE_LIMIT = timedelta(minutes=60)
ABSOLUTE_LIMIT = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=1)


class StaffSession(Base):
    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)


@dataclass(frozen=True)
class LoggedIn:
    """A fresh log-in: `token` goes into the cookie, `csrf` into the page."""

    token: str
    csrf: str
    expires_at: datetime


def csrf_of(token: str) -> str:
    """What the page must send along with every change."""
    return hashlib.sha256(f"csrf:{token}".encode()).hexdigest()[:40]


def csrf_fits(token: str, given: str | None) -> bool:
    return given is not None and hmac.compare_digest(csrf_of(token).encode(), given.encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def log_in(
    session: AsyncSession, staff: Staff, *, now: datetime, address: str = "", agent: str = ""
) -> LoggedIn:
    """Opens a session for a colleague; forgets sessions that have ended.

    `address` and `agent` (the browser) tell the colleague later which session is which.
    """
    await session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    expires_at = now + ABSOLUTE_LIMIT
    session.add(
        StaffSession(
            token_hash=_hash(token),
            address=address[:64],
            agent=agent[:200],
            staff_id=staff.id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return LoggedIn(token=token, csrf=csrf_of(token), expires_at=expires_at)


async def staff_of(session: AsyncSession, token: str, *, now: datetime, touch: bool = True) -> Staff | None:
    """The colleague a token belongs to; None when unknown, idle or expired, or the account is closed.

    With `touch` the session was used by the person and is idle anew from now.
    """
    found = await session.get(StaffSession, _hash(token))
    if found is None or found.expires_at <= now or found.seen_at + IDLE_LIMIT <= now:
        return None
    staff = await session.get(Staff, found.staff_id)
    if staff is None or not staff.active:
        return None
    if touch and now - found.seen_at >= _TOUCH_EVERY:
        found.seen_at = now
        await session.flush()
    return staff


async def open_of(session: AsyncSession, staff_id: int, *, now: datetime) -> list[StaffSession]:
    """A colleague's sessions that still live, newest first."""
    return list(
        await session.scalars(
            select(StaffSession)
            .where(
                StaffSession.staff_id == staff_id,
                StaffSession.expires_at > now,
                StaffSession.seen_at > now - IDLE_LIMIT,
            )
            .order_by(StaffSession.created_at.desc())
        )
    )


def belongs(session: StaffSession, token: str) -> bool:
    """Whether this is the session of the browser that holds the token."""
    return session.token_hash == _hash(token)


async def end(session: AsyncSession, staff_id: int, session_id: uuid.UUID) -> bool:
    """Ends one session of a colleague; False when they have no such session."""
    gone = await session.execute(
        delete(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.id == session_id)
        .returning(StaffSession.id)
    )
    return gone.first() is not None


async def log_out(session: AsyncSession, token: str) -> None:
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


async def log_out_everywhere(session: AsyncSession, staff_id: int) -> None:
    """Ends every session of a colleague, after a changed password or a closed account."""
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
