"""Reads the glossary: insurance terms in plain words with an example each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from knowledge.documents import Kind, Section, Source
from knowledge.errors import InvalidKnowledge
from knowledge.yaml_file import read_mapping

INTENT = "ask_term_definition"


def read_glossary(path: Path) -> list[Section]:
    """One section per term.

    Raises:
        InvalidKnowledge: when a term lacks its plain words or its example.
    """
    raw = read_mapping(path)
    text = path.read_text(encoding="utf-8")
    source = Source(
        kind=Kind.GLOSSARY,
        key="glossary",
        title=raw["title"],
        version=str(raw["version"]),
        effective_from=raw["effective_from"],
        effective_until=None,
        approver=raw["approver"],
        path=str(path),
    )
    lines = text.splitlines()
    return [_term(path, lines, source, entry) for entry in raw["terms"]]


def _term(path: Path, lines: list[str], source: Source, entry: dict[str, Any]) -> Section:
    term = str(entry["term"])
    line = next((at for at, text in enumerate(lines, 1) if text.strip() == f"- term: {term}"), 1)
    for key in ("plain", "example"):
        if not entry.get(key):
            raise InvalidKnowledge(path, line, f"term '{term}' lacks '{key}'")
    short = f"{entry['plain'].strip()}\n比如：{entry['example'].strip()}"
    return Section(
        id=f"glossary.{term}",
        source=source,
        title=term,
        clause=term,
        answers=(INTENT,),
        words=tuple(entry.get("words", ())),
        short=short,
        body=short,
        next=(),
        cites=tuple(entry.get("cites", ())),
        default=False,
        product=None,
        lines=(),
        line=line,
    )
