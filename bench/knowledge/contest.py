"""BM25 alone, embeddings alone and ours on questions with the sections that answer them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.answers import Answer, AskProduct, AskWhich, Result, Unknown
from knowledge.base import KnowledgeBase
from knowledge.fitting import fits
from knowledge.index import Bm25
from knowledge.meaning import Meaning, VectorCache

ASK = "ask"
"""Stands in a table for: asking back is right."""
FIRST = 5


@dataclass(frozen=True)
class Question:
    """One row of a table; `right` are the sections that answer it, or ASK."""

    intent: str
    product: str | None
    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Ranking:
    """How a way of ranking does: shares from 0 to 1."""

    name: str
    recall_1: float
    recall_5: float
    mrr: float


@dataclass(frozen=True)
class Answers:
    """What the customer gets: shares from 0 to 1."""

    questions: int
    right: float
    right_or_asked: float


def read(path: Path) -> list[Question]:
    """A table with the columns intent, product, question and sections."""
    with path.open(encoding="utf-8") as file:
        return [
            Question(
                row["intent"],
                row.get("product") or None,
                row["question"],
                frozenset((row.get("sections") or "").split()),
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]


def judge(result: Result, right: frozenset[str]) -> str:
    """`right`, `asked` when one of the buttons leads to what is right, else `wrong`."""
    if ASK in right and isinstance(result, AskProduct | AskWhich):
        return "right"
    match result:
        case Answer(section_id=told):
            return "right" if told in right else "wrong"
        case AskWhich(candidates=offered):
            return "asked" if any(one.id in right for one in offered) else "wrong"
        case AskProduct(candidates=offered):
            products = {section.partition(".")[0] for section in right}
            return "asked" if any(one.id in products for one in offered) else "wrong"
    return "wrong"


def answers(base: KnowledgeBase, questions: Sequence[Question], on: date) -> Answers:
    """How often the right section is told at first, and how often it is told or asked for."""
    verdicts = [judge(base.answer(one.intent, one.product, one.text, on), one.right) for one in questions]
    whole = len(verdicts)
    right, asked = verdicts.count("right"), verdicts.count("asked")
    return Answers(whole, round(right / whole, 3), round((right + asked) / whole, 3))


def refused(base: KnowledgeBase, questions: Sequence[Question], on: date) -> float:
    """Share of questions that are not ours and to which nothing is told."""
    met = [isinstance(base.answer(one.intent, None, one.text, on), Unknown) for one in questions]
    return round(sum(met) / len(met), 3)


def rankings(
    base: KnowledgeBase, questions: Sequence[Question], vectors: VectorCache, on: date
) -> list[Ranking]:
    """The three ways on the same sections: those of the intent, and of the product known or named.

    Questions that are to be asked back are left out.
    """
    search = base.search
    sections = [one for one in base.library if one.answers and one.source.in_force(on)]
    texts = [f"{one.title}\n{one.short}\n{one.body}" for one in sections]
    plain = Bm25([search.terms.cut(text) for text in texts], k1=1.2, b=0.75)
    rows = vectors.encode(texts)
    meaning = Meaning(rows, vectors.encode([one.title for one in sections]))
    places: dict[str, list[int]] = {"bm25": [], "embeddings": [], "ours": []}
    for asked in questions:
        if ASK in asked.right:
            continue
        product = asked.product or base.find_product(asked.text)
        pool = [
            number
            for number, one in enumerate(sections)
            if asked.intent in one.answers
            and (product is None or fits(one, product, base.products[product].line))
        ]
        by_words = plain.scores(search.terms.cut(asked.text))
        by_meaning = meaning.likeness(asked.text)
        hits = search.rank(asked.text, [sections[at] for at in pool], asked.text)
        ranked = {
            "bm25": [sections[at] for at in sorted(pool, key=by_words.__getitem__, reverse=True)],
            "embeddings": [sections[at] for at in sorted(pool, key=by_meaning.__getitem__, reverse=True)],
            "ours": [hit.section for hit in hits],
        }
        for name, order in ranked.items():
            places[name].append(_place([one.id for one in order], asked.right))
    return [_ranking(name, found) for name, found in places.items()]


def _place(order: Sequence[str], right: frozenset[str]) -> int:
    """From 1; 0 when none of the right ones is there."""
    return next((at for at, one in enumerate(order, start=1) if one in right), 0)


def _ranking(name: str, places: Sequence[int]) -> Ranking:
    whole = len(places)
    return Ranking(
        name,
        round(sum(place == 1 for place in places) / whole, 3),
        round(sum(0 < place <= FIRST for place in places) / whole, 3),
        round(sum(1 / place for place in places if place) / whole, 3),
    )
