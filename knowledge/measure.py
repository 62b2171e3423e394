"""Measures how well passages are found for questions, and fits the weights of `knowledge.relevance`.

A file holds one case a line: JSON with `question` and `passage` (a `contract`, where there is one, keeps the
parts of a cross-validation apart). The pool is every distinct passage of the file; nothing else is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.errors import InvalidKnowledge
from knowledge.index import Bm25
from knowledge.meaning import VectorCache
from knowledge.relevance import WEIGHTS, Relevance, Text
from knowledge.topics import Topics
from knowledge.words import Terms

Figures = dict[str, float]
Matrix = npt.NDArray[np.float64]
NUMBER = re.compile(r"^[\s\d.．、（）()第一二三四五六七八九十百零条款]+")
HEADING_END = re.compile(r"[，。；：,;:\s]")
LONGEST_HEADING = 20
PENALTY = 3.0
"""How strongly large weights are held back."""
STEPS = 60


@dataclass(frozen=True)
class Cases:
    """Questions, the distinct passages, and for each question which passage answers it."""

    questions: list[str]
    passages: list[str]
    right: npt.NDArray[np.int64]
    groups: list[str]

    @classmethod
    def load(cls, path: Path) -> Cases:
        """Read a file of cases; InvalidKnowledge names the line that is none."""
        rows: list[Mapping[str, str]] = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                rows.append(
                    {"question": row["question"], "passage": row["passage"], "group": row.get("contract", "")}
                )
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidKnowledge(path, number, f"no case with question and passage: {error}") from error
        if not rows:
            raise InvalidKnowledge(path, 1, "no cases")
        passages = list(dict.fromkeys(row["passage"] for row in rows))
        number_of = {passage: number for number, passage in enumerate(passages)}
        return cls(
            [row["question"] for row in rows],
            passages,
            np.array([number_of[row["passage"]] for row in rows]),
            [row["group"] or row["passage"] for row in rows],
        )


def compare(cases: Cases, topics: Topics, vectors: VectorCache) -> dict[str, Figures]:
    """Recall at 1 and 5 and mean reciprocal rank of BM25 alone, embeddings alone, and our ranking."""
    terms, texts = Terms((*topics.filler, *topics.common)), _texts(cases)
    plain = Bm25([terms.cut(text.body) for text in texts], k1=1.2, b=0.75)
    ours = Relevance(texts, terms, topics.frames, vectors)
    return {
        "bm25": figures(cases, lambda question: plain.scores(terms.cut(question))),
        "embeddings": figures(cases, ours.meaning.likeness),
        "ours": figures(cases, ours.scores),
    }


def figures(cases: Cases, rank: Callable[[str], npt.NDArray[np.float32]]) -> Figures:
    """The figures of one ranking; among equal scores the passage that comes first in the file goes first."""
    return _figures(
        [_rank(rank(question), right) for question, right in zip(cases.questions, cases.right, strict=True)]
    )


def fit(
    cases: Cases, topics: Topics, vectors: VectorCache, parts: int = 5
) -> tuple[dict[str, float], Figures]:
    """Weights for `knowledge.relevance` from all cases, and what such weights reach on unseen parts.

    The parts are made of whole contracts, so that no passage helps to rank its own neighbours.
    """
    relevance = Relevance(_texts(cases), Terms((*topics.filler, *topics.common)), topics.frames, vectors)
    measures = np.stack([relevance.measures(question) for question in cases.questions]).astype(np.float64)
    names = sorted(set(cases.groups))
    part_of = np.array([names.index(group) % parts for group in cases.groups])
    ranks: list[int] = []
    for part in range(parts):
        weights = _choice(measures[part_of != part], cases.right[part_of != part])
        held = part_of == part
        ranks += [
            _rank(rows @ weights, right)
            for rows, right in zip(measures[held], cases.right[held], strict=True)
        ]
    weights = _choice(measures, cases.right)
    return {name: round(float(weight), 2) for name, weight in zip(WEIGHTS, weights, strict=True)}, _figures(
        ranks
    )


def _choice(measures: Matrix, right: npt.NDArray[np.int64]) -> Matrix:
    """Weights of a logistic choice of the right passage among all (Newton's method with step halving)."""
    spread = measures.std(axis=(0, 1))
    scaled = measures / spread
    weights = np.zeros(measures.shape[2])
    chosen = scaled[np.arange(len(right)), right]

    def loss(tried: Matrix) -> float:
        scores = scaled @ tried
        return float(
            np.logaddexp.reduce(scores, axis=1).sum() - (chosen @ tried).sum() + PENALTY / 2 * tried @ tried
        )

    for _ in range(STEPS):
        scores = scaled @ weights
        shares = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        means = np.einsum("qn,qnf->qf", shares, scaled)
        slope = (means - chosen).sum(axis=0) + PENALTY * weights
        squares = np.einsum("qnf,qng->fg", scaled * shares[:, :, None], scaled)
        step = np.linalg.solve(squares - means.T @ means + PENALTY * np.eye(len(weights)), slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-6:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-6:
            break
    return np.asarray(weights / spread)


def _rank(scores: npt.NDArray[np.floating], right: int) -> int:
    own = scores[right]
    return 1 + int((scores > own).sum() + (scores[:right] == own).sum())


def _figures(ranks: Sequence[int]) -> Figures:
    places = np.array(ranks)
    return {
        "recall@1": round(float((places == 1).mean()), 4),
        "recall@5": round(float((places <= 5).mean()), 4),
        "mrr": round(float((1 / places).mean()), 4),
    }


def _texts(cases: Cases) -> list[Text]:
    return [Text(_heading(passage), passage) for passage in cases.passages]


def _heading(passage: str) -> str:
    """What a clause begins with, without its number."""
    return HEADING_END.split(NUMBER.sub("", passage), maxsplit=1)[0][:LONGEST_HEADING]
