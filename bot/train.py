"""Trains the model: `python -m bot.train --out var/models [--force]`; nothing to do when unchanged.

The model is named by a hash of everything it is made from. The line is `trained PATH in N s` or `unchanged
PATH`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
import traceback
from pathlib import Path

from bot.assemble import Assembled, assemble
from bot.logs import quiet
from bot.tensorflow_absent import install

ROOT = Path(__file__).resolve().parents[1]
KEPT_MODELS = 2


class TrainingFailedError(RuntimeError):
    """Rasa could not make a model; the message names the log."""


def main(arguments: list[str] | None = None) -> int:
    """0 when a model is there, 1 when training failed."""
    options = _options(arguments)
    began = time.monotonic()
    assembled = assemble(options.root, options.work)
    model = options.out / f"baodan-{assembled.digest}.tar.gz"
    if model.is_file() and not options.force:
        print(f"unchanged {model}")
        return 0
    try:
        train(assembled, model)
    except TrainingFailedError as error:
        print(error, file=sys.stderr)
        return 1
    _drop_old(options.out, model)
    print(f"trained {model} in {time.monotonic() - began:.0f} s")
    return 0


def train(assembled: Assembled, model: Path) -> None:
    """Writes `model`; raises TrainingFailedError and leaves no half-written file."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_CACHE_DIRECTORY"] = str(assembled.folder / "cache")
    log = assembled.folder / "training.log"
    made = model.with_name(f"unfinished-{os.getpid()}-{model.name}")
    model.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            log.open("w", encoding="utf-8") as out,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
        ):
            _train_by_rasa(assembled, made)
        made.rename(model)
    except (Exception, SystemExit) as error:
        with log.open("a", encoding="utf-8") as out:
            traceback.print_exc(file=out)
        raise TrainingFailedError(
            f"training failed: {_root_cause(error)}\nthe whole log is in {log}"
        ) from error
    finally:
        made.unlink(missing_ok=True)


def _root_cause(error: BaseException) -> BaseException:
    """What Rasa's graph wrapped: the first error of the chain."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _train_by_rasa(assembled: Assembled, made: Path) -> None:
    install()
    quiet("WARNING")
    import rasa.model_training

    from bot import workarounds

    workarounds.apply_to_training()
    rasa.model_training.train(
        domain=str(assembled.domain),
        config=str(assembled.config),
        training_files=[str(assembled.data)],
        output=str(made.parent),
        fixed_model_name=made.name,
        force_training=True,
    )


def _drop_old(out: Path, newest: Path) -> None:
    models = sorted(out.glob("baodan-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in models if path != newest][KEPT_MODELS - 1 :]:
        path.unlink()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot.train", description="Trains the model if its data changed."
    )
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "models", help="folder for models")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="project with config.yml, data/, domain/, knowledge/"
    )
    parser.add_argument(
        "--work", type=Path, default=ROOT / "var" / "train", help="folder for generated files"
    )
    parser.add_argument("--force", action="store_true", help="train although nothing changed")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
