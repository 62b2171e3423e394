"""A child process that is kept alive: started, watched, started again with growing pauses, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import StartFailed

Say = Callable[[str], None]
LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Spec:
    """What to run and how to know that it works.

    `ready` is asked until it says yes, and every few seconds afterwards.
    """

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], Awaitable[bool]]
    ready_seconds: float
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    prepare: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Patience:
    """How long to pause between starts, and when a running child counts as hung. All in seconds."""

    first_pause: float = 0.2
    longest_pause: float = 5.0
    steady_after: float = 2.0
    tries_at_start: int = 3
    ready_interval: float = 0.1
    watch_interval: float = 10.0
    failures_until_hung: int = 6


class Child:
    """One process of a Spec. `start()` then `keep()` in a task; `stop()` ends both."""

    def __init__(self, spec: Spec, say: Say, patience: Patience | None = None) -> None:
        self.spec = spec
        self._say = say
        self._patience = patience or Patience()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Returns when the child is ready; StartFailed with the end of its log when it will not."""
        for attempt in range(self._patience.tries_at_start):
            if attempt:
                await asyncio.sleep(self._patience.first_pause * 2**attempt)
            await self._spawn()
            if await self._until_ready():
                return
            await self.stop()
        raise StartFailed(
            f"{self.spec.name} did not start. The end of {self.spec.log}:\n{last_lines(self.spec.log)}"
        )

    async def keep(self) -> None:
        """Starts the child again whenever it ends or hangs; runs until cancelled."""
        pause = self._patience.first_pause
        while True:
            began = time.monotonic()
            code = await self._until_ended()
            if time.monotonic() - began > self._patience.steady_after:
                pause = self._patience.first_pause
            self._say(f"{self.spec.name} ended ({describe(code)}); starting it again in {pause:.1f} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._patience.longest_pause)
            await self._spawn()
            if await self._until_ready():
                self._say(f"{self.spec.name} works again.")
            else:
                await self.stop()

    async def stop(self) -> None:
        """Asks the child to end, and ends it by force when it takes too long."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.spec.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.spec.stop_seconds)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """Ends the child at once, with all processes of its group."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    async def _spawn(self) -> None:
        await asyncio.to_thread(self.spec.prepare)
        rotate(self.spec.log)
        with open(self.spec.log, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=None if self.spec.env is None else dict(self.spec.env),
                cwd=self.spec.cwd,
                start_new_session=True,
                **self.spec.options,
            )

    async def _until_ready(self) -> bool:
        deadline = time.monotonic() + self.spec.ready_seconds
        while time.monotonic() < deadline:
            if self._running.returncode is not None:
                return False
            if await self.spec.ready():
                return True
            await asyncio.sleep(self._patience.ready_interval)
        return False

    async def _until_ended(self) -> int:
        """The exit code of the child; a child that answers no more is killed first."""
        process, failures = self._running, 0
        ended = asyncio.create_task(process.wait())
        try:
            while not ended.done():
                await asyncio.wait({ended}, timeout=self._patience.watch_interval)
                if ended.done():
                    break
                failures = 0 if await self.spec.ready() else failures + 1
                if failures >= self._patience.failures_until_hung:
                    self._say(f"{self.spec.name} answers no more.")
                    await self.kill()
            return await ended
        finally:
            ended.cancel()

    @property
    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise StartFailed(f"{self.spec.name} was never started")
        return self._process


def describe(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, for an error message."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 20_000))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return "(empty)"
    return "\n".join("  " + line for line in lines[-count:]) or "(empty)"


def rotate(log: Path) -> None:
    """Keeps one older log beside the current one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(log.suffix + ".1"))
