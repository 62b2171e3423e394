"""Reads the files the lint looks at into plain objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.assemble import generated_domain, read_kinds
from bot.nlu.spans import Span

# As Rasa reads it: [text](entity), [text](entity:value), [text]{"entity": …} or [text][{"entity": …}, …].
_ENTITY = re.compile(
    r"\[(?P<text>[^\]]+?)\](?:\((?P<name>[^:)]+?)(?::[^)]+)?\)|\{(?P<one>[^}]+?)\}|\[(?P<many>.*?)\])"
)
_PAYLOAD = re.compile(r"(?<![\w/<.])/([a-z][a-z_]+)(\{[^}]*\})?(?=$|[\s\"'},])")


@dataclass(frozen=True)
class Example:
    """One training sentence as the model sees it, and where it is written."""

    intent: str
    text: str
    spans: tuple[Span, ...]
    place: str


@dataclass(frozen=True)
class Payload:
    """A button's `/intent{"entity": …}` and where it is written."""

    intent: str
    entities: tuple[str, ...]
    place: str


@dataclass
class Project:
    """Everything the checks need. `rules` are Rasa's rule steps with their names.

    `vocabulary` is what docs/vocabulary.md promises: the names by `intent` and `entity`.
    """

    examples: list[Example] = field(default_factory=list)
    tests: list[Example] = field(default_factory=list)
    domain: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[dict[str, Any]] = field(default_factory=list)
    readings: dict[str, str] = field(default_factory=dict)
    vocabulary: dict[str, set[str]] = field(default_factory=dict)
    payloads: list[Payload] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)


def read_project(root: Path) -> Project:
    """The project whose folder is `root`; files that are missing count as empty."""
    domain: dict[str, Any] = {}
    for path in sorted((root / "domain").glob("*.yml")):
        for key, value in _yaml(path).items():
            if isinstance(value, list):
                domain.setdefault(key, []).extend(value)
            elif isinstance(value, dict):
                domain.setdefault(key, {}).update(value)
    kinds = read_kinds(root / "knowledge" / "services")
    for key, names in generated_domain(kinds, root / "domain").items():
        domain.setdefault(key, []).extend(names)
    readings = root / "knowledge" / "readings.yml"
    return Project(
        examples=_examples(root, "data"),
        tests=_examples(root, "tests/nlu"),
        domain=domain,
        rules=[
            rule for path in sorted((root / "data").rglob("*.yml")) for rule in _yaml(path).get("rules") or []
        ],
        kinds=kinds,
        readings={str(k): str(v) for k, v in _yaml(readings).items()} if readings.is_file() else {},
        vocabulary=_vocabulary(root / "docs" / "vocabulary.md"),
        payloads=list(_payloads(root)),
        code={
            str(path.relative_to(root)): path.read_text(encoding="utf-8")
            for path in sorted((root / "actions").rglob("*.py"))
        },
    )


def parse_example(intent: str, written: str, place: str) -> Example:
    """The sentence without its annotation marks, and the spans they gave."""
    text, spans, end = "", [], 0
    for match in _ENTITY.finditer(written):
        text += written[end : match.start()]
        start = len(text)
        text += match["text"]
        spans += [Span(name, start, len(text)) for name in _entity_names(match)]
        end = match.end()
    return Example(intent, text + written[end:], tuple(spans), place)


def _entity_names(match: re.Match[str]) -> list[str]:
    if match["name"]:
        return [match["name"]]
    given = json.loads("{" + match["one"] + "}") if match["one"] else json.loads("[" + match["many"] + "]")
    return [entry["entity"] for entry in (given if isinstance(given, list) else [given])]


def examples_of(path: Path, name: str) -> list[Example]:
    """The sentences of one file of Rasa's training data; `name` is what complaints call the file."""
    return [
        parse_example(entry["intent"], line.strip()[2:].strip(), f"{name} {entry['intent']}")
        for entry in _yaml(path).get("nlu") or []
        if "intent" in entry
        for line in entry["examples"].splitlines()
        if line.strip().startswith("- ")
    ]


def _examples(root: Path, folder: str) -> list[Example]:
    return [
        example
        for path in sorted((root / folder).rglob("*.yml"))
        for example in examples_of(path, str(path.relative_to(root)))
    ]


def _payloads(root: Path) -> Iterator[Payload]:
    for path in _written_by_people(root):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "payload" not in line and not line.startswith("next:"):
                continue
            for match in _PAYLOAD.finditer(line):
                place = f"{path.relative_to(root)}:{number}"
                yield Payload(match[1], tuple(re.findall(r'"(\w+)"\s*:', match[2] or "")), place)


def _vocabulary(page: Path) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {"intent": set(), "entity": set()}
    table = ""
    for line in page.read_text(encoding="utf-8").splitlines() if page.is_file() else ():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        table = "" if not cells else table or cells[0]
        if table in names and re.fullmatch(r"`\w+`", cells[0]):
            names[table].add(cells[0].strip("`"))
    return names


def _written_by_people(root: Path) -> Iterable[Path]:
    for pattern in (
        "domain/*.yml",
        "knowledge/**/*.yml",
        "knowledge/**/*.md",
        "actions/**/*.py",
        "gateway/**/*.py",
    ):
        yield from sorted(root.glob(pattern))


def _yaml(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded if isinstance(loaded, dict) else {}
