"""The supervisor keeps an installation alive, whoever is killed, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from app.instance import orphans
from tests.app.fakes import settings_of

ROOT = Path(__file__).resolve().parents[2]
ALL = {"private_port", "rasa_port", "postgres_port"}


class Installation:
    """A supervisor in a process of its own."""

    def __init__(self, var_dir: Path, ports: list[int], output: str = "first.out") -> None:
        self.settings = settings_of(var_dir, ports)
        self._command = [sys.executable, "-m", "tests.app.fakes", str(var_dir), *map(str, ports)]
        self._output = var_dir.parent / output
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, until: str = "all up") -> None:
        with open(self._output, "wb") as output:
            self.process = subprocess.Popen(self._command, cwd=ROOT, stdout=output, stderr=output)
        self.wait_for(until)

    def wait_for(self, text: str, times: int = 1, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while self.said().count(text) < times:
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.said()}"
            time.sleep(0.02)

    def said(self) -> str:
        return self._output.read_text(errors="replace")

    def children(self) -> dict[str, psutil.Process]:
        """Who listens on which of our ports, by name of the port."""
        found = {}
        for process in psutil.process_iter():
            try:
                listening = {c.laddr.port for c in process.net_connections("tcp") if c.status == "LISTEN"}
            except (psutil.Error, OSError):
                continue
            for name in ALL:
                if getattr(self.settings, name) in listening:
                    found[name] = process
        return found

    def query(self) -> int:
        """Asks the database for something, as the server would."""
        url = self.said().split("database ")[-1].split()[0].replace("+psycopg", "")
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("select 42").fetchone()
        assert row is not None
        return int(row[0])

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(by)
        return self.process.wait(timeout=30)

    def kill_everything(self) -> None:
        """What `kill -9` of all that runs would do."""
        assert self.process is not None
        doomed = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]
        for process in doomed:
            process.kill()
        self.process.wait(timeout=10)


@pytest.fixture
def installation(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Installation]:
    yield from _installation(tmp_path, free_port)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Installation]:
    """One that is up, for tests that leave it so."""
    for made in _installation(tmp_path_factory.mktemp("running"), free_port):
        made.start()
        yield made


def _installation(folder: Path, free_port: Callable[[], int]) -> Iterator[Installation]:
    made = Installation(folder / "var", [free_port() for _ in range(5)])
    yield made
    if made.process and made.process.poll() is None:
        made.end()
    for process in orphans(made.settings.var_dir):
        process.kill()


@pytest.mark.parametrize("victim", ["private_port", "rasa_port", "postgres_port"])
def test_a_killed_child_is_started_again(running: Installation, victim: str) -> None:
    before = running.children()[victim]
    again = running.said().count("works again")
    before.kill()
    running.wait_for("works again", times=again + 1)
    assert running.children()[victim].pid != before.pid
    assert running.query() == 42


def test_a_second_one_is_refused(running: Installation) -> None:
    second = Installation(running.settings.var_dir, [1, 2, 3, 4, 5], "second.out")
    second.start(until="already running")
    assert second.process is not None
    assert second.process.wait(timeout=10) == 1
    assert set(running.children()) == ALL
    assert running.query() == 42


def test_ctrl_c_stops_everything(running: Installation) -> None:
    """The last of those that share one, since it ends it."""
    assert set(running.children()) == ALL
    assert running.end() == 0
    assert running.children() == {}
    assert "stopped" in running.said()


def test_a_taken_port_is_named(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.settings.staff_port)):
        installation.start(until="BAODAN_STAFF_PORT")
        assert installation.process is not None
        assert installation.process.wait(timeout=10) == 1
    assert installation.children() == {}


@pytest.mark.slow
def test_takes_over_from_a_killed_supervisor(installation: Installation) -> None:
    """Its children go on without it; the next run ends them and starts its own."""
    installation.start()
    before = installation.children()
    assert installation.process is not None
    installation.process.kill()
    installation.process.wait()
    assert set(installation.children()) == ALL

    installation.start()
    assert "Stopped 2 process(es)" in installation.said()
    after = installation.children()
    assert {process.pid for process in before.values()}.isdisjoint(process.pid for process in after.values())
    assert installation.query() == 42


@pytest.mark.slow
def test_starts_again_after_everything_was_killed(installation: Installation) -> None:
    """The process id in the stale lock file may belong to anybody by now: that stranger is left alone."""
    installation.start()
    installation.kill_everything()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        lock = installation.settings.var_dir / "postgres" / "data" / "postmaster.pid"
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        os.chown(lock, lock.parent.stat().st_uid, lock.parent.stat().st_gid)
        installation.start()
        assert stranger.poll() is None
        stranger.kill()
    assert installation.query() == 42
