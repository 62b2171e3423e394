"""Holds the whole knowledge base against its rules: `baodan knowledge check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from knowledge import numbers
from knowledge.contents import Contents
from knowledge.documents import Kind, Section
from knowledge.errors import InvalidKnowledge
from knowledge.sayable import EXAMPLE, settings_numbers, unsourced
from knowledge.wording import Wording

ROOM = Path(__file__).parent
LINES = 5
CHARACTERS = 260
REVIEW = "最终以理赔审核为准"
FEWEST_TERMS = 80
"""Terms that the glossary explains; that each has plain words and an example, its loader sees to."""
FACTS = {
    "waiting_days": "ask_waiting_period",
    "cooling_off_days": "ask_cooling_off",
    "grace_days": "ask_grace_period",
    "ages": "ask_eligibility",
}
"""Facts of a product whose numbers must stand in the clause behind its answer to an intent."""


@dataclass(frozen=True, order=True)
class Problem:
    """Something to mend: where and what."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class _Checked:
    base: Contents
    wording: Wording
    intents: frozenset[str]
    today: date


def problems(
    folder: Path = ROOM, domain: Path = ROOM.parent / "domain", today: date | None = None
) -> list[Problem]:
    """Everything that is wrong, in order of file and line; a file that cannot be read ends the check."""
    try:
        base = Contents.load(folder)
        wording = Wording.load(domain)
    except InvalidKnowledge as error:
        return [Problem(error.path, error.line, error.reason)]
    checked = _Checked(base, wording, _intents(domain), today or date.today())
    return sorted({problem for check in CHECKS for problem in check(checked)})


def _intents(domain: Path) -> frozenset[str]:
    names: set[str] = set()
    for path in sorted(domain.rglob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        names |= {
            entry if isinstance(entry, str) else next(iter(entry)) for entry in content.get("intents") or []
        }
    return frozenset(names)


def _at(section: Section, reason: str) -> Problem:
    return Problem(section.source.path, section.line, f"{section.id}: {reason}")


def _missing_sections(checked: _Checked) -> Iterator[Problem]:
    for product in checked.base.products.values():
        for intent in checked.base.topics.every_product:
            found = [s for s in checked.base.library if s.product == product.code and intent in s.answers]
            if not any(section.default for section in found):
                yield Problem(product.source.path, 1, f"{product.code}: no default section answers {intent}")


def _dead_references(checked: _Checked) -> Iterator[Problem]:
    library = checked.base.library
    for section in library:
        for name in section.cites:
            cited = library.find(name)
            if cited is None or not cited.body:
                yield _at(section, f"cites '{name}', which is no section with a text")
        for number in numbers.clauses(section.short) if section.product else ():
            if f"{section.source.key}.{number}" not in library:
                yield _at(section, f"names 第{number}条, which does not exist")
        if (
            section.answers
            and not library.basis(section, section.source.effective_from)
            and _cites_needed(section)
        ):
            yield _at(section, "rests on no text: neither a quote nor a citation")
    for intent, topic in checked.base.topics.by_intent.items():
        for name in topic.offer:
            if name not in library and name not in checked.base.products:
                yield Problem("topics.yml", 1, f"{intent} offers '{name}', which does not exist")


def _cites_needed(section: Section) -> bool:
    return section.source.kind is not Kind.GLOSSARY


def _unknown_intents(checked: _Checked) -> Iterator[Problem]:
    for section in checked.base.library:
        for button in section.next:
            name = button.payload.removeprefix("/").partition("{")[0]
            if checked.intents and name not in checked.intents:
                yield _at(section, f"its button leads to '{name}', which is no intent of the domain")


def _versions(checked: _Checked) -> Iterator[Problem]:
    sources = {section.source for section in checked.base.library}
    for key in sorted({source.key for source in sources}):
        versions = sorted((s for s in sources if s.key == key), key=lambda source: source.effective_from)
        for earlier, later in pairwise(versions):
            if earlier.effective_until is None or earlier.effective_until >= later.effective_from:
                yield Problem(earlier.path, 1, f"version {earlier.version} overlaps version {later.version}")
        if not any(source.in_force(checked.today) for source in versions):
            yield Problem(versions[-1].path, 1, f"no version of '{key}' is in force on {checked.today}")


def _forbidden_sentences(checked: _Checked) -> Iterator[Problem]:
    for section in checked.base.library:
        for breach in checked.base.guard.breaches(section.short):
            yield _at(section, f"{breach.rule}（{breach.why}）: {breach.sentence}")
    for name in sorted(checked.wording.names()):
        for breach in checked.base.guard.breaches(checked.wording.template(name)):
            yield Problem("domain", 1, f"{name}: {breach.rule}（{breach.why}）: {breach.sentence}")


def _shape(checked: _Checked) -> Iterator[Problem]:
    for section in checked.base.library:
        if len(section.short.splitlines()) > LINES:
            yield _at(section, f"short answer has more than {LINES} lines")
        if len(section.short) > CHARACTERS:
            yield _at(section, f"short answer has more than {CHARACTERS} characters")
        if "ask_claim_eligibility" in section.answers and REVIEW not in section.short:
            yield _at(section, f"speaks of a claim without “{REVIEW}”")


def _numbers_not_in_source(checked: _Checked) -> Iterator[Problem]:
    known = settings_numbers(checked.base.settings)
    for section in checked.base.library:
        glossary = section.source.kind is Kind.GLOSSARY
        said = section.short.partition(EXAMPLE)[0] if glossary else section.short
        began = section.source.effective_from
        cited = [
            found
            for name in section.cites
            if (found := checked.base.library.find(name, began) or checked.base.library.find(name))
        ]
        bodies = [found.body for found in cited] + ([] if glossary else [section.body])
        for number in unsourced(said, bodies, known):
            yield _at(section, f"the number {number} stands neither in its source nor in the settings")


def _glossary(checked: _Checked) -> Iterator[Problem]:
    terms = [section for section in checked.base.library if section.source.kind is Kind.GLOSSARY]
    if len(terms) < FEWEST_TERMS:
        yield Problem("glossary.yml", 1, f"explains {len(terms)} terms, fewer than {FEWEST_TERMS}")


def _facts(checked: _Checked) -> Iterator[Problem]:
    for product in checked.base.products.values():
        for fact, intent in FACTS.items():
            values = product.facts.get(fact)
            if values in (None, 0):
                continue
            text = "".join(
                section.body
                for section in checked.base.library
                if section.source == product.source and intent in section.answers and section.default
            )
            for value in values if isinstance(values, list) else [values]:
                if text and Decimal(value) not in numbers.every(text):
                    yield Problem(
                        product.source.path, 1, f"{product.code}: {fact} {value} is not in its clause"
                    )


def _aliases(checked: _Checked) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for product in checked.base.products.values():
        for alias in product.aliases:
            owner = owners.setdefault(alias, product.code)
            if owner != product.code:
                yield Problem(product.source.path, 1, f"alias '{alias}' also belongs to {owner}")


CHECKS: tuple[Callable[[_Checked], Iterator[Problem]], ...] = (
    _missing_sections,
    _dead_references,
    _unknown_intents,
    _versions,
    _forbidden_sentences,
    _shape,
    _numbers_not_in_source,
    _glossary,
    _facts,
    _aliases,
)
