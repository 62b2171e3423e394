"""The migrations make exactly the tables the models describe, and the audit cannot be changed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from records import audit
from records.base import Sessions, make_engine
from records.migrate import upgrade
from records.models import metadata
from records.numbers import SEQUENCES

ROOT = Path(__file__).resolve().parents[2]


async def _inspect(url: str, look: Any) -> Any:
    engine = make_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(look)
    await engine.dispose()
    return found


async def test_models_and_migrations_agree(database_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
        return found

    assert await _inspect(database_url, differences) == []


async def test_every_table_is_made(database_url: str) -> None:
    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    assert await _inspect(database_url, tables) == {*metadata.tables, "alembic_version"}


async def test_every_sequence_is_made(database_url: str) -> None:
    def sequences(connection: Connection) -> set[str]:
        return set(inspect(connection).get_sequence_names())

    assert {sequence.name for sequence in SEQUENCES.values()} <= await _inspect(database_url, sequences)


async def test_two_processes_may_migrate_one_empty_database(database_url: str) -> None:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    command = "import sys; from records.migrate import upgrade; upgrade(sys.argv[1])"
    runs = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", command, database_url, cwd=ROOT)
        for _ in range(2)
    ]
    assert [await run.wait() for run in runs] == [0, 0]
    assert await _inspect(database_url, lambda connection: inspect(connection).has_table("audit"))


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_audit_refuses(sessions: Sessions, change: str) -> None:
    async with sessions.begin() as session:
        await audit.append(session, subject="case:1", actor="staff:1", action="opened")
    async with sessions() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(text(change))
