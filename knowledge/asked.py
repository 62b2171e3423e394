"""How customers ask: for our sections (`asked.yml`) and for what is not ours (`elsewhere.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import Section
from knowledge.errors import InvalidKnowledge
from knowledge.yaml_file import read_mapping

EVERY_PRODUCT = "*."


class Asked:
    """Questions by section; `*.waiting` holds for that section of every product."""

    def __init__(self, questions: Mapping[str, Sequence[str]]) -> None:
        self._questions = questions

    @classmethod
    def load(cls, path: Path, sections: Sequence[Section]) -> Asked:
        """Read `asked.yml`; InvalidKnowledge when a name is that of no section, or holds no list."""
        raw = read_mapping(path)
        known = {section.id for section in sections}
        known |= {_of_every_product(section) for section in sections if section.product}
        for name, questions in raw.items():
            if name not in known:
                raise InvalidKnowledge(path, _line_of(path, name), f"'{name}' is no section")
            if not isinstance(questions, list):
                raise InvalidKnowledge(path, _line_of(path, name), f"'{name}' has no list of questions")
        return cls({name: tuple(map(str, questions)) for name, questions in raw.items()})

    def of(self, section: Section) -> tuple[str, ...]:
        """The questions that a section answers."""
        shared = self._questions.get(_of_every_product(section), ()) if section.product else ()
        return (*self._questions.get(section.id, ()), *shared)


@dataclass(frozen=True)
class Elsewhere:
    """What is not ours: `words` that show it by themselves, `questions` like which others are asked."""

    words: tuple[str, ...]
    questions: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> Elsewhere:
        """Read `elsewhere.yml`; InvalidKnowledge when a matter lacks its words or questions."""
        raw = read_mapping(path)
        for name, matter in raw.items():
            if not isinstance(matter, dict) or set(matter) != {"words", "asked"}:
                raise InvalidKnowledge(path, _line_of(path, name), f"'{name}' needs 'words' and 'asked'")
        return cls(
            tuple(str(word) for matter in raw.values() for word in matter["words"]),
            tuple(str(question) for matter in raw.values() for question in matter["asked"]),
        )


def _line_of(path: Path, name: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.startswith((f"{name}:", f'"{name}":'))), 1)


def _of_every_product(section: Section) -> str:
    return EVERY_PRODUCT + section.id.partition(".")[2]
