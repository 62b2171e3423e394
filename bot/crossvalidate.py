"""Measures understanding on the training data itself: `python -m bot.crossvalidate [--folds 5]`.

The examples are split into folds, intent by intent; each fold is parsed by a pipeline of config.yml that was
trained on the others. Printed: accuracy, macro-F1, top-3, entity F1 on exact spans, parse time, the intents
that fall short, and for each fallback threshold how many right and wrong answers it would turn into a
question. The threshold in config.yml is the one this prints as chosen (see `chosen`).
"""

from __future__ import annotations

import argparse
import copy
import os
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.assemble import assemble
from bot.tensorflow_absent import install

ROOT = Path(__file__).resolve().parents[1]
WINDOW = 0.1
FEWEST_IN_WINDOW = 30


@dataclass
class Parsed:
    """One example, what it should be and what the pipeline made of it."""

    text: str
    intent: str
    spans: set[tuple[str, int, int]]
    ranking: list[tuple[str, float]]
    found: set[tuple[str, int, int]]
    milliseconds: float


@dataclass
class Report:
    """Everything `main` prints, in the order it prints it."""

    parsed: list[Parsed] = field(default_factory=list)

    def accuracy(self, best: int = 1) -> float:
        """Share of examples whose intent is among the `best` first of the ranking."""
        return _share(parsed.intent in [name for name, _ in parsed.ranking[:best]] for parsed in self.parsed)

    def f1_by_intent(self) -> dict[str, float]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for parsed in self.parsed:
            guess = parsed.ranking[0][0]
            counts[parsed.intent]["right" if guess == parsed.intent else "missed"] += 1
            if guess != parsed.intent:
                counts[guess]["false"] += 1
        return {
            intent: _f1(count["right"], count["false"], count["missed"]) for intent, count in counts.items()
        }

    def f1_by_entity(self) -> dict[str, tuple[float, int]]:
        """F1 and number of annotations of each entity, exact spans; `all` is the micro average."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for parsed in self.parsed:
            for span in parsed.spans | parsed.found:
                verdict = "right" if span in parsed.spans & parsed.found else "missed"
                verdict = "false" if span not in parsed.spans else verdict
                counts[span[0]][verdict] += 1
                counts["all"][verdict] += 1
        return {
            name: (_f1(count["right"], count["false"], count["missed"]), count["right"] + count["missed"])
            for name, count in counts.items()
        }

    def asked(self, threshold: float) -> tuple[float, float]:
        """Shares of rightly and of wrongly understood examples whose confidence is below `threshold`."""
        right = [parsed.ranking[0][1] for parsed in self.parsed if parsed.ranking[0][0] == parsed.intent]
        wrong = [parsed.ranking[0][1] for parsed in self.parsed if parsed.ranking[0][0] != parsed.intent]
        return _share(score < threshold for score in right), _share(score < threshold for score in wrong)

    def confusions(self) -> Counter[tuple[str, str]]:
        pairs = ((parsed.intent, parsed.ranking[0][0]) for parsed in self.parsed)
        return Counter(pair for pair in pairs if pair[0] != pair[1])


def chosen(report: Report) -> float:
    """The confidence below which the first reading is more often wrong than right.

    Taken over windows of `WINDOW` width, from the top down; below it asking costs less than answering the
    wrong thing.
    """
    scored = [(parsed.ranking[0][1], parsed.ranking[0][0] == parsed.intent) for parsed in report.parsed]
    for step in range(90, 5, -1):
        threshold = step / 100
        below = [right for score, right in scored if threshold - WINDOW <= score < threshold]
        if len(below) >= FEWEST_IN_WINDOW and _share(below) < 0.5:
            return threshold
    return 0.05


def folds(examples: Sequence[Any], number: int) -> Iterator[tuple[list[Any], list[Any]]]:
    """Pairs of (train, test), every intent dealt out evenly in the order it is written."""
    by_intent: dict[str, list[Any]] = defaultdict(list)
    for example in examples:
        by_intent[example.get("intent")].append(example)
    for fold in range(number):
        test = [e for group in by_intent.values() for at, e in enumerate(group) if at % number == fold]
        train = [e for group in by_intent.values() for at, e in enumerate(group) if at % number != fold]
        yield train, test


def measure(config: dict[str, Any], examples: Sequence[Any], number: int) -> Report:
    """Cross-validates the pipeline of `config` without its fallback."""
    from bot.nlu.pipeline import Pipeline

    report = Report()
    for train, test in folds(examples, number):
        with tempfile.TemporaryDirectory() as folder:
            pipeline = Pipeline.trained(config, copy.deepcopy(train), Path(folder))
            report.parsed += [_parse(pipeline, example) for example in test]
    return report


def _parse(pipeline: Any, example: Any) -> Parsed:
    began = time.perf_counter()
    answer = pipeline.parse(example.get("text"))
    return Parsed(
        text=example.get("text"),
        intent=example.get("intent"),
        spans={(entity["entity"], entity["start"], entity["end"]) for entity in example.get("entities", [])},
        ranking=[(entry["name"], entry["confidence"]) for entry in answer["intent_ranking"]],
        found={(entity["entity"], entity["start"], entity["end"]) for entity in answer["entities"]},
        milliseconds=(time.perf_counter() - began) * 1000,
    )


def show(report: Report) -> None:
    """Prints `report`."""
    by_intent = report.f1_by_intent()
    times = sorted(parsed.milliseconds for parsed in report.parsed)
    print(f"examples {len(report.parsed)}  intents {len(by_intent)}")
    print(f"accuracy {report.accuracy():.3f}  top-3 {report.accuracy(3):.3f}", end="  ")
    print(f"macro-F1 {sum(by_intent.values()) / len(by_intent):.3f}")
    print(f"parse median {times[len(times) // 2]:.1f} ms  p95 {times[int(len(times) * 0.95)]:.1f} ms")
    print(
        "entities " + "  ".join(f"{n} {f1:.2f}/{c}" for n, (f1, c) in sorted(report.f1_by_entity().items()))
    )
    print(
        "weakest "
        + "  ".join(f"{n} {f1:.2f}" for n, f1 in sorted(by_intent.items(), key=lambda i: i[1])[:12])
    )
    for (meant, taken), count in report.confusions().most_common(15):
        print(f"  {count} × {meant} taken for {taken}")
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6):
        right, wrong = report.asked(threshold)
        print(f"threshold {threshold:.2f}: asks back in {right:.1%} of right and {wrong:.1%} of wrong cases")
    print(f"chosen threshold {chosen(report):.2f}")


def _share(flags: Iterator[bool] | Any) -> float:
    given = list(flags)
    return sum(given) / len(given) if given else 0.0


def _f1(right: int, false: int, missed: int) -> float:
    return 2 * right / (2 * right + false + missed) if right else 0.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot.crossvalidate", description="Measures understanding."
    )
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--wrong", action="store_true", help="also print every misunderstood example")
    options = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    warnings.simplefilter("ignore")
    install()
    import yaml
    from rasa.shared.importers.importer import TrainingDataImporter

    assembled = assemble(ROOT, ROOT / "var" / "crossvalidate")
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(assembled.config), None, [str(assembled.data)]
    )
    config = yaml.safe_load(assembled.config.read_text(encoding="utf-8"))
    report = measure(config, importer.get_nlu_data().intent_examples, options.folds)
    show(report)
    if options.wrong:
        for parsed in report.parsed:
            if parsed.ranking[0][0] != parsed.intent:
                print(f"{parsed.text}\t{parsed.intent}\t{parsed.ranking[0][0]} {parsed.ranking[0][1]:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
