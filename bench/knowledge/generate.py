"""A knowledge base of any size: the real one, and sections made from its own sentences.

What such a section says makes no sense; only its length, its words and its number of questions are like those
of real ones. Its vectors are drawn at random: encoding tens of thousands of texts takes minutes, and the time
of an answer does not depend on where vectors point.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from knowledge.asked import Asked
from knowledge.base import KnowledgeBase
from knowledge.contents import Contents
from knowledge.documents import Section
from knowledge.library import Library
from knowledge.meaning import DIMENSIONS, VectorCache, Vectors

SEED = 20261127
QUESTIONS = 4
"""Questions asked for each made section, about as many as a real one has."""


class RandomVectors(VectorCache):
    """A direction drawn at random for each text."""

    def __init__(self) -> None:
        super().__init__(None)
        self._drawn = np.random.default_rng(SEED)

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = self._drawn.standard_normal((len(texts), DIMENSIONS), np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def enlarged(contents: Contents, sections: int, on: date) -> KnowledgeBase:
    """The knowledge base with so many sections; those that are made answer the intents of real ones."""
    chance = random.Random(SEED)
    real = [one for one in contents.library if one.answers and one.source.in_force(on)]
    sentences = [line for one in real for line in (*one.short.splitlines(), *one.body.split("。")) if line]
    wordings = [question for one in real for question in contents.asked.of(one)]
    made = [
        _section(chance, chance.choice(real), number, sentences, wordings)
        for number in range(max(0, sections - len(contents.library.sections)))
    ]
    questions = {one.id: _shuffled(chance, wordings, QUESTIONS) for one in made}
    questions |= {one.id: contents.asked.of(one) for one in real}
    whole = replace(contents, library=Library([*contents.library, *made]), asked=Asked(questions))
    return KnowledgeBase(whole, RandomVectors())


def _section(
    chance: random.Random, like: Section, number: int, sentences: Sequence[str], wordings: Sequence[str]
) -> Section:
    lines = max(1, like.body.count("。"))
    return replace(
        like,
        id=f"{like.source.key}.made-{number}",
        title=chance.choice(wordings)[:12],
        words=tuple(one[:8] for one in chance.sample(wordings, min(len(like.words), 8))),
        short="\n".join(chance.sample(sentences, 2)),
        body="。".join(chance.sample(sentences, min(lines, 8))),
        default=False,
    )


def _shuffled(chance: random.Random, wordings: Sequence[str], count: int) -> tuple[str, ...]:
    """Questions made of halves of real ones."""
    return tuple(
        first[: len(first) // 2] + second[len(second) // 2 :]
        for first, second in (chance.sample(wordings, 2) for _ in range(count))
    )
