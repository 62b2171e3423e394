"""Questions as customers write them: how often the right section is told at first, and what is refused.

`questions.tsv` and `unanswerable.tsv` only measure; improve the answers by looking at `questions_dev.tsv`.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from bench.knowledge.contest import judge
from knowledge.answers import Unknown
from knowledge.base import KnowledgeBase

FOLDER = Path(__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _share(verdicts: list[str], *wanted: str) -> float:
    return sum(verdict in wanted for verdict in verdicts) / len(verdicts)


@pytest.mark.parametrize(
    ("name", "at_first", "or_asked"), [("questions_dev", 0.90, 0.93), ("questions", 0.78, 0.86)]
)
def test_questions_find_their_section(
    base: KnowledgeBase, today: date, name: str, at_first: float, or_asked: float
) -> None:
    verdicts = [
        judge(
            base.answer(row["intent"], row["product"] or None, row["question"], today),
            frozenset(row["sections"].split()),
        )
        for row in _rows(name)
    ]
    assert _share(verdicts, "right") >= at_first
    assert _share(verdicts, "right", "asked") >= or_asked


def test_what_is_not_ours_is_refused(base: KnowledgeBase, today: date) -> None:
    rows = _rows("unanswerable")
    refused = [isinstance(base.answer(row["intent"], None, row["question"], today), Unknown) for row in rows]
    assert sum(refused) / len(refused) >= 0.88


def test_every_section_of_the_tables_exists(base: KnowledgeBase) -> None:
    for name in ("questions", "questions_dev"):
        for row in _rows(name):
            assert all(one == "ask" or one in base.library for one in row["sections"].split()), row


def test_what_is_not_ours_is_met_without_titles(base: KnowledgeBase, today: date) -> None:
    for row in _rows("unanswerable"):
        result = base.answer(row["intent"], None, row["question"], today)
        assert not isinstance(result, Unknown) or not result.titles, row
