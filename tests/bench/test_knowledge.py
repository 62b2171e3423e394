"""The bench of the knowledge base measures what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bench.knowledge import contest, speed
from bench.knowledge.generate import enlarged
from knowledge.answers import Answer, AskProduct, AskWhich, Candidate, Result, Unknown
from knowledge.contents import Contents

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 22)
TOLD = Answer("", [], [], "AXZJ.waiting")
WHICH = AskWhich([Candidate("AXZJ.waiting", "", ""), Candidate("AXZJ.start", "", "")])
PRODUCT = AskProduct([Candidate("AXZJ", "", "")])


@pytest.mark.parametrize(
    ("result", "right", "verdict"),
    [
        (TOLD, {"AXZJ.waiting", "AXZJ.start"}, "right"),
        (TOLD, {"KXYL.waiting"}, "wrong"),
        (WHICH, {"AXZJ.start"}, "asked"),
        (WHICH, {"KXYL.waiting"}, "wrong"),
        (PRODUCT, {"AXZJ.term"}, "asked"),
        (PRODUCT, {"KXYL.term"}, "wrong"),
        (PRODUCT, {"ask", "AXZJ.term"}, "right"),
        (TOLD, {"ask"}, "wrong"),
        (Unknown([], []), {"AXZJ.waiting"}, "wrong"),
    ],
)
def test_a_result_is_judged_by_what_is_right(result: Result, right: set[str], verdict: str) -> None:
    assert contest.judge(result, frozenset(right)) == verdict


@pytest.mark.slow
def test_a_larger_knowledge_base_has_the_size_asked_for_and_answers() -> None:
    contents = Contents.load(ROOT / "knowledge")
    questions = contest.read(ROOT / "tests" / "knowledge" / "questions.tsv")[:5]
    size = len(contents.library.sections) + 40
    timed = speed.measure(enlarged(contents, size, ON), questions, ON)
    assert timed.sections == size
    assert timed.processor.count == len(questions)
    assert 0 < timed.processor.p50 <= timed.processor.p99


def test_the_tables_are_read_with_what_is_right() -> None:
    first = contest.read(ROOT / "tests" / "knowledge" / "questions.tsv")[0]
    assert (first.intent, first.product) == ("ask_coverage", "AXZJ")
    assert "AXZJ.sum" in first.right
