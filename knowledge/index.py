"""BM25 over a set of texts (Robertson and Zaragoza, 2009), kept as an inverted list."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence


class Bm25:
    """Scores texts, given as lists of terms, against a query."""

    def __init__(self, texts: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.6) -> None:
        self.size = len(texts)
        lengths = [max(1, len(text)) for text in texts]
        average = sum(lengths) / max(1, self.size)
        counts = [Counter(text) for text in texts]
        frequency = Counter(term for count in counts for term in count)
        self.idf: Mapping[str, float] = {
            term: math.log(1 + (self.size - seen + 0.5) / (seen + 0.5)) for term, seen in frequency.items()
        }
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for number, count in enumerate(counts):
            norm = k1 * (1 - b + b * lengths[number] / average)
            for term, times in count.items():
                weight = self.idf[term] * times * (k1 + 1) / (times + norm)
                self._postings.setdefault(term, []).append((number, weight))

    def scores(self, query: Iterable[str]) -> dict[int, float]:
        """Score by number of text, of the texts that share a term with the query."""
        totals: dict[int, float] = {}
        for term in set(query):
            for number, weight in self._postings.get(term, ()):
                totals[number] = totals.get(number, 0.0) + weight
        return totals
