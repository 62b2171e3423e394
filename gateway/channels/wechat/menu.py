"""The menu of the service account and the fields of its notices: `knowledge/wechat.yml`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.buttons import parse
from knowledge.errors import InvalidKnowledge

_COLUMN_BYTES = 16
_ENTRY_BYTES = 60


class Entry(BaseModel):
    """One line of a column: what a tap starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=1, max_length=128, pattern=r"^[a-z_]+$")
    name: str
    wish: str | None = None
    page: str | None = None
    command: str | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> Entry:
        if len([effect for effect in (self.wish, self.page, self.command) if effect]) != 1:
            raise ValueError(f"{self.key} needs exactly one of wish, page, command")
        if len(self.name.encode()) > _ENTRY_BYTES:
            raise ValueError(f"{self.name} is longer than {_ENTRY_BYTES} bytes")
        return self

    @property
    def enter(self) -> dict[str, Any]:
        """The wish as Rasa takes it."""
        intent, entities = parse(self.wish or "")
        return {
            "name": intent,
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }


class Column(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    entries: tuple[Entry, ...] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _short(self) -> Column:
        if len(self.name.encode()) > _COLUMN_BYTES:
            raise ValueError(f"{self.name} is longer than {_COLUMN_BYTES} bytes")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    menu: tuple[Column, ...] = Field(min_length=1, max_length=3)
    notices: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Account:
    """What the console of the account is set to; `notice_fields` maps a template's field to a notice's
    value."""

    columns: tuple[Column, ...]
    notice_fields: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, path: Path) -> Account:
        """Reads `wechat.yml`; InvalidKnowledge names what WeChat would not take."""
        try:
            file = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            raise InvalidKnowledge(path, 1, str(error.errors()[0]["msg"])) from error
        account = cls(file.menu, file.notices)
        keys = [entry.key for column in account.columns for entry in column.entries]
        if len(set(keys)) != len(keys):
            raise InvalidKnowledge(path, 1, "two entries of the menu have the same key")
        return account

    def entry(self, key: str) -> Entry | None:
        """The entry a click names."""
        return next((e for column in self.columns for e in column.entries if e.key == key), None)

    def menu(self, page_url: str) -> dict[str, Any]:
        """The menu as WeChat's API takes it (menu/create)."""
        return {
            "button": [
                {"name": column.name, "sub_button": [_button(entry, page_url) for entry in column.entries]}
                for column in self.columns
            ]
        }


def _button(entry: Entry, page_url: str) -> dict[str, str]:
    if entry.page:
        return {"type": "view", "name": entry.name, "url": page_url + entry.page}
    return {"type": "click", "name": entry.name, "key": entry.key}
