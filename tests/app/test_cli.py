"""The command line: what every command says to whoever typed it, with a real database behind."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import cli
from records.base import make_engine, make_sessions
from records.customers import Customer
from records.staff import Authenticated, Staff, authenticate

T = TypeVar("T")


@dataclass
class Done:
    """How a command ended: `code` 0 or a sentence in `error`."""

    code: int
    said: str
    error: str


Baodan = Callable[..., Done]


@pytest.fixture
def baodan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Baodan:
    """Runs `baodan` with the given words and environment, and an empty `var/`."""
    monkeypatch.setenv("BAODAN_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(logging.root, "handlers", [])  # `serve` puts its own in their place
    monkeypatch.setattr(logging.root, "level", logging.WARNING)

    def run(*words: str, **environment: str) -> Done:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["baodan", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        code = ended.value.code
        if isinstance(code, str):
            return Done(1, said.out, code)
        return Done(code or 0, said.out, said.err)

    return run


def look(url: str, read: Callable[[AsyncSession], Awaitable[T]], *, keep: bool = False) -> T:
    """What `read` finds in the database."""

    async def session() -> T:
        engine = make_engine(url)
        try:
            async with make_sessions(engine)() as session:
                found = await read(session)
                if keep:
                    await session.commit()
                return found
        finally:
            await engine.dispose()

    return asyncio.run(session())


def can_log_in(url: str, login: str, password: str) -> bool:
    async def log_in(session: AsyncSession) -> bool:
        outcome = await authenticate(session, login=login, password=password, now=datetime.now(UTC))
        return isinstance(outcome, Authenticated)

    return look(url, log_in)


def test_help_names_every_command(baodan: Baodan) -> None:
    said = baodan("--help").said
    for command in ("run", "serve", "train", "chat", "demo", "desk", "knowledge"):
        assert f" {command} " in said


def test_a_wrong_setting_names_itself(baodan: Baodan) -> None:
    done = baodan("serve", BAODAN_PUBLIC_PORT="eighty")
    assert done.code == 1
    assert "PUBLIC_PORT: " in done.error


def test_serving_needs_the_supervisor_s_settings(baodan: Baodan) -> None:
    done = baodan("serve")
    assert done.code == 1
    assert "ACTIONS_TOKEN" in done.error


def test_chat_without_a_server_says_how_to_start_one(baodan: Baodan, free_port: Callable[[], int]) -> None:
    done = baodan("chat", BAODAN_PUBLIC_PORT=str(free_port()))
    assert done.code == 1
    assert done.error.endswith("Start it with: make run")


def test_a_new_colleague_can_log_in(baodan: Baodan, database_url: str, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    words = (
        "desk",
        "add-user",
        "zhou",
        "--name",
        "周专员",
        "--skill",
        "claim",
        "--password-file",
        str(password),
    )
    done = baodan(*words, DATABASE_URL=database_url)
    assert done == Done(0, "zhou can log in to the desk.\n", "")

    async def zhou(session: AsyncSession) -> Staff:
        return (await session.scalars(select(Staff).where(Staff.login == "zhou"))).one()

    staff = look(database_url, zhou)
    assert (staff.name, staff.role, staff.skills) == ("周专员", "specialist", ["claim"])
    assert can_log_in(database_url, "zhou", "correct horse")

    again = baodan(*words)
    assert again.code == 1
    assert "already" in again.error


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--skill", "juggling"), "There is no skill juggling"),
        (("--role", "king"), "There is no role king"),
        ((), "A password has 8"),
    ],
)
def test_what_a_colleague_cannot_be(
    baodan: Baodan, database_url: str, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    password = tmp_path / "password"
    password.write_text("short")
    done = baodan(
        *("desk", "add-user", "zhou", "--name", "周专员", "--password-file", str(password), *words),
        DATABASE_URL=database_url,
    )
    assert done.code == 1
    assert complaint in done.error


def test_the_demo_is_loaded_once(baodan: Baodan, database_url: str) -> None:
    first = baodan("demo", "load", DATABASE_URL=database_url, DEMO_PASSWORD="demo-password")
    again = baodan("demo", "load", DEMO_PASSWORD="another-password")
    assert first == Done(0, "Demo insurer loaded.\nThe demo insurer is there.\n", "")
    assert again == Done(0, "The demo insurer is there.\n", "")

    async def named(session: AsyncSession) -> int:
        return len((await session.scalars(select(Customer).where(Customer.name == "王小明"))).all())

    assert look(database_url, named) == 1
    assert can_log_in(database_url, "lin", "another-password")


def test_the_demo_stays_out_of_a_real_database(baodan: Baodan, database_url: str) -> None:
    async def add(session: AsyncSession) -> None:
        session.add(Customer(id="R1", name="真客户", id_number="110105198803124533", phone="13912345678"))

    async def customers(session: AsyncSession) -> list[str]:
        return [customer.id for customer in await session.scalars(select(Customer))]

    look(database_url, add, keep=True)
    done = baodan("demo", "load", DATABASE_URL=database_url)
    assert done.code == 1
    assert "BAODAN_DEMO=false" in done.error
    assert look(database_url, customers) == ["R1"]


@pytest.mark.slow
def test_a_command_starts_the_embedded_database_for_the_while(
    baodan: Baodan, free_port: Callable[[], int], tmp_path: Path
) -> None:
    for _ in range(2):
        done = baodan("demo", "load", BAODAN_POSTGRES_PORT=str(free_port()), DEMO_PASSWORD="demo-password")
        assert done.code == 0, done.error
        assert not (tmp_path / "var" / "postgres" / "data" / "postmaster.pid").exists()
