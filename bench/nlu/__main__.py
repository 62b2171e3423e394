"""`python -m bench.nlu`: trains and measures every contestant, one after the other, and prints the table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.settings import ROOT
from bench import machine
from bench.nlu.contestants import CONTESTANTS, Contestant
from bench.nlu.table import Row, markdown, save

FOLDER = ROOT / "var" / "bench" / "nlu"


def main(
    only: Annotated[list[str] | None, typer.Option(help="Key of a contestant; may be given again.")] = None,
    real: Annotated[
        Path | None, typer.Option(exists=True, help="More cases: a table of id, intent, also, text.")
    ] = None,
    phrases: Annotated[int | None, typer.Option(help="Train on at most so many phrases an intent.")] = None,
    kept: Annotated[bool, typer.Option(help="Measure the models of the last run, train none.")] = False,
) -> None:
    """Compare ways of understanding on tests/nlu."""
    unknown = set(only or ()) - {one.key for one in CONTESTANTS}
    if unknown:
        sys.exit(f"bench: no contestant {', '.join(sorted(unknown))}")
    facts = machine.look()
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in CONTESTANTS if not only or one.key in only]
    rows = [_row(one, real, phrases, train=not kept) for one in chosen]
    save(FOLDER / "result.json", rows, facts)
    print(f"\n{markdown(rows)}\n\nWritten to {FOLDER / 'result.json'}")


def _row(contestant: Contestant, real: Path | None, phrases: int | None, *, train: bool) -> Row:
    trained = FOLDER / f"{contestant.key}.training.json"
    if train:
        _say(f"{contestant.title}: training ...")
        fewer = ["--phrases", str(phrases)] if phrases else []
        trained.write_text(json.dumps(_run(contestant, "train", *fewer)), encoding="utf-8")
    _say(f"{contestant.title}: parsing ...")
    measured = _run(contestant, "measure", *(["--real", str(real.resolve())] if real else []))
    return Row.of(
        contestant.title, contestant.note, json.loads(trained.read_text(encoding="utf-8")), measured
    )


def _run(contestant: Contestant, task: str, *more: str) -> dict[str, Any]:
    """What a process of its own makes of `task`; ends the bench with its log where it fails."""
    command = [str(ROOT / contestant.environment / "bin" / "python"), "-m", "bench.nlu.contest", task, *more]
    command += ["--model", str(FOLDER / f"{contestant.key}.tar.gz")]
    command += ["--config", str(contestant.config)] if contestant.config else []
    command += ["--plain"] if contestant.plain else []
    log = FOLDER / f"{contestant.key}.{task}.log"
    with log.open("w", encoding="utf-8") as errors:
        done = subprocess.run(
            command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8"
        )
    if done.returncode:
        sys.exit(f"bench: {contestant.key} failed, see {log}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
