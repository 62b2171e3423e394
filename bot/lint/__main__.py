"""`python -m bot.lint`: one line per complaint, exit status 1 if there is any."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.lint.checks import complaints
from bot.lint.project import read_project

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Checks the project at `--root`; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.lint", description="Checks training data and domain."
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder")
    project = read_project(parser.parse_args(arguments).root)
    found = complaints(project)
    for complaint in found:
        print(complaint)
    intents = {example.intent for example in project.examples}
    print(f"{len(project.examples)} examples, {len(intents)} intents, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
