"""How `make bench-nlu` judges a contestant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.nlu.contest import Quality, _judge, thin
from bot.lint.project import examples_of
from bot.measure.cases import Case
from bot.nlu.spans import Span

CASES = [
    Case("查保单", "check_policy", spans=frozenset()),
    Case(
        "我要退保",
        "surrender_policy",
        also=frozenset({"cancel"}),
        spans=frozenset({Span("endorsement_item", 2, 4)}),
    ),
]


def _reads(intents: dict[str, str]) -> Any:
    return lambda text: {
        "intent_ranking": [{"name": intents[text], "confidence": 0.9}],
        "entities": [{"entity": "endorsement_item", "start": 2, "end": 4}] if "退保" in text else [],
    }


def test_another_right_reading_counts() -> None:
    quality, times = _judge(
        CASES, _reads({"查保单": "check_policy", "我要退保": "cancel"}), finds_entities=True
    )

    assert quality == Quality(2, 1.0, 1.0, 1.0)
    assert len(times) == len(CASES)


def test_a_wrong_reading_does_not() -> None:
    quality, _ = _judge(CASES, _reads({"查保单": "greet", "我要退保": "greet"}), finds_entities=False)

    assert (quality.accuracy, quality.entity_f1) == (0.0, None)


def test_fewer_phrases_are_spread_over_all(tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    phrases = "".join(f"      - 保什么{number}\n" for number in range(10))
    file.write_text(
        f"version: '3.1'\nnlu:\n  - intent: ask_coverage\n    examples: |\n{phrases}"
        "  - intent: greet\n    examples: |\n      - 您好\n",
        encoding="utf-8",
    )
    thin(tmp_path, 3)
    texts = [example.text for example in examples_of(file, "some.yml")]
    assert texts == ["保什么0", "保什么3", "保什么6", "您好"]
