"""Ranks sections for a message: the customer's words, questions that others asked, and what the texts say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.asked import Asked, Elsewhere
from knowledge.documents import Section
from knowledge.index import Bm25, Scores
from knowledge.meaning import Likeness, VectorCache, encode_question
from knowledge.relevance import Relevance, Text
from knowledge.text import normalise
from knowledge.topics import Topics
from knowledge.words import Terms

KEY_WEIGHT = 2.6
"""What the customer's words count; the weights are those of a logistic choice, see `Hit.score`."""
ASKED_WEIGHT = 13.6
"""What likeness to the questions that others asked counts."""
BODY_WEIGHT = 0.3
"""What the relevance of the text counts."""
DEFAULT_LEAD = 1.0
"""What it counts that a section answers its intent when the message says nothing more special."""
KEY_REPEAT = 0.2
"""How much a word counts more for standing in several phrases of a section."""
KEY_LENGTH = 0.1
"""How much a long list of customer's words is held against a section."""
FOREIGN_LEAD = 0.08
"""A message that is so much more like one of those that are not ours is not ours."""
SLIGHT_LEAD = -0.05
"""The same for a message that fits none of our sections well."""
WEAK, MIDDLING, WORD_SCORE = 2.2, 4.0, 12.0
"""Scores below which a best section is not about the message, may not be, and is not by one foreign word."""
CLOSE = 10.0
"""Score from which a section that does not answer the intent is still worth offering: of the questions in
`questions_dev.tsv` whose best section reaches it, 97 % have the right one among the first three."""
LONGEST_PHRASE = 12
AND = str.maketrans("跟与", "和和")
"""A跟B and A与B are A和B."""
LONG_PHRASE = 5
"""From this length a phrase of the customer counts with all its words, product names too."""


@dataclass(frozen=True)
class Hit:
    """A section and how well it fits: `score` is a logit, `key` about 1 for one rare word of its own."""

    section: Section
    score: float
    key: float


class Search:
    """Ranking over all sections of a knowledge base."""

    def __init__(
        self,
        sections: Sequence[Section],
        topics: Topics,
        names: Sequence[str],
        asked: Asked,
        elsewhere: Elsewhere,
        vectors: VectorCache,
    ) -> None:
        self._sections = tuple(sections)
        self._defaults = np.array([section.default for section in self._sections], np.float32)
        self._numbers = {section: number for number, section in enumerate(self._sections)}
        self._phrases = {phrase for section in sections for phrase in _phrases(section)}
        self.terms = Terms(topics.filler, self._phrases | set(names))
        self._key = Bm25([self._key_terms(one, asked) for one in sections], k1=KEY_REPEAT, b=KEY_LENGTH)
        self._unit = 2 * math.log(1 + max(1, len(sections)))
        self._relevance = Relevance(
            [Text(one.title, f"{one.title}\n{one.short}\n{one.body}") for one in sections],
            self.terms.passing_over((*topics.filler, *topics.common)),
            topics.frames,
            vectors,
        )
        pairs = [
            (number, question)
            for number, one in enumerate(sections)
            for question in (one.title, *one.words, *asked.of(one))
        ]
        rows = vectors.encode([*(question for _, question in pairs), *elsewhere.questions])
        groups = [number for number, _ in pairs]
        self._asked = Likeness(rows[: len(pairs)], groups, len(self._sections), rows[len(pairs) :])
        self._questions = asked
        self._foreign_words = tuple(normalise(word) for word in elsewhere.words)

    def rank(self, words: str, pool: Sequence[Section] | None = None, text: str = "") -> list[Hit]:
        """Sections (of the pool), best first.

        Args:
            words: the words that tell something.
            pool: the sections to choose from, all when None.
            text: the whole message, in which the customer's phrases are looked for as they stand.
        """
        key = self._key_scores(words, text)
        scores = (
            KEY_WEIGHT * key
            + ASKED_WEIGHT * self._asked.of(encode_question(text or words))
            + BODY_WEIGHT * self._relevance.scores(words or text)
            + DEFAULT_LEAD * self._defaults
        )
        allowed = range(len(self._sections)) if pool is None else [self._numbers[section] for section in pool]
        hits = [Hit(self._sections[number], float(scores[number]), float(key[number])) for number in allowed]
        return sorted(hits, key=lambda hit: (-hit.score, hit.section.id))

    def is_foreign(self, text: str, best: Hit) -> bool:
        """Whether a message is not ours to answer: by its words, or by what it is like."""
        plain, section = normalise(text), best.section
        asked = self._questions.of(section)
        spoken = normalise("".join((section.title, *section.words, *asked, section.short)))
        said = [word for word in self._foreign_words if word in plain]
        if best.score < WORD_SCORE and any(word not in spoken for word in said):
            return True
        lead = self._asked.others_lead(encode_question(text))
        return lead > FOREIGN_LEAD or (lead > SLIGHT_LEAD and best.score < MIDDLING)

    def _key_scores(self, words: str, text: str) -> Scores:
        phrases = self._phrases_in(text or words)
        telling = [found for found in phrases if len(found) >= LONG_PHRASE]
        whole = [f"={found}" for found in phrases] + [
            term for found in telling for term in self.terms.telling(found)
        ]
        return np.asarray(self._key.scores(self.terms.telling(words) + whole) / self._unit, np.float32)

    def _key_terms(self, section: Section, asked: Asked) -> list[str]:
        phrases = _phrases(section)
        return [f"={phrase}" for phrase in phrases] + [
            term for text in (*phrases, *asked.of(section)) for term in self.terms.telling(text)
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
