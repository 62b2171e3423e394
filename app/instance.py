"""One installation at a time: the lock of the supervisor, and the children that an earlier one left behind.

Children carry the path of their `var/` folder in their environment. That tells them from strangers better
than a process id in a file, which another program may have by the time it is read.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from app.errors import AlreadyRunning

MARK = "BAODAN_INSTANCE"


@contextmanager
def only_one(run_dir: Path) -> Iterator[None]:
    """Holds the installation's lock; it dies with this process, however that ends. Raises AlreadyRunning."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with open(run_dir / "supervisor.lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise AlreadyRunning(
                f"Baodan is already running here as process {file.read().strip() or 'unknown'}. "
                "Stop it with Ctrl-C in its terminal, or set BAODAN_VAR_DIR and other ports for a second one."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def orphans(var_dir: Path) -> list[psutil.Process]:
    """Processes that an earlier supervisor of this folder started and could not stop."""
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get(MARK) == str(var_dir)
        except (psutil.Error, OSError):
            continue
        if marked and process.pid != os.getpid():
            found.append(process)
    return found


def stop_orphans(var_dir: Path, seconds: float = 5.0) -> int:
    """Ends them, first politely; returns how many there were."""
    left = orphans(var_dir)
    for process in left:
        _signal(process, kill=False)
    for process in wait_for_end(left, seconds):
        _signal(process, kill=True)
    wait_for_end(left, seconds)
    return len(left)


def wait_for_end(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run after at most `seconds`.

    A zombie does not: who should have buried it may be gone, and in a container nobody does it instead.
    """
    deadline = time.monotonic() + seconds
    while alive := [process for process in processes if _runs(process)]:
        if time.monotonic() > deadline:
            return alive
        time.sleep(0.02)
    return []


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, *, kill: bool) -> None:
    """psutil compares the start time first, so that a reused process id is never hit."""
    try:
        if kill:
            process.kill()
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        return
