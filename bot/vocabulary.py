"""The insurer's own words, read from knowledge/: product names for entities, terms for the segmenter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.normalise import normalise

_BRACKETS = re.compile(r"[（(].*?[)）]")


def product_names(knowledge: Path) -> list[str]:
    """Titles, titles without brackets, and aliases of every file in `knowledge`/products."""
    return sorted({name for _, names in _products(knowledge) for name in names})


def product_codes(knowledge: Path) -> dict[str, str]:
    """The code of the product by each name that only one product has, names normalised."""
    owners: dict[str, set[str]] = {}
    for code, names in _products(knowledge):
        for name in {normalise(name) for name in (code, *names)}:
            owners.setdefault(name, set()).add(code)
    return {name: min(codes) for name, codes in owners.items() if len(codes) == 1}


def _products(knowledge: Path) -> Iterable[tuple[str, set[str]]]:
    for path in sorted((knowledge / "products").glob("*.md")):
        front = _front_matter(path)
        title = str(front.get("title", ""))
        names = {title, _BRACKETS.sub("", title), *map(str, front.get("aliases") or ())}
        yield str(front.get("key") or path.stem), names - {""}


def terms(knowledge: Path) -> list[str]:
    """What the segmenter keeps whole: product names without brackets and the glossary's terms and words."""
    found = {name for name in product_names(knowledge) if not _BRACKETS.search(name)}
    glossary = knowledge / "glossary.yml"
    if glossary.is_file():
        for entry in yaml.safe_load(glossary.read_text(encoding="utf-8"))["terms"]:
            found |= {str(entry["term"]), *_words(entry.get("words"))}
    return sorted(term for term in found if len(term) > 1 and not re.search(r"\s", term))


def _words(given: Any) -> Iterable[str]:
    if isinstance(given, str):
        return given.split()
    return [str(word) for word in given or ()]


def _front_matter(path: Path) -> dict[str, Any]:
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    loaded = yaml.safe_load(parts[1]) if len(parts) == 3 else None
    return loaded if isinstance(loaded, dict) else {}
