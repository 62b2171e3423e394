"""Holds the catalogue of service kinds against everything it needs to work: `baodan services check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.catalogue import Catalogue
from knowledge.facts import ANSWER_FACTS, POLICY_FACTS
from knowledge.guard import Guard
from knowledge.service_kind import ServiceKind
from knowledge.settings import InsurerSettings

FEWEST_PHRASES = 20
"""Training phrases of an intent that starts a kind."""
FEWEST_WORDED = 3
"""Of these, those that tell a kind from others of the same intent."""
FEWEST_CONVERSATIONS = 3
"""Played for real: one that ends well and two that do not go straight."""
_TITLE = re.compile(r"^#\s*([a-z_]+)[:：]", re.MULTILINE)
_EXAMPLE = re.compile(r"^\s*-\s+(.*)$", re.MULTILINE)
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Project:
    """What the checks read: the catalogue, phrases by intent, and how many conversations each kind has."""

    catalogue: Catalogue
    phrases: Mapping[str, list[str]]
    conversations: Mapping[str, int]
    guard: Guard

    @classmethod
    def load(cls, root: Path) -> Project:
        """Reads the project folder. Raises CatalogueError."""
        counted: dict[str, int] = {}
        for path in sorted((root / "tests" / "conversations" / "flows").glob("*.txt")):
            for kind in _TITLE.findall(path.read_text(encoding="utf-8")):
                counted[kind] = counted.get(kind, 0) + 1
        return cls(
            Catalogue.load(root / "knowledge" / "services"),
            _phrases(root / "data" / "nlu"),
            counted,
            Guard.load(root / "knowledge" / "guard.yml"),
        )


def _phrases(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for entry in content.get("nlu") or ():
            if "intent" in entry:
                plain = _ANNOTATION.sub(r"\1", entry["examples"])
                found.setdefault(entry["intent"], []).extend(_EXAMPLE.findall(plain))
    return found


def problems(root: Path) -> list[str]:
    """Everything that is missing or wrong, a sentence each, by kind."""
    project = Project.load(root)
    return [
        f"{kind.kind}.yml: {fault}"
        for kind in project.catalogue.kinds.values()
        for check in CHECKS
        for fault in check(project, kind)
    ]


def _ways_in(project: Project, kind: ServiceKind) -> Iterator[str]:
    others = project.catalogue.kinds.values()
    named = {one.kind for other in others for one in other.instead} | {
        one.kind for other in others for one in other.blocked
    }
    if not kind.intents and not kind.offered_by and kind.kind not in named:
        yield "nothing starts it: give it intents, or an answer that offers it (offered_by)"
    for intent in (*kind.intents, *kind.offered_by):
        count = len(project.phrases.get(intent, ()))
        if count < FEWEST_PHRASES:
            yield f"its intent {intent} has {count} training phrases, fewer than {FEWEST_PHRASES}"


def _words(project: Project, kind: ServiceKind) -> Iterator[str]:
    for intent in kind.intents if kind.words else ():
        count = sum(kind.named_in(phrase) for phrase in project.phrases.get(intent, ()))
        if count < FEWEST_WORDED:
            yield f"its words are in {count} phrases of {intent}, fewer than {FEWEST_WORDED}"


def _sources(project: Project, kind: ServiceKind) -> Iterator[str]:
    if not kind.sources:
        yield "no source: name the law, clause or decision it rests on (sources)"
    if not kind.effect:
        yield "no effect: say what it does to cover and premium, or that it does nothing"


def _formulas(project: Project, kind: ServiceKind) -> Iterator[str]:
    keys = {field.key for field in kind.fields}
    known = keys | {f"{key}{ending}" for key in keys for ending in ANSWER_FACTS}
    known |= set(POLICY_FACTS) | set(InsurerSettings.model_fields)
    for formula in kind.formulas():
        for name in sorted(formula.names - known):
            yield f"{formula.text!r} names {name}, which is no fact, answer or setting"
    if kind.deadline.setting is not None and kind.deadline.setting not in InsurerSettings.model_fields:
        yield f"its deadline names {kind.deadline.setting}, which is no setting"


def _conversations(project: Project, kind: ServiceKind) -> Iterator[str]:
    count = project.conversations.get(kind.kind, 0)
    if count < FEWEST_CONVERSATIONS:
        yield f"{count} conversation tests (“# {kind.kind}: …”), fewer than {FEWEST_CONVERSATIONS}"


def _sentences(project: Project, kind: ServiceKind) -> Iterator[str]:
    texts = [kind.effect, kind.texts.start, kind.texts.done, kind.texts.refused]
    texts += [
        text for field in kind.fields for text in (field.question, field.why, field.hint, field.invalid)
    ]
    texts += [text for field in kind.fields for text in field.after.values()]
    texts += [rule.refused for field in kind.fields for rule in field.rules]
    for text in texts:
        for breach in project.guard.breaches(text):
            yield f"{breach.rule}（{breach.why}）: {breach.sentence}"


CHECKS: tuple[Callable[[Project, ServiceKind], Iterator[str]], ...] = (
    _ways_in,
    _words,
    _sources,
    _formulas,
    _conversations,
    _sentences,
)
