"""The embedded PostgreSQL starts wherever the project lies, with our password only, and never half-made."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
import pytest

from app import postgres as postgres_module
from app.child import Child
from app.errors import AppError
from app.postgres import Postgres


@pytest.fixture
async def server(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Postgres]:
    """A cluster that runs."""
    made = Postgres(tmp_path / "postgres", free_port(), "right", tmp_path / "postgres.log")
    assert made.create()
    child = Child(made.spec(), print)
    await child.start()
    yield made
    await child.stop()


async def test_lets_nobody_in_without_the_password(server: Postgres) -> None:
    assert await server.answers()
    assert not server.create()
    wrong = Postgres(server.folder, server.port, "wrong", server.folder / "log")
    with pytest.raises(AppError, match=r"secrets\.json"):
        await wrong.answers()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host="127.0.0.1", port=server.port, user="baodan", dbname="postgres", connect_timeout=3
        )


async def test_leaves_no_password_on_disk(server: Postgres) -> None:
    files = [path for path in server.folder.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if path.stat().st_size < 10_000 and b"right" in path.read_bytes()]


async def test_the_database_is_made_once(server: Postgres) -> None:
    await server.create_database()
    await server.create_database()
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        assert connection.execute("select current_database()").fetchone() == ("baodan",)


def test_an_interrupted_creation_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = Postgres(tmp_path / "postgres", 1, "right", tmp_path / "log")
    assert server.create()
    assert (server.data / "global" / "pg_control").exists()
    assert not half.exists()


async def test_starts_in_a_folder_that_is_closed_to_others(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in root's home: neither the binaries nor the data can be reached by the user the server runs as."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    package = postgres_module._binaries().parents[1]
    for folder in (package / "pginstall18", package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, home / folder.relative_to(package.parent), copy_function=_link)
    monkeypatch.setattr(postgres_module, "_binaries", lambda: home / package.name / "pginstall18" / "bin")
    server = Postgres(home / "postgres", free_port(), "right", home / "postgres.log")
    server.create()
    child = Child(server.spec(), print)
    await child.start()
    assert await server.answers()
    await child.stop()


def _link(source: str, target: str) -> str:
    """A second name for the file, or a copy where the folders are on two disks."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
