"""Everything that stands in the folder, read and held together; not yet searchable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.asked import Asked, Elsewhere
from knowledge.documents import Product, Section
from knowledge.errors import InvalidKnowledge
from knowledge.glossary import read_glossary
from knowledge.guard import Guard
from knowledge.library import Library
from knowledge.loader import read_file
from knowledge.premiums import RateTable
from knowledge.settings import InsurerSettings
from knowledge.topics import Topics

FOLDERS = ("products", "guides", "law")


@dataclass(frozen=True)
class Contents:
    """Settings, topics, products by code (newest version), all sections, how one asks, what is never said."""

    settings: InsurerSettings
    topics: Topics
    products: Mapping[str, Product]
    library: Library
    asked: Asked
    elsewhere: Elsewhere
    guard: Guard
    rates: Mapping[str, RateTable]

    @classmethod
    def load(cls, folder: Path) -> Contents:
        """Read every file below `folder`.

        Raises:
            InvalidKnowledge: with the file, the line and the reason of the first file that breaks its format.
        """
        settings = InsurerSettings.load(folder / "settings.yml")
        sections: list[Section] = []
        products: dict[str, Product] = {}
        for path in sorted(path for name in FOLDERS for path in (folder / name).glob("*.md")):
            source, product, found = read_file(path, settings.values())
            known = products.get(product.code) if product else None
            if product and (known is None or known.source.effective_from < source.effective_from):
                products[product.code] = product
            sections += found
        sections += read_glossary(folder / "glossary.yml")
        _refuse_twins(sections)
        return cls(
            settings,
            Topics.load(folder / "topics.yml"),
            products,
            Library(sections),
            Asked.load(folder / "asked.yml", sections),
            Elsewhere.load(folder / "elsewhere.yml"),
            Guard.load(folder / "guard.yml"),
            {path.stem: RateTable.load(path) for path in sorted((folder / "rates").glob("*.yml"))},
        )


def _refuse_twins(sections: Iterable[Section]) -> None:
    seen: set[tuple[str, str]] = set()
    for section in sections:
        if (section.id, section.source.version) in seen:
            raise InvalidKnowledge(section.source.path, section.line, f"'{section.id}' stands there twice")
        seen.add((section.id, section.source.version))
