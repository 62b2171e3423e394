"""The command line: what every command says to whoever typed it, with a real database behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from records.base import Sessions
from records.customers import Customer
from records.staff import Authenticated, Staff, authenticate

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def baodan(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `baodan` in a process of its own, with an empty `var/`."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("BAODAN_")}
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env={**plain, "BAODAN_VAR_DIR": str(tmp_path / "var"), **environment},
            capture_output=True,
            text=True,
            timeout=100,
        )

    return run


Baodan = Callable[..., subprocess.CompletedProcess[str]]


def test_help_names_every_command(baodan: Baodan) -> None:
    said = baodan("--help").stdout
    for command in ("run", "serve", "train", "chat", "demo", "desk", "knowledge"):
        assert f" {command} " in said


def test_a_wrong_setting_names_itself(baodan: Baodan) -> None:
    done = baodan("serve", BAODAN_PUBLIC_PORT="eighty")
    assert done.returncode == 1
    assert "PUBLIC_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_serving_needs_the_supervisor_s_settings(baodan: Baodan) -> None:
    done = baodan("serve")
    assert done.returncode == 1
    assert "ACTIONS_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_chat_without_a_server_says_how_to_start_one(baodan: Baodan, free_port: Callable[[], int]) -> None:
    done = baodan("chat", BAODAN_PUBLIC_PORT=str(free_port()))
    assert done.returncode == 1
    assert done.stderr.endswith("Start it with: make run\n")


async def test_a_new_colleague_can_log_in(
    baodan: Baodan, database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
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
    assert done.returncode == 0, done.stderr
    async with sessions() as session:
        staff = (await session.scalars(select(Staff).where(Staff.login == "zhou"))).one()
        assert (staff.name, staff.role, staff.skills) == ("周专员", "specialist", ["claim"])
        outcome = await authenticate(session, login="zhou", password="correct horse", now=datetime.now(UTC))
        assert isinstance(outcome, Authenticated)

    again = baodan(*words, DATABASE_URL=database_url)
    assert again.returncode == 1
    assert "already" in again.stderr


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
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


async def test_the_demo_is_loaded_once(baodan: Baodan, database_url: str, sessions: Sessions) -> None:
    for _ in range(2):
        done = baodan("demo", "load", DATABASE_URL=database_url, DEMO_PASSWORD="demo-password")
        assert done.returncode == 0, done.stderr
    async with sessions() as session:
        assert len((await session.scalars(select(Customer).where(Customer.name == "王小明"))).all()) == 1
        outcome = await authenticate(session, login="lin", password="demo-password", now=datetime.now(UTC))
        assert isinstance(outcome, Authenticated)


async def test_the_demo_stays_out_of_a_real_database(
    baodan: Baodan, database_url: str, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        session.add(Customer(id="R1", name="真客户", id_number="110105198803124533", phone="13912345678"))
    done = baodan("demo", "load", DATABASE_URL=database_url)
    assert done.returncode == 1
    assert "BAODAN_DEMO=false" in done.stderr
    async with sessions() as session:
        assert [customer.id for customer in await session.scalars(select(Customer))] == ["R1"]


@pytest.mark.slow
def test_a_command_starts_the_embedded_database_for_the_while(
    baodan: Baodan, free_port: Callable[[], int], tmp_path: Path
) -> None:
    ports = {"BAODAN_POSTGRES_PORT": str(free_port()), "DEMO_PASSWORD": "demo-password"}
    for _ in range(2):
        done = baodan("demo", "load", **ports)
        assert done.returncode == 0, done.stderr
        assert not (tmp_path / "var" / "postgres" / "data" / "postmaster.pid").exists()
