"""All sections by id, clause and intent; immutable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from knowledge.answers import Citation
from knowledge.documents import Section


class Library:
    """Finds sections; the version in force on a day goes before the newest."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        self._by_name: dict[str, list[Section]] = {}
        self._by_intent: dict[str, list[Section]] = {}
        for section in self.sections:
            for name in _names(section):
                self._by_name.setdefault(name, []).append(section)
            for intent in section.answers:
                self._by_intent.setdefault(intent, []).append(section)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)

    def find(self, name: str, on: date | None = None) -> Section | None:
        """A section by id (AXZJ.waiting) or by clause (AXZJ.3.2); the newest when no day is given."""
        versions = self._by_name.get(name, [])
        if on is not None:
            versions = [section for section in versions if section.source.in_force(on)]
        return max(versions, key=lambda section: section.source.effective_from, default=None)

    def answering(self, intent: str, on: date) -> list[Section]:
        """The sections that answer an intent, of the versions in force."""
        return [section for section in self._by_intent.get(intent, []) if section.source.in_force(on)]

    def clause(self, title: str, clause: str, version: str) -> Citation | None:
        """The public text behind a citation."""
        for section in self.sections:
            source = section.source
            if section.body and (source.title, section.clause, source.version) == (title, clause, version):
                return cite(section)
        return None

    def basis(self, section: Section, on: date) -> list[Citation]:
        """What an answer rests on: its own text, then what it cites; its own file in its own version."""
        own = f"{section.source.key}."
        cited = [
            found
            for name in section.cites
            if (found := self.find(name, section.source.effective_from if name.startswith(own) else on))
        ]
        return [cite(found) for found in (section, *cited) if found.body]


def cite(section: Section) -> Citation:
    """The citation of a section that has a text of its own."""
    return Citation(section.source.title, section.clause, section.source.version, section.body)


def _names(section: Section) -> set[str]:
    number = section.clause.removeprefix("第").removesuffix("条").removesuffix("节")
    by_clause = {f"{section.source.key}.{number}"} if number[:1].isdigit() else set()
    return {section.id} | by_clause
