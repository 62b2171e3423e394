"""A real PostgreSQL for every test that asks for one: one server a run, a fresh migrated database a test.

Imports of our rooms stand inside the fixtures, since `tests/bot` runs in `.venv-rasa` where they are missing.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from app.postgres import Postgres
    from records.base import Sessions
    from tests.product import Product

TEMPLATE = "template_baodan"
DEMO_TEMPLATE = "template_demo"
DEMO_PASSWORD = "demo-password"
"""Of all demo staff in the database that `demo` gives."""
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=timezone.utc)  # noqa: UP017 - tests/bot runs on Python 3.10
"""Ten in the morning in Shanghai."""
_CLUSTER_BYTES = 3 * 2**30
_NO_SAFETY = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
_NO_WAITING = ("-c", "authentication_timeout=3s")
"""A connection cancelled while it logs in would hold up `drop database` for the usual minute."""
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks whatever asks for PostgreSQL, by whichever fixture: `make check` leaves it to `make test`."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Gives a loopback port nobody listens on."""
    import socket

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


def _running(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Product]:
    from tests.product import Product

    running = Product(tmp_path_factory.mktemp("product"), free_port)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Product]:
    """The whole product, started once for all tests that talk to it."""
    yield from _running(tmp_path_factory, free_port)


@pytest.fixture(scope="session")
def phone_product(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Product]:
    """Another one, for what is said over WeChat."""
    yield from _running(tmp_path_factory, free_port)


@pytest.fixture(scope="session")
def postgres(free_port: Callable[[], int]) -> Iterator[Postgres]:
    """The server of this test run; its data does not survive a crash, which makes it quick."""
    from app.postgres import Postgres

    folder = Path(tempfile.mkdtemp(prefix="baodan-postgres-", dir=_roomy_memory()))
    server = Postgres(folder, free_port(), "test", folder / "postgres.log")
    server.create()
    spec = server.spec()
    with open(spec.log, "wb") as log:
        process = subprocess.Popen(
            [*spec.command, *_NO_SAFETY, *_NO_WAITING], cwd=spec.cwd, env=spec.env, stdout=log, stderr=log
        )
    try:
        _wait_for(server, process, spec.log)
        _run_sql(server, f"create database {TEMPLATE}")
        _migrate(server)
        yield server
    finally:
        process.send_signal(spec.stop_signal)
        process.wait(timeout=20)
        shutil.rmtree(folder)


def _roomy_memory() -> Path | None:
    """The folder kept in memory, where there is one with room for a cluster; None for the usual place."""
    memory = Path("/dev/shm")
    enough = memory.is_dir() and shutil.disk_usage(memory).free >= _CLUSTER_BYTES
    return memory if enough else None


@pytest.fixture
def database_url(postgres: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with all tables for this test alone.

    It is empty, unless the test asks for the fixture `demo_insurer`.
    """
    template = TEMPLATE
    if "demo_insurer" in request.fixturenames:
        template = request.getfixturevalue("demo_template")
    yield from _copy(postgres, template)


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    """Sessions on this test's own database."""
    from records.base import make_engine, make_sessions

    engine = make_engine(database_url)
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture
def now() -> datetime:
    """The moment tests happen at, unless they say otherwise."""
    return NOW


@pytest.fixture
def today(now: datetime) -> date:
    """The Shanghai day of `now`; the demo insurer was loaded on it."""
    from records.calendar import business_date

    return business_date(now)


@pytest.fixture(scope="session")
def demo_template(postgres: Postgres) -> str:
    """Name of a database that holds the demo insurer."""
    _run_sql(postgres, f"create database {DEMO_TEMPLATE} template {TEMPLATE}")
    asyncio.run(_load_demo(_url(postgres, DEMO_TEMPLATE)))
    return DEMO_TEMPLATE


@pytest.fixture
def demo_url(postgres: Postgres, demo_template: str) -> Iterator[str]:
    """The URL of a database that holds the demo insurer, for this test alone."""
    yield from _copy(postgres, demo_template)


@pytest.fixture
async def demo(demo_url: str) -> AsyncIterator[Sessions]:
    """Sessions on this test's own copy of the demo insurer."""
    from records.base import make_engine, make_sessions

    engine = make_engine(demo_url)
    yield make_sessions(engine)
    await engine.dispose()


def _copy(server: Postgres, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _run_sql(server, f"create database {name} template {template} strategy file_copy")
    yield _url(server, name)
    _run_sql(server, f"drop database {name} with (force)")


async def _load_demo(url: str) -> None:
    from records import demo as demo_records
    from records.base import make_engine, make_sessions
    from records.calendar import business_date

    engine = make_engine(url)
    try:
        async with make_sessions(engine).begin() as session:
            await demo_records.load(session, business_date(NOW), DEMO_PASSWORD)
    finally:
        await engine.dispose()


def _url(server: Postgres, database: str) -> str:
    return server.url.rpartition("/")[0] + "/" + database


def _migrate(server: Postgres) -> None:
    from records.migrate import upgrade

    upgrade(_url(server, TEMPLATE))


def _run_sql(server: Postgres, statement: str) -> None:
    import psycopg

    with psycopg.connect(_libpq_url(server), autocommit=True) as connection:
        connection.execute(statement.encode())


def _libpq_url(server: Postgres) -> str:
    return _url(server, "postgres").replace("+psycopg", "")


def _wait_for(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(_libpq_url(server), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
