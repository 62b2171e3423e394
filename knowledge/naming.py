"""Which product a customer means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from knowledge.documents import Product
from knowledge.text import normalise


class ProductNames:
    """Finds products by code, name, alias or line, and guesses them from cues."""

    def __init__(self, products: Iterable[Product], lines: Mapping[str, tuple[str, ...]]) -> None:
        self._names: dict[str, str] = {}
        self._cues: list[tuple[str, str]] = []
        for product in products:
            bare = re.sub(r"（.*?）", "", product.name)
            for name in (product.code, product.name, bare, *product.aliases):
                self._names[normalise(name)] = product.code
            self._cues += [(normalise(cue), product.code) for cue in product.cues]
        self._lines = {normalise(word): codes for word, codes in lines.items()}

    def find(self, text: str) -> str | None:
        """Code of the product with the longest name found in the text; of two alike the first."""
        plain = normalise(text)
        found = [(-len(name), plain.index(name), code) for name, code in self._names.items() if name in plain]
        wider = [word for word in self._lines if word in plain]
        if not found or any(len(word) > -min(found)[0] for word in wider):
            return None
        return min(found)[2]

    def find_line(self, text: str) -> tuple[str, ...]:
        """Codes of the products of a line word that fits several (寿险); empty when none stands there."""
        plain = normalise(text)
        words = [word for word in self._lines if word in plain]
        return self._lines[max(words, key=len)] if words else ()

    def guess(self, text: str) -> tuple[str, ...]:
        """Codes of the products whose cues fit the text best, best first."""
        plain = normalise(text)
        weights: dict[str, int] = {}
        for cue, code in self._cues:
            if cue in plain:
                weights[code] = weights.get(code, 0) + len(cue)
        best = max(weights.values(), default=0)
        return tuple(code for code, weight in weights.items() if weight == best)

    def all_names(self) -> list[str]:
        """Every name and line word, normalised."""
        return [*self._names, *self._lines]

    def without_names(self, text: str) -> str:
        """The text with product names replaced by blanks, so that they do not count in a search."""
        plain = normalise(text)
        for name in sorted(self.all_names(), key=len, reverse=True):
            plain = plain.replace(name, " ")
        return plain
