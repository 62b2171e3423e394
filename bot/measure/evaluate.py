"""`python -m bot.measure.evaluate --model MODEL --report PAGE FILE`: figures of a model on cases."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from bot.logs import quiet
from bot.measure.cases import Case, UnreadableError, read_cases
from bot.measure.figures import Answered
from bot.measure.report import lines, page
from bot.nlu.spans import Span
from bot.tensorflow_absent import install


def answered(case: Case, parsed: dict[str, Any]) -> Answered:
    """`case` beside what a pipeline made of its text."""
    return Answered(
        case,
        tuple((one["name"], one["confidence"]) for one in parsed.get("intent_ranking", [])),
        frozenset(Span(one["entity"], one["start"], one["end"]) for one in parsed["entities"]),
    )


def main(arguments: list[str] | None = None) -> int:
    """0, or 1 when the file holds no cases."""
    parser = argparse.ArgumentParser(prog="python -m bot.measure.evaluate", description="Measures a model.")
    parser.add_argument("file", type=Path, help="yml, tsv, jsonl, or a folder of them")
    parser.add_argument("--model", type=Path, required=True, help="a trained model")
    parser.add_argument("--report", type=Path, required=True, help="the page to write")
    options = parser.parse_args(arguments)
    install()
    quiet("ERROR")
    from bot.nlu.pipeline import Pipeline

    try:
        cases = read_cases(options.file)
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 1
    results, times = [], []
    with Pipeline.loaded(options.model) as pipeline:
        for case in cases:
            began = time.perf_counter()
            results.append(answered(case, pipeline.parse(case.text)))
            times.append((time.perf_counter() - began) * 1000)
    print("\n".join(lines(results)))
    times.sort()
    print(
        f"parse          median {times[len(times) // 2]:.1f} ms  p95 {times[int(len(times) * 0.95)]:.1f} ms"
    )
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(page(results, f"Understanding of {options.file.name}"), encoding="utf-8")
    print(f"report         {options.report}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
