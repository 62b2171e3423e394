"""Reads cases to measure on: Rasa's YAML, a table (tsv) or JSON lines; of a folder, every such file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.lint.project import examples_of
from bot.nlu.spans import Span

OUT_OF_SCOPE = "out_of_scope"


class UnreadableError(ValueError):
    """A file that holds no cases; the message names it."""


@dataclass(frozen=True)
class Case:
    """A message and what is right: `intent`, or one of `also`; `spans` is None where nobody marked any."""

    text: str
    intent: str
    also: frozenset[str] = frozenset()
    spans: frozenset[Span] | None = None

    def accepts(self, intent: str | None) -> bool:
        """Whether `intent` is a right reading."""
        return intent == self.intent or intent in self.also


def read_cases(path: Path) -> list[Case]:
    """The cases of a file or folder in order; raises UnreadableError when there are none."""
    files = (
        sorted(one for one in path.rglob("*") if one.suffix in _READERS and one.is_file())
        if path.is_dir()
        else [path]
    )
    cases = [case for file in files for case in _read(file, strict=not path.is_dir())]
    if not cases:
        raise UnreadableError(f"{path} holds no cases")
    return cases


def _read(path: Path, strict: bool) -> Iterable[Case]:
    reader = _READERS.get(path.suffix)
    if reader is None:
        raise UnreadableError(f"{path} is none of {', '.join(sorted(_READERS))}")
    try:
        return list(reader(path))
    except (OSError, KeyError, TypeError, ValueError) as error:
        if strict:
            raise UnreadableError(f"{path} cannot be read as cases: {error!r}") from error
        return []


def _yaml(path: Path) -> Iterator[Case]:
    for example in examples_of(path, path.name):
        yield Case(example.text, example.intent, spans=frozenset(example.spans))


def _table(path: Path) -> Iterator[Case]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Case(row["text"], row["intent"], _also(row.get("also")))


def _lines(path: Path) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            given: Mapping[str, Any] = json.loads(line)
            marked = given.get("entities")
            spans = None if marked is None else frozenset(_span(one, given["text"]) for one in marked)
            yield Case(given["text"], given["intent"], _also(given.get("also")), spans)


def _span(marked: Mapping[str, Any], text: str) -> Span:
    start = marked["start"] if "start" in marked else text.index(marked["text"])
    return Span(marked["entity"], start, marked.get("end", start + len(marked.get("text", ""))))


def _also(given: Any) -> frozenset[str]:
    names = given if isinstance(given, list) else str(given or "").replace(",", " ").replace("|", " ").split()
    return frozenset(names)


_READERS: dict[str, Callable[[Path], Iterator[Case]]] = {
    ".yml": _yaml,
    ".yaml": _yaml,
    ".tsv": _table,
    ".jsonl": _lines,
}
