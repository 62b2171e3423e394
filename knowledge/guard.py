"""Sentences that must never reach a customer: `guard.yml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import InvalidKnowledge
from knowledge.text import normalise
from knowledge.yaml_file import read_mapping

SENTENCE_END = re.compile(r"[。;!?\n]")


@dataclass(frozen=True)
class Breach:
    """A sentence that breaks a rule, and why the rule exists."""

    rule: str
    why: str
    sentence: str


@dataclass(frozen=True)
class _Rule:
    name: str
    why: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None

    def broken_by(self, sentence: str) -> bool:
        return bool(self.pattern.search(sentence)) and not (self.unless and self.unless.search(sentence))


class Guard:
    """All rules of `guard.yml`."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules = tuple(rules)

    @classmethod
    def load(cls, path: Path) -> Guard:
        """Read the rules; InvalidKnowledge when a pattern is broken."""
        raw = read_mapping(path)
        rules = []
        for name, entry in raw.items():
            try:
                unless = re.compile("|".join(entry["unless"])) if entry["unless"] else None
                rules.append(_Rule(name, entry["why"], re.compile("|".join(entry["patterns"])), unless))
            except re.error as error:
                raise InvalidKnowledge(path, 1, f"rule '{name}' is no pattern: {error}") from error
        return cls(rules)

    def breaches(self, text: str) -> list[Breach]:
        """Every sentence of a text that breaks a rule."""
        sentences = [
            plain for line in text.splitlines() for plain in SENTENCE_END.split(normalise(line)) if plain
        ]
        return [
            Breach(rule.name, rule.why, sentence)
            for sentence in sentences
            for rule in self._rules
            if rule.broken_by(sentence)
        ]
