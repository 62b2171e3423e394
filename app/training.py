"""Trains the Rasa model in `.venv-rasa`; `bot.train` decides whether anything it is made from has changed."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from app.child import Say, describe, last_lines
from app.errors import AppError, StartFailed
from app.settings import ROOT, Settings

# A training takes a minute or more; finding that nothing has changed takes less than this.
UNCHANGED_SECONDS = 4.0


async def train(
    settings: Settings, say: Say, *, force: bool = False, env: Mapping[str, str] | None = None
) -> Path:
    """The model of the present data, trained if need be; waits for a training that somebody else began.

    `env` is the environment of the training process, ours by default.
    """
    async with _one_at_a_time(settings, say):
        log = settings.logs_dir / "train.log"
        command = [
            *(str(rasa_python()), "-m", "bot.train"),
            *("--out", str(settings.models_dir), "--work", str(settings.models_dir / "work")),
            *(["--force"] if force else []),
        ]
        answer = await _run(command, log, env, say)
        done, model, *duration = answer.split(maxsplit=2) if answer.count(" ") else ("", "")
        if done not in {"trained", "unchanged"} or not Path(model).is_file():
            raise StartFailed(f"Training said {answer!r} instead of a model's name; see {log}")
        if done == "trained":
            say(f"Model trained {' '.join(duration)}.")
        return Path(model)


def rasa_python() -> Path:
    """The interpreter of `.venv-rasa`; AppError when the environment is missing."""
    python = ROOT / ".venv-rasa" / "bin" / "python"
    if not python.exists():
        raise AppError("The environment .venv-rasa is missing. Run: make setup")
    return python


async def _run(command: list[str], log: Path, env: Mapping[str, str] | None, say: Say) -> str:
    """The last line the training printed; StartFailed with the end of its log when it failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    working = asyncio.create_task(process.communicate())
    try:
        await asyncio.wait({working}, timeout=UNCHANGED_SECONDS)
        if not working.done():
            say("Training the model, as its data has changed (a minute or two) ...")
        output, _ = await working
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if process.returncode:
        raise StartFailed(
            f"Training failed ({describe(process.returncode)}). The end of {log}:\n{last_lines(log)}"
        )
    return (output.decode("utf-8", "replace").strip().splitlines() or [""])[-1]


@asynccontextmanager
async def _one_at_a_time(settings: Settings, say: Say) -> AsyncIterator[None]:
    """Holds the training lock of this model folder."""
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with open(settings.models_dir / "training.lock", "w", encoding="utf-8") as lock:
        said = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if not said:
                    say("Another process is training; waiting for it ...")
                said = True
                await asyncio.sleep(0.5)
        yield
