"""Words by jieba, with the insurer's own terms; each segmenter has its own dictionary.

`jieba.load_userdict` changes one dictionary of the whole process, in which a word of an older model stays
until restart and the lint would see what training saw. A `jieba.Tokenizer` of one's own does not.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import jieba

from bot.nlu.normalise import normalise

jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True)
class Word:
    """A word in normalised form and where it stands in the typed text."""

    text: str
    start: int
    end: int


class Segmenter:
    """Cuts text into words; `terms` are kept whole where they occur."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        for term in sorted({normalise(term) for term in terms}):
            self._jieba.add_word(term)

    def words(self, text: str) -> list[Word]:
        """The words of `text` in order, white space left out."""
        cut = self._jieba.tokenize(normalise(text))
        return [Word(word, start, end) for word, start, end in cut if not word.isspace()]
