"""Which sections speak of a product, and which hold for several."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from knowledge.documents import Section


def fits(section: Section, code: str | None, line: str | None) -> bool:
    """Whether a section speaks of a product, or of its line, or of all."""
    if section.product is not None:
        return section.product == code
    return not section.lines or line is None or line in section.lines


def shared(ranked: Sequence[tuple[Section, float]], sure: float) -> Section | None:
    """The section that holds for several products, when it is likelier than what each product says itself.

    Sections on one matter, told by their names after the code, count as one: the likeliest of them.
    """
    best: dict[str, float] = {}
    for section, share in ranked:
        matter = section.id.partition(".")[2] if section.product else section.id
        best[matter] = max(best.get(matter, 0.0), share)
    if not ranked or ranked[0][0].product or ranked[0][1] < sure * sum(best.values()):
        return None
    return ranked[0][0]


def having(section: Section, pool: Collection[Section]) -> list[str]:
    """Products with a special section on the same matter, told by its name after the code; the own first."""
    matter = section.id.partition(".")[2]
    having = [one.product for one in pool if not one.default and one.id.partition(".")[2] == matter]
    return list(dict.fromkeys(code for code in [section.product, *having] if code))


def own_first(sections: Sequence[Section]) -> list[Section]:
    """Those of a product before those that hold for several."""
    return sorted(sections, key=lambda section: section.product is None)
