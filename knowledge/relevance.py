"""How well each of many texts answers a question: one ranking, for the bot's search and for any benchmark.

Words and pairs of signs, single signs, longer runs, the best sentence, meaning and length are measured for
each text and added up with weights. The weights are those of a logistic choice among all texts, fitted
by `baodan knowledge bench FILE.jsonl --fit` on the dev half of InsQABench (Apache-2.0).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt

from knowledge.index import Bm25, Scores
from knowledge.meaning import Meaning, VectorCache
from knowledge.words import Terms

WEIGHTS = {
    "telling_words": 7.24,
    "signs": 10.34,
    "best_sentence": 15.93,
    "runs": 7.56,
    "length": -0.58,
    "meaning": 6.56,
}
"""What each measure counts."""
SENTENCE_END = re.compile(r"[。;；！？!?\n]|(?<=[）)])\s")
SHORTEST_SENTENCE = 4


@dataclass(frozen=True)
class Text:
    """A text to rank: what it is about in a few words, and what it says."""

    title: str
    body: str


class Relevance:
    """Ranks a fixed set of texts; `frames` are ways to ask about a title, such as "什么是{}？"."""

    def __init__(
        self, texts: Sequence[Text], terms: Terms, frames: Sequence[str], vectors: VectorCache
    ) -> None:
        self._terms = terms
        self._signs = Bm25([terms.signs(text.body) for text in texts], k1=2, b=0.8)
        self._runs = Bm25([terms.runs(text.body) for text in texts], k1=0)
        sentences = [[terms.cut(one) for one in _sentences(text.body)] for text in texts]
        self._starts = [0, *accumulate(len(each) for each in sentences)][:-1]
        self._sentences = Bm25(list(chain.from_iterable(sentences)), b=0.4)
        self._presence = Bm25([list(chain.from_iterable(each)) for each in sentences], k1=0)
        lengths = np.log([max(1, len(text.body)) for text in texts])
        self._length = (lengths - lengths.mean()).astype(np.float32)
        asked = [frames[at % len(frames)].format(text.title) for at, text in enumerate(texts)]
        rows = vectors.encode([*(text.body for text in texts), *asked])
        self.meaning = Meaning(rows[: len(texts)], rows[len(texts) :])

    def scores(self, question: str) -> Scores:
        """A score for each text; only differences between texts mean something."""
        weights = np.array(list(WEIGHTS.values()), np.float32)
        return self.measures(question) @ weights

    def measures(self, question: str) -> npt.NDArray[np.float32]:
        """A row for each text, a column for each of `WEIGHTS`."""
        terms = self._terms
        columns = {
            "telling_words": self._presence.shares(terms.telling(question)),
            "signs": self._signs.shares(terms.signs(question)),
            "best_sentence": np.maximum.reduceat(self._sentences.shares(terms.cut(question)), self._starts),
            "runs": self._runs.shares(terms.runs(question)),
            "length": self._length,
            "meaning": self.meaning.likeness(question),
        }
        return np.stack(list(columns.values()), axis=1)


def _sentences(text: str) -> list[str]:
    found = [part.strip() for part in SENTENCE_END.split(text)]
    return [part for part in found if len(part) >= SHORTEST_SENTENCE] or [text]
