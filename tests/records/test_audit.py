from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import text

from records import audit
from records.base import Sessions
from records.errors import PersonalDataInAuditError


async def _three(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as session:
        for action in ("opened", "claimed", "closed"):
            await audit.append(
                session,
                subject="conversation:1",
                actor="staff:1",
                action=action,
                detail={"epoch": 1, "来源": "web"},
                now=now,
            )


async def test_entries_form_a_chain(sessions: Sessions, now: datetime) -> None:
    await _three(sessions, now)
    async with sessions() as session:
        chain = await audit.entries(session, "conversation:1")
        assert [entry.seq for entry in chain] == [1, 2, 3]
        assert [entry.previous_hash for entry in chain[1:]] == [entry.hash for entry in chain[:-1]]
        assert await audit.first_broken(session, "conversation:1") is None


@pytest.mark.parametrize(
    ("tampering", "seq"),
    [
        ("UPDATE audit SET actor = 'staff:2' WHERE seq = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit SET at = at - interval '1 hour' WHERE seq = 1", 1),
    ],
)
async def test_tampering_past_the_trigger_shows(
    sessions: Sessions, now: datetime, tampering: str, seq: int
) -> None:
    await _three(sessions, now)
    async with sessions.begin() as session:
        await session.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_rows_stay"))
        await session.execute(text(tampering))
    async with sessions() as session:
        assert await audit.first_broken(session, "conversation:1") == seq


async def test_subjects_have_chains_of_their_own(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as session:
        first = await audit.append(session, subject="case:1", actor="bot", action="opened", now=now)
        second = await audit.append(session, subject="case:2", actor="bot", action="opened", now=now)
    assert (first.seq, second.seq) == (1, 1)


async def test_parallel_entries_of_one_subject_stay_one_chain(sessions: Sessions, now: datetime) -> None:
    async def one(number: int) -> None:
        async with sessions.begin() as session:
            await audit.append(session, subject="case:1", actor=f"staff:{number}", action="seen", now=now)

    await asyncio.gather(*(one(number) for number in range(8)))
    async with sessions() as session:
        assert len(await audit.entries(session, "case:1")) == 8
        assert await audit.first_broken(session, "case:1") is None


async def test_a_chain_waits_for_no_other(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as held, sessions.begin() as other:
        await audit.append(held, subject="case:1", actor="bot", action="opened", now=now)
        await asyncio.wait_for(
            audit.append(other, subject="case:2", actor="bot", action="opened", now=now), timeout=5
        )


@pytest.mark.parametrize("secret", ["13800001001", "110105198803124533", "6222020200001234562"])
async def test_personal_numbers_are_refused(sessions: Sessions, secret: str) -> None:
    async with sessions.begin() as session:
        with pytest.raises(PersonalDataInAuditError):
            await audit.append(
                session, subject="case:1", actor="bot", action="noted", detail={"phone": secret}
            )


async def test_all_chains_are_verified_and_a_changed_entry_is_found(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for subject in ("case:1", "case:2"):
            for action in ("opened", "closed"):
                await audit.append(session, subject=subject, actor="staff:1", action=action)
        whole = await audit.verify(session)
    assert (whole.entries, whole.chains, whole.broken) == (4, 2, [])
    async with sessions.begin() as session:
        await session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        await session.execute(text("UPDATE audit SET actor = 'staff:9' WHERE subject = 'case:2' AND seq = 2"))
        await session.execute(text("DELETE FROM audit WHERE subject = 'case:1' AND seq = 1"))
    async with sessions() as session:
        assert (await audit.verify(session)).broken == [("case:1", 1), ("case:2", 2)]


async def test_entries_are_searched_newest_first_page_by_page(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for number in range(5):
            await audit.append(session, subject=f"case:{number}", actor="staff:1", action="opened")
        await audit.append(session, subject="case:0", actor="staff:2", action="closed")
    async with sessions() as session:
        look = {"subject": None, "actor": "staff:1", "action": None}
        first = await audit.search(session, **look, before=None, limit=3)
        rest = await audit.search(session, **look, before=first[-1].id, limit=3)
    assert [one.subject for one in first + rest] == [f"case:{n}" for n in (4, 3, 2, 1, 0)]
