"""From an entry of the log to the plain text WeChat shows: no Markdown, links only to our own pages, ≤
1,950 bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_BYTES = 1950
"""Above 2,047 bytes of UTF-8 a passive reply fails without a clear error; some room for what WeChat adds."""

_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+)\)")
_MARKS = (
    re.compile(r"(?<!\*)\*\*(?![*\s])(.+?)(?<![*\s])\*\*(?!\*)"),
    re.compile(r"(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)"),
    re.compile(r"`(.+?)`"),
)
"""Longer runs of stars are no marks: they hide a part of a number."""
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
_BULLET = re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE)
_RULE = re.compile(r"^\s*-{3,}\s*$\n?", re.MULTILINE)
_ANCHOR = re.compile(r"<a href=[^>]*>.*?</a>", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[。！？!?；;\n])")
_CLAUSE = re.compile(r"(?<=[，,、：: ])")


def plain(text: str) -> str:
    """Without Markdown: bullets become •, links keep their words and show their address; angle brackets are
    the customer's or the author's own, so they become full-width and cannot form a tag."""
    text = text.replace("<", "＜").replace(">", "＞")
    text = _RULE.sub("", text)
    text = _HEADING.sub("", text)
    text = _BULLET.sub(r"\1• ", text)
    text = _LINK.sub(r"\1（\2）", text)
    for mark in _MARKS:
        text = mark.sub(r"\1", text)
    return text.strip()


def anchor(words: str, url: str) -> str:
    """A link of ours that can be tapped."""
    return f'<a href="{url}">{plain(words)}</a>'


def size(text: str) -> int:
    return len(text.encode())


def split(text: str, limit: int = MOST_BYTES) -> list[str]:
    """The text in parts of at most `limit` bytes, cut at the end of a sentence where there is one, else of a
    clause, else between characters; never inside a link."""
    parts: list[str] = []
    part = ""
    for unit in _units(text, limit):
        if part and size(part) + size(unit) > limit:
            parts.append(part.strip("\n"))
            part = ""
        part += unit
    if part.strip("\n"):
        parts.append(part.strip("\n"))
    return parts or [""]


def _units(text: str, limit: int) -> Iterator[str]:
    """Pieces that stay together as long as each fits the limit."""
    for sentence in _outside_links(text, _SENTENCE):
        if size(sentence) <= limit:
            yield sentence
            continue
        for clause in _outside_links(sentence, _CLAUSE):
            if size(clause) <= limit:
                yield clause
            else:
                yield from _characters(clause, limit)


def _outside_links(text: str, mark: re.Pattern[str]) -> Iterable[str]:
    """The text cut at the marks; a link is never cut, and stays with the words before it."""
    pieces: list[str] = []
    position = 0
    for link in [*_ANCHOR.finditer(text), None]:
        before = text[position : link.start() if link else len(text)]
        pieces.extend(piece for piece in mark.split(before) if piece)
        if link is not None:
            if pieces and not mark.search(pieces[-1][-1:]) and size(pieces[-1] + link[0]) <= MOST_BYTES:
                pieces[-1] += link[0]
            else:
                pieces.append(link[0])
            position = link.end()
    return pieces


def _characters(text: str, limit: int) -> Iterator[str]:
    part = ""
    for char in text:
        if size(part) + size(char) > limit:
            yield part
            part = ""
        part += char
    yield part
