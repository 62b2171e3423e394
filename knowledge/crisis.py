"""Signs that a life is in danger, recognised before any model runs: `crisis.yml`.

Owns only the recognition; the sentence is a response of the domain, the person is the gateway's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import InvalidKnowledge
from knowledge.text import normalise


class CrisisKind(StrEnum):
    """What is at stake; the order is the order of recognition."""

    SELF_HARM = "self_harm"
    DANGER = "danger"
    ACCIDENT_INJURY = "accident_injury"


@dataclass(frozen=True)
class Crisis:
    """A recognised crisis and the response to say at once."""

    kind: CrisisKind
    response: str


@dataclass(frozen=True)
class _Rule:
    signs: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def fits(self, text: str) -> bool:
        return all(sign.search(text) for sign in self.signs) and not any(
            sign.search(text) for sign in self.unless
        )


class CrisisSigns:
    """All rules of `crisis.yml`, by kind."""

    def __init__(
        self, rules: Mapping[CrisisKind, Sequence[_Rule]], responses: Mapping[CrisisKind, str]
    ) -> None:
        self._rules = rules
        self._responses = responses

    @classmethod
    def load(cls, path: Path) -> CrisisSigns:
        """Read the signs.

        Raises:
            InvalidKnowledge: when a rule names a group that does not exist or a pattern is broken.
        """
        raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups = {name: _pattern(path, name, items) for name, items in raw["groups"].items()}
        rules: dict[CrisisKind, list[_Rule]] = {}
        for name, kind in raw["kinds"].items():
            rules[CrisisKind(name)] = [
                _Rule(_named(path, groups, rule["all"]), _named(path, groups, rule.get("unless", [])))
                for rule in kind["rules"]
            ]
        return cls(rules, {CrisisKind(name): kind["response"] for name, kind in raw["kinds"].items()})

    def recognise(self, text: str) -> Crisis | None:
        """The gravest crisis a message shows, None when it shows none."""
        plain = normalise(text)
        for kind in CrisisKind:
            if any(rule.fits(plain) for rule in self._rules.get(kind, ())):
                return Crisis(kind, self._responses[kind])
        return None


def _pattern(path: Path, name: str, items: list[str]) -> re.Pattern[str]:
    try:
        return re.compile("|".join(items))
    except re.error as error:
        raise InvalidKnowledge(path, 1, f"group '{name}' is no pattern: {error}") from error


def _named(
    path: Path, groups: Mapping[str, re.Pattern[str]], names: list[str]
) -> tuple[re.Pattern[str], ...]:
    for name in names:
        if name not in groups:
            raise InvalidKnowledge(path, 1, f"no group '{name}'")
    return tuple(groups[name] for name in names)
