"""`python -m bench.nlu.contest train|measure …`: one contestant, in the process and environment it needs.

Runs on Python 3.10. The last line of standard output is JSON with the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
WARM_UP = 20
#: Settings of the plain contestant: the best of a few on cross-validation of the training phrases.
CHARACTERS = (1, 3)
INVERSE_REGULARISATION = 20.0

Parse = Callable[[str], "dict[str, Any]"]


@dataclass(frozen=True)
class Quality:
    """Shares from 0 to 1; `entity_f1` is None where no entities are marked or none can be found."""

    cases: int
    accuracy: float
    macro_f1: float
    entity_f1: float | None


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    _prepare()
    figures = _train(options) if options.task == "train" else _measure(options)
    print(json.dumps({**figures, "peak_mb": _peak_mb()}))
    return 0


def _prepare() -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.path.insert(0, str(ROOT))
    from bot.logs import quiet
    from bot.tensorflow_absent import install

    if importlib.util.find_spec("tensorflow") is None:
        install()
    quiet("ERROR")


def _train(options: argparse.Namespace) -> dict[str, float]:
    from bot.assemble import assemble

    assembled = assemble(ROOT, options.model.with_suffix(".work"))
    if options.phrases:
        thin(assembled.data, options.phrases)
    os.environ["RASA_CACHE_DIRECTORY"] = str(assembled.folder / "cache")
    began = time.perf_counter()
    if options.plain:
        _train_plain(options.model, assembled.data)
    else:
        import rasa.model_training

        from bot import workarounds

        workarounds.apply_to_training()
        rasa.model_training.train_nlu(
            config=str(options.config or assembled.config),
            nlu_data=str(assembled.data),
            output=str(options.model.parent),
            fixed_model_name=options.model.name,
            domain=str(assembled.domain),
        )
    return {"seconds": time.perf_counter() - began}


def thin(data: Path, most: int) -> None:
    """Leaves at most `most` phrases of each intent in the training data in `data`, evenly spread over it."""
    for path in data.rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in content.get("nlu") or []:
            phrases = entry.get("examples", "").splitlines()
            if "intent" in entry and len(phrases) > most:
                chosen = [phrases[at * len(phrases) // most] for at in range(most)]
                entry["examples"] = "\n".join(chosen) + "\n"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _train_plain(model: Path, data: Path) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from bot.lint.project import examples_of

    examples = [one for path in sorted(data.rglob("*.yml")) for one in examples_of(path, path.name)]
    pipeline = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=CHARACTERS, sublinear_tf=True),
        LogisticRegression(C=INVERSE_REGULARISATION, max_iter=1000),
    )
    pipeline.fit([example.text for example in examples], [example.intent for example in examples])
    model.write_bytes(pickle.dumps(pipeline))


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from bot.measure.cases import read_cases

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    parse = _plain_parse(options.model) if options.plain else _rasa_parse(options.model)
    cases = read_cases(ROOT / "tests" / "nlu")
    for case in cases[:WARM_UP]:
        parse(case.text)
    quality, times = _judge(cases, parse, finds_entities=not options.plain)
    figures: dict[str, Any] = {"milliseconds": times, "split": asdict(quality)}
    if options.real:
        figures["real"] = asdict(_judge(read_cases(options.real), parse, finds_entities=False)[0])
    return figures


def _judge(cases: Sequence[Any], parse: Parse, *, finds_entities: bool) -> tuple[Quality, list[float]]:
    from bot.measure import figures
    from bot.measure.evaluate import answered

    results, times = [], []
    for case in cases:
        began = time.perf_counter()
        parsed = parse(case.text)
        times.append((time.perf_counter() - began) * 1000)
        results.append(answered(case, parsed))
    entities = figures.f1_by_entity(results) if finds_entities else {}
    quality = Quality(
        cases=len(cases),
        accuracy=figures.accuracy(results),
        macro_f1=figures.macro_f1(results),
        entity_f1=entities["all"][0] if entities else None,
    )
    return quality, times


def _rasa_parse(model: Path) -> Parse:
    """As Rasa's server parses a message, fallback aside: that says only whether to believe the reading."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        parsed: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
        ranking = [one for one in parsed.get("intent_ranking", []) if one["name"] != "nlu_fallback"]
        return {**parsed, "intent_ranking": ranking}

    return parse


def _plain_parse(model: Path) -> Parse:
    pipeline = pickle.loads(model.read_bytes())

    def parse(text: str) -> dict[str, Any]:
        chances = pipeline.predict_proba([text])[0]
        ranking = sorted(zip(pipeline.classes_, map(float, chances), strict=True), key=lambda pair: -pair[1])
        return {"intent_ranking": [{"name": name, "confidence": p} for name, p in ranking], "entities": []}

    return parse


def _peak_mb() -> float:
    """Resident memory of this process at its highest; Linux counts in kB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.nlu.contest", description="One contestant.")
    parser.add_argument("task", choices=("train", "measure"))
    parser.add_argument("--model", type=Path, required=True, help="the model to write or to read")
    parser.add_argument("--config", type=Path, help="a Rasa configuration other than the project's")
    parser.add_argument("--plain", action="store_true", help="TF-IDF and logistic regression instead of Rasa")
    parser.add_argument("--phrases", type=int, help="learn from at most so many of each intent")
    parser.add_argument("--real", type=Path, help="more cases: a table of id, intent, also, text")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
