"""Canned replies of the whole house, read from `canned.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("canned.yml")
VARIABLES = frozenset({"customer", "specialist", "number", "today"})
"""What only the conversation knows; all other variables are settings."""
_VARIABLE = re.compile(r"\{(\w+)\}")


class Canned(BaseModel):
    """One reply; `text` may hold variables in braces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    text: str


class Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    replies: list[Canned]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    groups: list[Group]


@cache
def groups() -> list[Group]:
    """All of them, in the order of the file."""
    return _File.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8"))).groups


def variables(text: str) -> set[str]:
    """The names in braces; a brace alone is a character like any other."""
    return set(_VARIABLE.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled; one that has no value stays as it is, for the specialist to see."""
    for name in variables(text) & values.keys():
        text = text.replace("{" + name + "}", values[name])
    return text
