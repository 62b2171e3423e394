"""Chinese text into search terms: jieba words and character pairs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from copy import copy

import jieba

from knowledge.text import normalise

jieba.setLogLevel(logging.WARNING)
RUN = re.compile(r"[0-9a-z]+(?:\.[0-9]+)?|[\u4e00-\u9fff]+")


class Terms:
    """Cuts text into terms; `filler` carries no meaning for search, `vocabulary` must not be cut apart."""

    def __init__(self, filler: Iterable[str] = (), vocabulary: Iterable[str] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        for word in vocabulary:
            if len(word) > 1:
                self._jieba.add_word(normalise(word))
        self._pass_over(filler)

    def passing_over(self, filler: Iterable[str]) -> Terms:
        """The same with another filler; shares the dictionary, which takes half a second to load."""
        other = copy(self)
        other._pass_over(filler)
        return other

    def _pass_over(self, filler: Iterable[str]) -> None:
        longest_first = sorted({normalise(word) for word in filler}, key=len, reverse=True)
        self._filler = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def without(self, text: str, words: Iterable[str]) -> str:
        """The text with certain words replaced by blanks."""
        plain = text.lower()
        for word in sorted(words, key=len, reverse=True):
            plain = plain.replace(word, " ")
        return plain

    def strip(self, text: str) -> str:
        """The text without its filler, runs parted by a blank."""
        plain = normalise(text)
        return self._filler.sub(" ", plain) if self._filler else plain

    def cut(self, text: str) -> list[str]:
        """Terms of a text in order: its words (a lone sign only when it is all there is), then its pairs."""
        return self._terms(normalise(text))

    def telling(self, text: str) -> list[str]:
        """Terms of a text without its filler."""
        return self._terms(self.strip(text))

    def signs(self, text: str) -> list[str]:
        """The Chinese signs of a text one by one."""
        return [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]

    def runs(self, text: str) -> list[str]:
        """Every three and every four signs that follow one another."""
        return [
            run[at : at + size]
            for run in RUN.findall(normalise(text))
            for size in (3, 4)
            for at in range(len(run) - size + 1)
        ]

    def _terms(self, plain: str) -> list[str]:
        terms: list[str] = []
        for run in RUN.findall(plain):
            if run[0].isascii():
                terms.append(run)
                continue
            words = [word for word in self._jieba.cut_for_search(run) if len(word) > 1 or len(run) == 1]
            pairs = [f"~{run[at : at + 2]}" for at in range(len(run) - 1)]
            terms += words + pairs
        return terms
