"""The commands around understanding: typed in `.venv`, done in `.venv-rasa` on the present model."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from app.settings import ROOT, Settings
from app.training import rasa_python, train


def parse(settings: Settings) -> int:
    """Standard input line by line to standard output; the exit status."""
    return _run("bot.measure.parse", "--model", str(_model(settings)))


def evaluate(settings: Settings, cases: Path, report: Path) -> int:
    """Figures of `cases` to standard output and a page with plots to `report`; the exit status."""
    model, page = str(_model(settings)), str(report.resolve())
    return _run("bot.measure.evaluate", str(cases.resolve()), "--model", model, "--report", page)


def check() -> int:
    """Complaints about training data and domain to standard output; 1 if there are any."""
    return _run("bot.lint")


def tune(*, keep: bool) -> int:
    """Chooses settings on the training data and writes them into config.yml, unless `keep`."""
    return _run("bot.measure.tune", *(["--dry-run"] if keep else []))


def _model(settings: Settings) -> Path:
    """The model of the present data, trained if need be; what there is to say goes to standard error."""
    return asyncio.run(train(settings, lambda text: print(text, file=sys.stderr, flush=True)))


def _run(module: str, *arguments: str) -> int:
    command: Sequence[str] = [str(rasa_python()), "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
