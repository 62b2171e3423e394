"""Words known to name an entity, from the lookup tables of the training data: a hint to the entity model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.nlu.normalise import normalise
from bot.nlu.patterns import Found


class Lexicon:
    """Finds the longest known words of a text, from left to right."""

    def __init__(self, tables: Mapping[str, Iterable[str]]) -> None:
        """`tables` gives the words of each entity; a word of several entities is known as all of them."""
        entities: dict[str, list[str]] = defaultdict(list)
        for entity, words in sorted(tables.items()):
            for word in sorted({normalise(word) for word in words}):
                entities[word].append(entity)
        self._entity = {word: "+".join(names) for word, names in entities.items()}
        self._longest = max(map(len, self._entity), default=0)

    def find(self, text: str) -> list[Found]:
        """The words found in `text`, in order and without overlaps."""
        plain = normalise(text)
        found: list[Found] = []
        start = 0
        while start < len(plain):
            end = min(start + self._longest, len(plain))
            while end > start and plain[start:end] not in self._entity:
                end -= 1
            if end > start:
                found.append(Found(self._entity[plain[start:end]], start, end))
            start = max(end, start + 1)
        return found
