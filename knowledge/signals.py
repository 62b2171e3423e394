"""Signs in a complaint that somebody should look at it sooner; read from `complaint_signals.yml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from knowledge.errors import InvalidKnowledge


class Signal(BaseModel):
    """`priority` in the queue, whether it `calls` a person at once, and the expressions it shows in."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    priority: int = Field(ge=0, le=9)
    calls: bool = False
    words: tuple[re.Pattern[str], ...]


_FILE: TypeAdapter[dict[str, Signal]] = TypeAdapter(dict[str, Signal])


class ComplaintSignals:
    """All signals by name."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        self._signals = dict(signals)

    @classmethod
    def load(cls, path: Path) -> ComplaintSignals:
        """InvalidKnowledge when the file is not of its form."""
        try:
            return cls(_FILE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidKnowledge(path, 1, f"{first['loc']}: {first['msg']}") from error

    def names(self) -> frozenset[str]:
        return frozenset(self._signals)

    def recognise(self, text: str) -> set[str]:
        """The signals that show in the text."""
        return {
            name for name, signal in self._signals.items() if any(word.search(text) for word in signal.words)
        }

    def labels(self, names: Collection[str]) -> list[str]:
        """How specialists read these signals."""
        return [signal.label for name, signal in self._signals.items() if name in names]

    def priority(self, names: Collection[str]) -> int:
        """The highest of these signals' priorities; 0 for none."""
        return max((self._signals[name].priority for name in names), default=0)

    def call_a_person(self, names: Collection[str]) -> bool:
        """Whether one of these signals asks for a person at once."""
        return any(self._signals[name].calls for name in names)
