"""The catalogue of service kinds as a table in Markdown: `baodan services table`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.service_field import ServiceField
from knowledge.service_kind import ServiceKind
from knowledge.services_check import Project

HEAD = (
    "kind",
    "started by",
    "fields",
    "documents",
    "who, level",
    "conditions",
    "effect",
    "deadline",
    "tests",
)
_EMPTY = "—"


def table(root: Path) -> str:
    """Every kind: what is asked, which papers, who may, under which rules, what it changes, by when."""
    project = Project.load(root)
    kinds = project.catalogue.kinds.values()
    rows = [_row(kind, project.conversations.get(kind.kind, 0)) for kind in kinds]
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(kind: ServiceKind, conversations: int) -> list[str]:
    return [
        f"`{kind.kind}` {kind.title}",
        _listed([*kind.intents, *(f"button at {intent}" for intent in kind.offered_by)]),
        _listed(_field(field) for field in kind.fields),
        _listed(kind.documents),
        f"{'/'.join(kind.applicants)}, {kind.level}, {'reviewed' if kind.review else 'at once'}",
        _listed(_conditions(kind)),
        _effect(kind),
        _deadline(kind),
        str(conversations),
    ]


def _field(field: ServiceField) -> str:
    return field.label if field.required else f"（{field.label}）"


def _conditions(kind: ServiceKind) -> Iterator[str]:
    for field in kind.fields:
        if field.states:
            yield f"{field.label}: {'/'.join(field.states)}"
        if field.lines:
            yield f"{field.label}: {'/'.join(field.lines)}"
        yield from (f"{rule.rule}（{rule.source}）" for rule in field.rules)


def _effect(kind: ServiceKind) -> str:
    if kind.estimate is None:
        return kind.effect or _EMPTY
    formulas = "；".join(f"{line.label} = `{line.value.text}`" for line in kind.estimate.lines)
    return f"{kind.effect} {formulas}（{kind.estimate.source}）"


def _deadline(kind: ServiceKind) -> str:
    days = kind.deadline.setting or "at once"
    return f"{days}{' (working)' if kind.deadline.working_days else ''}（{kind.deadline.source}）"


def _listed(parts: Iterable[str]) -> str:
    return "、".join(parts) or _EMPTY
