"""The insurer's own people and how they log in: argon2 passwords, a lock after wrong ones.

A wrong log-in is counted for the name typed, whether or not somebody has it, so that a lock tells nothing.
"""

from __future__ import annotations

import asyncio
import enum
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import BigInteger, String, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import second_factor
from records.base import Base, Moment
from records.columns import words

WRONG_LOGINS = 5
LOGIN_LOCK = timedelta(minutes=15)
SHORTEST_PASSWORD = 8
SKILLS = ("policy", "payment", "claim", "complaint")
_LONGEST_PASSWORD = 256

_hasher = PasswordHasher()
_NOBODY_HASH = _hasher.hash(secrets.token_urlsafe(16))


class Role(enum.StrEnum):
    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Staff(Base):
    """One colleague; `number` is what customers are told (林专员 1001)."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(16), unique=True)
    role: Mapped[Role] = mapped_column(words(Role))
    skills: Mapped[list[str]] = mapped_column(JSONB, default=list)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[Moment | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def actor(self) -> str:
        """How events and the audit name this colleague."""
        return f"staff:{self.id}"


class LoginFailure(Base):
    """Wrong log-ins in a row under one name."""

    __tablename__ = "login_failures"

    login_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failed: Mapped[int]
    last_at: Mapped[Moment]
    locked_until: Mapped[Moment | None]


@dataclass(frozen=True)
class Authenticated:
    staff: Staff


@dataclass(frozen=True)
class WrongLogin:
    """The login or the password is wrong, or the account is closed."""


@dataclass(frozen=True)
class CodeRequired:
    """The password fits, and the code of the second factor is missing."""


@dataclass(frozen=True)
class WrongCode:
    """The password fits, the code does not."""


@dataclass(frozen=True)
class LoginLocked:
    until: datetime


async def hash_password(password: str, *, shortest: int = SHORTEST_PASSWORD) -> str:
    """The argon2id hash of a password. Raises ValueError for one that is too short or too long."""
    if not shortest <= len(password) <= _LONGEST_PASSWORD:
        raise ValueError(f"A password has {shortest} to {_LONGEST_PASSWORD} characters.")
    return await asyncio.to_thread(_hasher.hash, password)


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def authenticate(
    session: AsyncSession, *, login: str, password: str, now: datetime, code: str | None = None
) -> Authenticated | WrongLogin | WrongCode | CodeRequired | LoginLocked:
    """Checks a log-in. Commit afterwards whatever the outcome, or wrong ones are not counted.

    A wrong code counts like a wrong password, and a right password alone clears nothing.
    """
    key = hashlib.sha256(login.strip().lower().encode()).hexdigest()
    failure = await session.get(LoginFailure, key, with_for_update=True)
    if failure is not None and failure.locked_until is not None and failure.locked_until > now:
        return LoginLocked(failure.locked_until)
    staff = await by_login(session, login)
    known = staff.password_hash if staff is not None and staff.active else _NOBODY_HASH
    fits = len(password) <= _LONGEST_PASSWORD and await asyncio.to_thread(_fits, known, password)
    if staff is not None and staff.active and fits:
        if second_factor.enrolled(staff):
            if not code:
                return CodeRequired()
            if not await second_factor.accepts(session, staff, code, now):
                locked = await _count_failure(session, key, failure, now)
                return locked if isinstance(locked, LoginLocked) else WrongCode()
        if failure is not None:
            await session.delete(failure)
        if _hasher.check_needs_rehash(staff.password_hash):
            staff.password_hash = await asyncio.to_thread(_hasher.hash, password)
        await session.flush()
        return Authenticated(staff)
    return await _count_failure(session, key, failure, now)


async def _count_failure(
    session: AsyncSession, key: str, failure: LoginFailure | None, now: datetime
) -> WrongLogin | LoginLocked:
    stale = failure is not None and failure.last_at < now - LOGIN_LOCK
    again = {"failed": 1 if stale else LoginFailure.failed + 1, "last_at": now}
    failed = (
        await session.execute(
            insert(LoginFailure)
            .values(login_hash=key, failed=1, last_at=now)
            .on_conflict_do_update(index_elements=["login_hash"], set_=again)
            .returning(LoginFailure.failed),
            execution_options={"populate_existing": True},
        )
    ).scalar_one()
    if failed < WRONG_LOGINS:
        return WrongLogin()
    until = now + LOGIN_LOCK
    counted = await session.get(LoginFailure, key, populate_existing=True)
    if counted is not None:
        counted.locked_until = until
        counted.failed = 0
        await session.flush()
    return LoginLocked(until)


async def by_login(session: AsyncSession, login: str) -> Staff | None:
    return (await session.scalars(select(Staff).where(Staff.login == login.strip().lower()))).one_or_none()


async def add_staff(
    session: AsyncSession,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    skills: list[str] | None = None,
    number: str | None = None,
    shortest: int = SHORTEST_PASSWORD,
) -> Staff:
    """A new colleague; without `number` the next free one.

    Raises ValueError when the login is taken or the password has fewer than `shortest` characters.
    """
    login = login.strip().lower()
    if await by_login(session, login) is not None:
        raise ValueError(f"There is already a colleague with the login {login}.")
    staff = Staff(
        login=login,
        name=name,
        number=number or await _next_number(session),
        role=role,
        skills=skills or [],
        password_hash=await hash_password(password, shortest=shortest),
    )
    session.add(staff)
    await session.flush()
    return staff


async def set_password(
    session: AsyncSession, staff: Staff, password: str, *, shortest: int = SHORTEST_PASSWORD
) -> None:
    """Replaces a password. Raises ValueError for one with fewer than `shortest` characters."""
    staff.password_hash = await hash_password(password, shortest=shortest)
    await session.flush()


_FIRST_NUMBER = 1001


async def _next_number(session: AsyncSession) -> str:
    taken = [int(number) for number in await session.scalars(select(Staff.number)) if number.isdigit()]
    return str(max([_FIRST_NUMBER - 1, *taken]) + 1)
