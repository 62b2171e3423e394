"""Ranks sections for a message: customer's words and titles count most, the text itself less."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.documents import Section
from knowledge.index import Bm25
from knowledge.words import Terms

BODY_WEIGHT = 0.3
"""What a term in the text counts, against one in the title or the customer's words."""
KEY_REPEAT = 0.2
"""How much a word counts more for standing in several phrases of a section."""
KEY_LENGTH = 0.1
"""How much a long list of customer's words is held against a section."""


@dataclass(frozen=True)
class Hit:
    """A section and how well it fits; about 1 means that one rare word of its own is in the message."""

    section: Section
    score: float


class Search:
    """Ranking over all sections of a knowledge base."""

    def __init__(self, sections: Sequence[Section], filler: Sequence[str], names: Sequence[str]) -> None:
        self._sections = tuple(sections)
        self._numbers = {section: number for number, section in enumerate(self._sections)}
        vocabulary = {word for section in sections for word in (*section.words, section.title)}
        self.terms = Terms(filler, vocabulary | set(names))
        self._key = Bm25([self._key_terms(section) for section in sections], k1=KEY_REPEAT, b=KEY_LENGTH)
        self._body = Bm25([self.terms.cut(section.short + "\n" + section.body) for section in sections])
        self._unit = 2 * math.log(1 + max(1, len(sections)))

    def rank(self, text: str, pool: Sequence[Section] | None = None) -> list[Hit]:
        """Sections (of the pool) that share a term with the text, best first."""
        query = self.terms.cut(text)
        key = self._key.scores(query)
        body = self._body.scores(query)
        allowed = range(len(self._sections)) if pool is None else [self._numbers[section] for section in pool]
        hits = [
            Hit(
                self._sections[number],
                (key.get(number, 0.0) + BODY_WEIGHT * body.get(number, 0.0)) / self._unit,
            )
            for number in allowed
            if number in key or number in body
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.section.id))

    def _key_terms(self, section: Section) -> list[str]:
        return [term for phrase in (section.title, *section.words) for term in self.terms.cut(phrase)]
