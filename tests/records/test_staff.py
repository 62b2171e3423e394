from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from records.base import Sessions
from records.staff import (
    LOGIN_LOCK,
    Authenticated,
    LoginLocked,
    Role,
    Staff,
    WrongLogin,
    add_staff,
    authenticate,
    hash_password,
    set_password,
)
from records.staff_sessions import (
    ABSOLUTE_LIMIT,
    IDLE_LIMIT,
    StaffSession,
    csrf_fits,
    log_in,
    log_out,
    log_out_everywhere,
    staff_of,
)
from tests.conftest import DEMO_PASSWORD


async def _try(
    sessions: Sessions, login: str, password: str, now: datetime
) -> Authenticated | WrongLogin | LoginLocked:
    async with sessions.begin() as session:
        return await authenticate(session, login=login, password=password, now=now)


async def test_the_right_password_logs_in(demo: Sessions, now: datetime) -> None:
    outcome = await _try(demo, " Lin ", DEMO_PASSWORD, now)
    assert isinstance(outcome, Authenticated)
    assert (outcome.staff.name, outcome.staff.role) == ("林专员", Role.SPECIALIST)
    assert outcome.staff.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("login", ["lin", "nobody"])
async def test_five_wrong_log_ins_lock_the_name_known_or_not(
    demo: Sessions, now: datetime, login: str
) -> None:
    outcomes = [await _try(demo, login, "wrong-password", now) for _ in range(5)]
    assert outcomes == [WrongLogin()] * 4 + [LoginLocked(now + LOGIN_LOCK)]
    assert await _try(demo, login, DEMO_PASSWORD, now) == LoginLocked(now + LOGIN_LOCK)


async def test_after_the_lock_and_after_success_counting_starts_anew(demo: Sessions, now: datetime) -> None:
    for _ in range(5):
        await _try(demo, "lin", "wrong-password", now)
    later = now + LOGIN_LOCK
    assert await _try(demo, "lin", "wrong-password", later) == WrongLogin()
    for _ in range(3):
        await _try(demo, "lin", "wrong-password", later)
    assert isinstance(await _try(demo, "lin", DEMO_PASSWORD, later), Authenticated)
    assert await _try(demo, "lin", "wrong-password", later) == WrongLogin()


async def test_a_closed_account_is_like_a_wrong_password(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        (await session.scalars(select(Staff).where(Staff.login == "lin"))).one().active = False
    assert await _try(demo, "lin", DEMO_PASSWORD, now) == WrongLogin()


async def test_very_long_and_empty_passwords_are_wrong(demo: Sessions, now: datetime) -> None:
    assert await _try(demo, "lin", "", now) == WrongLogin()
    assert await _try(demo, "lin", "x" * 100_000, now) == WrongLogin()


@pytest.mark.parametrize("password", ["short", "x" * 300])
async def test_unfit_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValueError, match="8 to 256"):
        await hash_password(password)


async def test_colleagues_are_added_with_the_next_number(demo: Sessions) -> None:
    async with demo.begin() as session:
        added = await add_staff(
            session,
            login="Zhao",
            name="赵专员",
            role=Role.SPECIALIST,
            password="long-enough",
            skills=["policy"],
        )
        assert (added.login, added.number) == ("zhao", "1006")
        with pytest.raises(ValueError, match="zhao"):
            await add_staff(session, login="zhao", name="赵", role=Role.ADMIN, password="long-enough")


async def _lin(sessions: Sessions, now: datetime) -> tuple[Staff, str, str]:
    async with sessions.begin() as session:
        staff = (await session.scalars(select(Staff).where(Staff.login == "lin"))).one()
        opened = await log_in(session, staff, now=now)
    return staff, opened.token, opened.csrf


async def test_a_session_belongs_to_who_opened_it(demo: Sessions, now: datetime) -> None:
    staff, token, csrf = await _lin(demo, now)
    async with demo() as session:
        found = await staff_of(session, token, now=now)
        stored = (await session.scalars(select(StaffSession))).one()
        assert await staff_of(session, token + "x", now=now) is None
    assert found is not None
    assert found.id == staff.id
    assert token not in {stored.token_hash, csrf}
    assert csrf_fits(token, csrf)
    assert not csrf_fits(token, None)
    assert not csrf_fits(token, "ü")
    assert not csrf_fits(token + "x", csrf)


async def test_a_session_ends_when_idle_and_after_a_working_day(demo: Sessions, now: datetime) -> None:
    _, token, _ = await _lin(demo, now)
    async with demo.begin() as session:
        assert await staff_of(session, token, now=now + IDLE_LIMIT) is None
        at = now
        while at + IDLE_LIMIT / 2 < now + ABSOLUTE_LIMIT:
            at += IDLE_LIMIT / 2
            assert await staff_of(session, token, now=at) is not None or at >= now + ABSOLUTE_LIMIT
        assert await staff_of(session, token, now=now + ABSOLUTE_LIMIT) is None


async def test_logging_out_ends_this_session_or_all(demo: Sessions, now: datetime) -> None:
    staff, first, _ = await _lin(demo, now)
    _, second, _ = await _lin(demo, now)
    _, third, _ = await _lin(demo, now)
    async with demo.begin() as session:
        await log_out(session, first)
    async with demo.begin() as session:
        assert await staff_of(session, first, now=now) is None
        assert await staff_of(session, second, now=now) is not None
        await set_password(session, staff, "another-password")
        await log_out_everywhere(session, staff.id)
    async with demo() as session:
        assert await staff_of(session, second, now=now) is None
        assert await staff_of(session, third, now=now) is None


async def test_ended_sessions_are_forgotten_at_the_next_log_in(demo: Sessions, now: datetime) -> None:
    await _lin(demo, now)
    await _lin(demo, now + ABSOLUTE_LIMIT + timedelta(seconds=1))
    async with demo() as session:
        assert len((await session.scalars(select(StaffSession))).all()) == 1
