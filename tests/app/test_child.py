"""A child is started until it works, started again when it ends or hangs, and stopped for certain."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app import child as child_module
from app.child import Child, Patience, Spec, describe, last_lines, rotate
from app.errors import StartFailed

QUICK = Patience(
    first_pause=0.01,
    longest_pause=0.04,
    steady_after=60,
    ready_interval=0.01,
    watch_interval=0.02,
    failures_until_hung=2,
)
SLEEP = "import time; time.sleep(60)"


def spec(
    folder: Path, code: str, ready: Callable[[], Awaitable[bool]] | None = None, seconds: float = 10
) -> Spec:
    async def at_once() -> bool:
        return True

    return Spec(
        name="child",
        command=[sys.executable, "-c", code],
        log=folder / "child.log",
        ready=ready or at_once,
        ready_seconds=seconds,
        stop_seconds=0.3,
    )


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_waits_until_ready(tmp_path: Path) -> None:
    async def ready() -> bool:
        return (tmp_path / "up").exists()

    child = Child(spec(tmp_path, f"open({str(tmp_path / 'up')!r}, 'w'); {SLEEP}", ready), print, QUICK)
    await child.start()
    assert (tmp_path / "up").exists()
    await child.stop()
    assert child.pid is None


async def test_a_child_that_cannot_start_shows_why(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    broken = "import sys; print('no licence for this moon'); sys.exit(3)"
    child = Child(spec(tmp_path, broken, never), print, QUICK)
    with pytest.raises(StartFailed, match="no licence for this moon"):
        await child.start()
    assert (tmp_path / "child.log").read_text().count("no licence") == QUICK.tries_at_start


async def test_a_child_that_never_answers_is_given_up_and_ended(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    child = Child(spec(tmp_path, SLEEP, never, seconds=0.1), print, QUICK)
    with pytest.raises(StartFailed):
        await child.start()
    assert child.pid is None


async def test_pauses_grow_while_it_keeps_ending(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child(spec(tmp_path, "raise SystemExit(7)"), said.append, QUICK)
    await child.start()
    keeping = asyncio.create_task(child.keep())
    await until(lambda: sum("ended" in line for line in said) >= 4)
    keeping.cancel()
    ends = [line for line in said if "ended" in line]
    assert ends[0] == "child ended (exit code 7); starting it again in 0.0 s."
    assert [float(line.split()[-2]) for line in ends[:4]] == sorted(
        float(line.split()[-2]) for line in ends[:4]
    )
    await child.stop()


async def test_a_hung_child_is_replaced(tmp_path: Path) -> None:
    answers = True

    async def ready() -> bool:
        return answers

    said: list[str] = []
    child = Child(spec(tmp_path, SLEEP, ready), said.append, QUICK)
    await child.start()
    first = child.pid
    keeping = asyncio.create_task(child.keep())
    answers = False
    await until(lambda: "child answers no more." in said)
    answers = True
    await until(lambda: "child works again." in said)
    assert child.pid not in (None, first)
    keeping.cancel()
    await child.stop()


async def test_one_slow_answer_does_not_end_it(tmp_path: Path) -> None:
    asked = 0

    async def ready() -> bool:
        nonlocal asked
        asked += 1
        return asked % 2 == 1

    said: list[str] = []
    child = Child(spec(tmp_path, SLEEP, ready), said.append, QUICK)
    await child.start()
    keeping = asyncio.create_task(child.keep())
    await until(lambda: asked > 10)
    keeping.cancel()
    assert said == []
    await child.stop()


async def test_a_deaf_child_is_killed(tmp_path: Path) -> None:
    async def ready() -> bool:
        return (tmp_path / "deaf").exists()

    deaf = (
        f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"open({str(tmp_path / 'deaf')!r}, 'w'); {SLEEP}"
    )
    child = Child(spec(tmp_path, deaf, ready), print, QUICK)
    await child.start()
    async with asyncio.timeout(5):
        await child.stop()
    assert child.pid is None


def test_exit_codes_in_words() -> None:
    assert describe(3) == "exit code 3"
    assert describe(-signal.SIGKILL) == "SIGKILL"
    assert describe(-77) == "signal 77"


def test_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "some.log"
    assert last_lines(log) == "(empty)"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert last_lines(log, 2) == "  line 98\n  line 99"


def test_a_long_log_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "LOG_BYTES", 10)
    log = tmp_path / "log" / "some.log"
    rotate(log)
    log.write_text("short")
    rotate(log)
    assert log.read_text() == "short"
    log.write_text("longer than ten")
    rotate(log)
    assert not log.exists()
    assert (tmp_path / "log" / "some.log.1").read_text() == "longer than ten"
