"""Questions as customers write them: how often the right section is told at first, and what is refused.

Improve the answers by looking at `questions_dev.tsv`. The failures of `questions.tsv` were looked at once,
when the wordings of `asked.yml` were doubled. The four `fresh` tables were written one after the other, each
before anything of its was ranked, for cells of intents and products drawn by chance; those who write
wordings never see them. As first asked they came to .85 / .88, .90 / .95, .86 / .89 and .94 / .94 (right /
right or asks back). Failures of `fresh4.tsv` have not been looked at: it tells what to expect of questions
never seen, until the next table is written.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from bench.knowledge.contest import judge
from knowledge.answers import Unknown
from knowledge.base import KnowledgeBase
from knowledge.contents import Contents

FOLDER = Path(__file__).parent
FRESH = ("fresh", "fresh2", "fresh3", "fresh4")
TABLES = ("questions", "questions_dev", *FRESH)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _share(verdicts: list[str], *wanted: str) -> float:
    return sum(verdict in wanted for verdict in verdicts) / len(verdicts)


@pytest.mark.parametrize(
    ("name", "at_first", "or_asked"),
    [
        ("questions_dev", 0.97, 0.98),
        ("questions", 0.96, 0.98),
        ("fresh", 0.92, 0.92),
        ("fresh2", 0.92, 0.95),
        ("fresh3", 0.92, 0.93),
        ("fresh4", 0.93, 0.93),
    ],
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
    assert sum(refused) / len(refused) >= 0.92


def test_every_section_of_the_tables_exists(base: KnowledgeBase) -> None:
    for name in TABLES:
        for row in _rows(name):
            assert all(one == "ask" or one in base.library for one in row["sections"].split()), row


def test_what_is_not_ours_is_met_without_titles(base: KnowledgeBase, today: date) -> None:
    for row in _rows("unanswerable"):
        result = base.answer(row["intent"], None, row["question"], today)
        assert not isinstance(result, Unknown) or not result.titles, row


def test_no_question_of_the_tables_stands_in_what_the_search_learns_from() -> None:
    contents = Contents.load(FOLDER.parents[1] / "knowledge")
    learnt = {_plain(one) for section in contents.library for one in contents.asked.of(section)}
    learnt |= {_plain(one) for one in contents.elsewhere.questions}
    for name in ("questions", *FRESH, "unanswerable"):
        assert [row["question"] for row in _rows(name) if _plain(row["question"]) in learnt] == []


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
