"""Reads one knowledge file: Markdown with YAML front matter.

A section is a level-2 heading with an optional number and slug, attribute lines, the short answer, and the
text it rests on as a block quote::

    ## 3.2 等待期 {#waiting}
    answers: ask_waiting_period
    words: 观察期 几时生效
    next: 看哪些不赔 /ask_exclusion

    90天，从合同生效次日起算。

    > 自本合同生效之日的次日起90日为等待期。…
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.answers import Button
from knowledge.documents import Kind, Product, Section, Source
from knowledge.errors import InvalidKnowledge
from knowledge.wording import PLACEHOLDER

HEADING = re.compile(
    r"^## +(?:(?P<number>第[零一二三四五六七八九十百千]+条|[0-9]+(?:\.[0-9]+)*) +)?"
    r"(?P<title>.+?)(?: +\{#(?P<slug>[a-z0-9-]+)\})?$"
)
ATTRIBUTE = re.compile(r"^(answers|words|next|cites|default|lines): *(.*)$")
COMMON_KEYS = {"kind", "key", "title", "version", "effective_from", "effective_until", "approver"}
PRODUCT_KEYS = COMMON_KEYS | {"label", "aliases", "cues", "line", "facts"}


def read_file(path: Path, values: Mapping[str, str]) -> tuple[Source, Product | None, list[Section]]:
    """Read a file and fill `{name}` from the insurer's settings.

    Raises:
        InvalidKnowledge: with file, line and reason.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        raise InvalidKnowledge(path, 1, "no front matter between two lines '---'")
    end = lines.index("---", 1)
    try:
        front = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        raise InvalidKnowledge(path, 1, f"front matter is not YAML: {error}") from error
    if not isinstance(front, dict):
        raise InvalidKnowledge(path, 1, "front matter is not a mapping")
    source = _source(path, front)
    product = _product(path, front, source) if source.kind is Kind.PRODUCT else None
    sections = [_section(path, source, product, chunk, values) for chunk in _chunks(lines, end + 1)]
    if not sections:
        raise InvalidKnowledge(path, end + 1, "no section")
    return source, product, sections


def _source(path: Path, front: dict[str, Any]) -> Source:
    kind = front.get("kind")
    if kind not in {Kind.PRODUCT, Kind.GUIDE, Kind.LAW}:
        raise InvalidKnowledge(path, 1, f"kind '{kind}' is not product, guide or law")
    allowed = PRODUCT_KEYS if kind == Kind.PRODUCT else COMMON_KEYS
    needed = allowed - {"effective_until", "cues"}
    for key in sorted(needed - set(front)):
        raise InvalidKnowledge(path, 1, f"front matter lacks '{key}'")
    for key in sorted(set(front) - allowed):
        raise InvalidKnowledge(path, 1, f"front matter has unknown '{key}'")
    until = front.get("effective_until")
    for key, day in (("effective_from", front["effective_from"]), ("effective_until", until)):
        if day is not None and not isinstance(day, date):
            raise InvalidKnowledge(path, 1, f"'{key}' is not a date like 2026-01-01")
    return Source(
        kind=Kind(kind),
        key=str(front["key"]),
        title=str(front["title"]),
        version=str(front["version"]),
        effective_from=front["effective_from"],
        effective_until=until,
        approver=str(front["approver"]),
        path=str(path),
    )


def _product(path: Path, front: dict[str, Any], source: Source) -> Product:
    if not isinstance(front["facts"], dict) or not isinstance(front["aliases"], list):
        raise InvalidKnowledge(path, 1, "'facts' must be a mapping and 'aliases' a list")
    return Product(
        code=source.key,
        name=source.title,
        label=str(front["label"]),
        aliases=tuple(str(alias) for alias in front["aliases"]),
        cues=tuple(str(cue) for cue in front.get("cues", [])),
        line=str(front["line"]),
        facts=front["facts"],
        source=source,
    )


def _chunks(lines: list[str], start: int) -> list[tuple[int, list[str]]]:
    chunks: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        if line.startswith("## "):
            chunks.append((number, [line]))
        elif chunks and not line.startswith("# "):
            chunks[-1][1].append(line)
    return chunks


def _section(
    path: Path,
    source: Source,
    product: Product | None,
    chunk: tuple[int, list[str]],
    values: Mapping[str, str],
) -> Section:
    number, lines = chunk
    heading = HEADING.match(lines[0])
    if heading is None:
        raise InvalidKnowledge(path, number, "heading is not '## NUMBER TITLE {#slug}'")
    slug = heading["slug"] or heading["number"]
    if not slug:
        raise InvalidKnowledge(path, number, "a section without a number needs a slug {#…}")
    attributes: dict[str, str] = {}
    rest = 1
    while rest < len(lines) and (match := ATTRIBUTE.match(lines[rest])):
        attributes[match[1]] = match[2].strip()
        rest += 1
    short = [line.rstrip() for line in lines[rest:] if line.strip() and not line.startswith(">")]
    quoted = [line[1:].strip() for line in lines[rest:] if line.startswith(">")]
    answers = tuple(attributes.get("answers", "").split())
    if answers and not short:
        raise InvalidKnowledge(path, number, "answers an intent but has no short answer")
    code = product.code if product else None
    return Section(
        id=f"{source.key}.{slug}",
        source=source,
        title=heading["title"],
        clause=_clause(source.kind, heading["number"]),
        answers=answers,
        words=tuple(attributes.get("words", "").split()),
        short=_fill(path, number, "\n".join(short), values),
        body=_fill(path, number, _paragraphs(quoted), values),
        next=_button(path, number, attributes.get("next"), code),
        cites=tuple(_reference(source.key, cite) for cite in attributes.get("cites", "").split()),
        default=attributes.get("default") == "yes",
        product=code,
        lines=tuple(attributes.get("lines", "").split()),
        line=number,
    )


def _clause(kind: Kind, number: str | None) -> str:
    if number is None or number.startswith("第"):
        return number or ""
    return f"第{number}节" if kind is Kind.GUIDE else f"第{number}条"


def _reference(key: str, cite: str) -> str:
    """Full name of what is cited: `2.1` is a clause of the same file, `claims.steps` stands in another."""
    return f"{key}.{cite}" if cite[0].isdigit() else cite


def _paragraphs(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _button(path: Path, number: int, text: str | None, product: str | None) -> tuple[Button, ...]:
    if text is None:
        return ()
    title, slash, payload = text.partition("/")
    if not slash or not title.strip():
        raise InvalidKnowledge(path, number, "next is not 'TITLE /intent'")
    intent, brace, entities = payload.partition("{")
    if not brace and product and intent.startswith("ask_"):
        return (Button(title.strip(), f"/{intent}" + json.dumps({"product": product})),)
    return (Button(title.strip(), f"/{intent}{brace}{entities}"),)


def _fill(path: Path, number: int, text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise InvalidKnowledge(path, number, f"no setting named '{match[1]}'")
        return values[match[1]]

    return PLACEHOLDER.sub(value, text)
