"""What changed in the texts since a day: every version that came into force, held against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.documents import Section, Source
from knowledge.library import Library


class ChangeKind(StrEnum):
    """What happened to a section."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One section: its clause and title, and what one read before and since (empty where there is none)."""

    kind: ChangeKind
    section: str
    clause: str
    title: str
    before: str
    since: str


@dataclass(frozen=True)
class NewVersion:
    """A version that came into force; `changes` is empty when the file is new as a whole (`earlier` None)."""

    source: Source
    earlier: Source | None
    changes: Sequence[Change]


def new_versions(library: Library, since: date, until: date) -> list[NewVersion]:
    """Versions in force from a day after `since` and not after `until`, newest first."""
    sources = {section.source for section in library}
    found = [source for source in sources if since < source.effective_from <= until]
    found.sort(key=lambda source: (-source.effective_from.toordinal(), source.key))
    return [_against_earlier(library, source, sources) for source in found]


def _against_earlier(library: Library, source: Source, sources: set[Source]) -> NewVersion:
    before = [one for one in sources if one.key == source.key and one.effective_from < source.effective_from]
    earlier = max(before, key=lambda one: one.effective_from, default=None)
    changes = _changes(_of(library, earlier), _of(library, source)) if earlier else []
    return NewVersion(source, earlier, changes)


def _of(library: Library, source: Source) -> dict[str, Section]:
    return {section.id: section for section in library if section.source == source}


def _changes(before: dict[str, Section], since: dict[str, Section]) -> list[Change]:
    found: list[Change] = []
    for name in dict.fromkeys([*since, *before]):
        old, new = before.get(name), since.get(name)
        if old and new and (old.short, old.body) == (new.short, new.body):
            continue
        kind = ChangeKind.CHANGED if old and new else ChangeKind.ADDED if new else ChangeKind.REMOVED
        told = new or old
        if told:
            found.append(Change(kind, name, told.clause, told.title, _text(old), _text(new)))
    return found


def _text(section: Section | None) -> str:
    return (section.short or section.body) if section else ""
