"""The catalogue of service kinds: the files of `knowledge/services/`, by kind and by intent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.service_kind import ServiceKind
from knowledge.wording import PLACEHOLDER

STANDARD_FIELDS = "standard_fields.yml"
"""Fields that several kinds ask alike, beside the folder of kinds; `use: name` stands for one of them."""


class CatalogueError(ValueError):
    """A service file is wrong; the message names the file and what to change."""


class Catalogue:
    """All service kinds, by kind and by the intents that start them."""

    def __init__(self, kinds: Mapping[str, ServiceKind]) -> None:
        self.kinds = dict(kinds)
        self.money_kinds = frozenset(name for name, kind in kinds.items() if kind.money)
        self.by_intent: dict[str, tuple[ServiceKind, ...]] = {}
        self.offered_by: dict[str, tuple[ServiceKind, ...]] = {}
        for kind in kinds.values():
            for intent in kind.intents:
                self.by_intent[intent] = (*self.by_intent.get(intent, ()), kind)
            for intent in kind.offered_by:
                self.offered_by[intent] = (*self.offered_by.get(intent, ()), kind)

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Reads every `*.yml` of the folder. Raises CatalogueError naming file and fault."""
        standard = _standard(folder.parent / STANDARD_FIELDS)
        kinds: dict[str, ServiceKind] = {}
        for path in sorted(folder.glob("*.yml")):
            kind = _read(path, standard)
            if kind.kind != path.stem:
                raise CatalogueError(f"{path.name}: kind is {kind.kind}; name the file {kind.kind}.yml")
            kinds[kind.kind] = kind
        catalogue = cls(kinds)
        catalogue._check()
        return catalogue

    def _check(self) -> None:
        for intent, kinds in self.by_intent.items():
            unworded = [kind.kind for kind in kinds if not kind.words]
            if len(unworded) > 1:
                raise CatalogueError(
                    f"{unworded[1]}.yml: intent {intent} already starts {unworded[0]}; give one of them words"
                )
        for kind in self.kinds.values():
            others = [*(one.kind for one in kind.instead), *(one.kind for one in kind.blocked)]
            for other in others:
                if other is not None and other not in self.kinds:
                    raise CatalogueError(f"{kind.kind}.yml: names the unknown kind {other}")

    def meant(self, intent: str, text: str) -> tuple[ServiceKind, ...]:
        """The kinds an intent may start, given the words; several when the words do not tell which."""
        kinds = self.by_intent.get(intent, ())
        said = tuple(kind for kind in kinds if any(re.search(word, text) for word in kind.words))
        usual = tuple(kind for kind in kinds if not kind.words)
        return said[:1] or usual or kinds

    def __getitem__(self, kind: str) -> ServiceKind:
        return self.kinds[kind]

    def __contains__(self, kind: str) -> bool:
        return kind in self.kinds

    def title(self, kind: str) -> str:
        """The kind's title for customers; the kind itself for one that has left the catalogue."""
        return self.kinds[kind].title if kind in self.kinds else kind


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with its `{placeholders}` filled; raises KeyError naming the one nobody filled."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise KeyError(f"a service text needs a value for {{{match[1]}}}")
        return str(values[match[1]])

    return PLACEHOLDER.sub(value, text)


def _standard(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        fields: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    return fields


def _read(path: Path, standard: Mapping[str, Mapping[str, Any]]) -> ServiceKind:
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        data["fields"] = [_whole(entry, standard) for entry in data["fields"]]
        return ServiceKind.model_validate(data)
    except (yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error


def _whole(entry: dict[str, Any], standard: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The entry itself, or the standard field it uses with what the entry says differently."""
    own = {key: value for key, value in entry.items() if key != "use"}
    return {**standard[entry["use"]], **own} if "use" in entry else own
