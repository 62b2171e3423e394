"""Sentences to customers that are not knowledge: the `responses:` of the domain files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.answers import Button
from knowledge.errors import InvalidKnowledge
from knowledge.yaml_file import read_mapping

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class _Response:
    text: str
    buttons: tuple[Button, ...]


class Wording:
    """All responses of a domain folder by name."""

    def __init__(self, responses: Mapping[str, _Response], values: Mapping[str, str]) -> None:
        self._responses = responses
        self._values = values

    @classmethod
    def load(cls, folder: Path, values: Mapping[str, str] | None = None) -> Wording:
        """Read every `*.yml` below `folder`; `values` fill placeholders that a caller leaves out.

        Raises:
            InvalidKnowledge: when a response has no text or stands in two files.
        """
        responses: dict[str, _Response] = {}
        for path in sorted(folder.rglob("*.yml")):
            content = read_mapping(path)
            for name, variants in (content.get("responses") or {}).items():
                if name in responses:
                    raise InvalidKnowledge(path, 1, f"response '{name}' stands in two files")
                if not variants:
                    raise InvalidKnowledge(path, 1, f"response '{name}' has no text")
                responses[name] = _read(path, name, variants[0])
        return cls(responses, values or {})

    def names(self) -> frozenset[str]:
        """Names of all responses."""
        return frozenset(self._responses)

    def say(self, name: str, /, **values: object) -> str:
        """Text of a response with its placeholders filled.

        Raises:
            KeyError: naming the response that is missing, or the placeholder nobody filled.
        """
        known = {**self._values, **{key: str(value) for key, value in values.items()}}

        def fill(match: re.Match[str]) -> str:
            if match[1] not in known:
                raise KeyError(f"response '{name}' needs a value for {{{match[1]}}}")
            return known[match[1]]

        return PLACEHOLDER.sub(fill, self._find(name).text)

    def buttons(self, name: str) -> list[Button]:
        """Buttons of a response; KeyError names a missing response."""
        return list(self._find(name).buttons)

    def template(self, name: str) -> str:
        """Text of a response as written, with its placeholders."""
        return self._find(name).text

    def placeholders(self, name: str) -> set[str]:
        """Names in braces of a response."""
        return set(PLACEHOLDER.findall(self._find(name).text))

    def _find(self, name: str) -> _Response:
        try:
            return self._responses[name]
        except KeyError:
            raise KeyError(f"no response '{name}' in the domain files") from None


def _read(path: Path, name: str, variant: dict[str, Any]) -> _Response:
    if not isinstance(variant.get("text"), str):
        raise InvalidKnowledge(path, 1, f"response '{name}' has no text")
    buttons = tuple(Button(str(item["title"]), str(item["payload"])) for item in variant.get("buttons", []))
    return _Response(variant["text"].strip(), buttons)
