"""The Chinese words of states and kinds, read from `state_words.yml`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml

Kind = TypeVar("Kind", bound=enum.StrEnum)
_FILE = Path(__file__).with_name("state_words.yml")


@dataclass(frozen=True)
class Words:
    """How a customer is told a state: its name, in plain words what it means, and where only five characters
    have room (a template message), a shorter name."""

    word: str
    means: str = ""
    short: str = ""


@cache
def all_words() -> dict[str, dict[str, Words]]:
    """Every section of the file; a section is named after its enum, its keys are the enum's values."""
    sections = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        name: {
            value: Words(**entry) if isinstance(entry, dict) else Words(entry)
            for value, entry in section.items()
        }
        for name, section in sections.items()
    }


def state_words(state: enum.StrEnum) -> Words:
    return all_words()[type(state).__name__][state.value]


def state_text(state: enum.StrEnum) -> str:
    """The Chinese word of a state or kind."""
    return state_words(state).word


def state_short(state: enum.StrEnum) -> str:
    """The Chinese word of a state in at most five characters."""
    words = state_words(state)
    return words.short or words.word


def state_means(state: enum.StrEnum) -> str:
    """What a state means for the customer, in one plain sentence; '' where the word says it all."""
    return state_words(state).means


def from_word(kind: type[Kind], word: str) -> Kind:
    """The member with this Chinese word. Raises KeyError when there is none."""
    for value, words in all_words()[kind.__name__].items():
        if words.word == word:
            return kind(value)
    raise KeyError(f"{word!r} is no word of {kind.__name__}")
