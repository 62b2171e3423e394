"""Ranks sections for a message: customer's words and titles count most, the text itself less."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.documents import Section
from knowledge.index import Bm25
from knowledge.meaning import VectorCache
from knowledge.relevance import Relevance, Text
from knowledge.text import normalise
from knowledge.topics import Topics
from knowledge.words import Terms

BODY_WEIGHT = 0.05
"""What the relevance of the text counts, against a rare word in the title or the customer's words."""
BODY_FLOOR = 6.0
"""Relevance of a text that has nothing to do with the message."""
KEY_REPEAT = 0.2
"""How much a word counts more for standing in several phrases of a section."""
KEY_LENGTH = 0.1
"""How much a long list of customer's words is held against a section."""


LONGEST_PHRASE = 12
AND = str.maketrans("跟与", "和和")
"""A跟B and A与B are A和B."""
LONG_PHRASE = 5
"""From this length a phrase of the customer counts with all its words, product names too."""


@dataclass(frozen=True)
class Hit:
    """A section and how well it fits; about 1 means that one rare word of its own is in the message."""

    section: Section
    score: float


class Search:
    """Ranking over all sections of a knowledge base."""

    def __init__(
        self, sections: Sequence[Section], topics: Topics, names: Sequence[str], vectors: VectorCache
    ) -> None:
        self._sections = tuple(sections)
        self._numbers = {section: number for number, section in enumerate(self._sections)}
        self._phrases = {phrase for section in sections for phrase in _phrases(section)}
        self.terms = Terms(topics.filler, self._phrases | set(names))
        self._key = Bm25([self._key_terms(section) for section in sections], k1=KEY_REPEAT, b=KEY_LENGTH)
        self._relevance = Relevance(
            [Text(one.title, f"{one.title}\n{one.short}\n{one.body}") for one in sections],
            self.terms.passing_over((*topics.filler, *topics.common)),
            topics.frames,
            vectors,
        )
        self._unit = 2 * math.log(1 + max(1, len(sections)))

    def rank(self, words: str, pool: Sequence[Section] | None = None, text: str = "") -> list[Hit]:
        """Sections (of the pool) that have something of the message, best first.

        Args:
            words: the words that tell something.
            pool: the sections to choose from, all when None.
            text: the whole message, in which the customer's phrases are looked for as they stand.
        """
        phrases = self._phrases_in(text or words)
        query = self.terms.telling(words)
        telling = [found for found in phrases if len(found) >= LONG_PHRASE]
        whole = [f"={found}" for found in phrases] + [
            term for found in telling for term in self.terms.telling(found)
        ]
        key = self._key.scores(query + whole) / self._unit
        body = BODY_WEIGHT * np.maximum(self._relevance.scores(words) - BODY_FLOOR, 0) if query else 0
        scores = key + body
        allowed = range(len(self._sections)) if pool is None else [self._numbers[section] for section in pool]
        hits = [
            Hit(self._sections[number], float(scores[number])) for number in allowed if scores[number] > 0
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.section.id))

    def _key_terms(self, section: Section) -> list[str]:
        phrases = _phrases(section)
        return [f"={phrase}" for phrase in phrases] + [
            term for text in phrases for term in self.terms.telling(text)
        ]

    def _phrases_in(self, text: str) -> list[str]:
        plain = _one_and(text)
        return [
            plain[start:end]
            for start in range(len(plain))
            for end in range(start + 2, min(len(plain), start + LONGEST_PHRASE) + 1)
            if plain[start:end] in self._phrases
        ]


def _phrases(section: Section) -> list[str]:
    return [_one_and(phrase) for phrase in (section.title, *section.words)]


def _one_and(text: str) -> str:
    return normalise(text).translate(AND)
