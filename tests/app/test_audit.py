"""`baodan audit verify` on a database that is whole, and on one that is not."""

from __future__ import annotations

from sqlalchemy import text

from app import audit as command
from records import audit
from records.base import Sessions


async def test_it_says_what_it_checked_and_where_a_chain_is_broken(
    sessions: Sessions, database_url: str
) -> None:
    said: list[str] = []
    async with sessions.begin() as session:
        for _ in range(3):
            await audit.append(session, subject="case:1", actor="staff:1", action="opened")
    assert await command.verify(database_url, said.append)
    assert said == ["3 entries in 1 chains checked, 0 broken."]
    async with sessions.begin() as session:
        await session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        await session.execute(text("UPDATE audit SET action = 'closed' WHERE seq = 2"))
    said.clear()
    assert not await command.verify(database_url, said.append)
    assert said[0] == "The chain of case:1 is broken at entry 2."
