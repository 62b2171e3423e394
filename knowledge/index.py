"""BM25 over a set of texts (Robertson and Zaragoza, 2009), kept as an inverted list."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]


class Bm25:
    """Scores texts, given as lists of terms, against a query; with `k1` 0 only presence of a term counts."""

    def __init__(self, texts: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.6) -> None:
        self.size = len(texts)
        self._k1 = k1
        lengths = [max(1, len(text)) for text in texts]
        average = sum(lengths) / max(1, self.size)
        counts = [Counter(text) for text in texts]
        frequency = Counter(term for count in counts for term in count)
        self.idf: Mapping[str, float] = {term: self._idf(seen) for term, seen in frequency.items()}
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, count in enumerate(counts):
            norm = k1 * (1 - b + b * lengths[number] / average)
            for term, times in count.items():
                found[term].append((number, self.idf[term] * times * (k1 + 1) / (times + norm)))
        self._postings = {
            term: (
                np.fromiter((number for number, _ in rows), np.int32, len(rows)),
                np.fromiter((weight for _, weight in rows), np.float32, len(rows)),
            )
            for term, rows in found.items()
        }

    def scores(self, query: Iterable[str]) -> Scores:
        """Score of each text; 0 where it shares no term with the query."""
        totals = np.zeros(self.size, np.float32)
        for term in set(query):
            if (posting := self._postings.get(term)) is not None:
                numbers, weights = posting
                totals[numbers] += weights
        return totals

    def shares(self, query: Iterable[str]) -> Scores:
        """The scores as a share of what a text with every term of the query would get, about 0 to 1."""
        terms = set(query)
        unseen = self._idf(0)
        whole = (self._k1 + 1) * sum(self.idf.get(term, unseen) for term in terms)
        return self.scores(terms) / np.float32(whole or 1)

    def _idf(self, seen: int) -> float:
        return math.log(1 + (self.size - seen + 0.5) / (seen + 0.5))
