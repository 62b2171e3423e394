"""What a knowledge file becomes in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from knowledge.answers import Button


class Kind(StrEnum):
    """What sort of file a section stands in."""

    PRODUCT = "product"
    GUIDE = "guide"
    LAW = "law"
    GLOSSARY = "glossary"


@dataclass(frozen=True)
class Source:
    """One version of one file: its name, life and approver. Two versions of a file share `key`."""

    kind: Kind
    key: str
    title: str
    version: str
    effective_from: date
    effective_until: date | None
    approver: str
    path: str

    def in_force(self, on: date) -> bool:
        """Whether this version holds on a day; the last day of its life is included."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)


@dataclass(frozen=True, eq=False)
class Section:
    """The unit that answers; each is itself only, whatever another one says.

    `short` is what the customer reads, `body` the text it rests on (empty when only `cites` carry it).
    `words` are the customer's own words for it; `default` marks the section that answers an intent when
    the message says nothing more special.
    """

    id: str
    source: Source
    title: str
    clause: str
    answers: tuple[str, ...]
    words: tuple[str, ...]
    short: str
    body: str
    next: tuple[Button, ...]
    cites: tuple[str, ...]
    default: bool
    product: str | None
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Product:
    """What is known of a product without reading its clauses.

    `label` is its name on a button; `cues` are words that hint at it when it is not named.
    """

    code: str
    name: str
    label: str
    aliases: tuple[str, ...]
    cues: tuple[str, ...]
    line: str
    facts: Mapping[str, Any]
    source: Source
