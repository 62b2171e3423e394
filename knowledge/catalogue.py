"""The catalogue of service kinds: what a customer can have done, as data in `knowledge/services/*.yml`.

Owns the shape of those files and their consistency. Does not ask questions (`actions/`) or keep answers
(`records/`).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from knowledge.wording import PLACEHOLDER

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]


class CatalogueError(ValueError):
    """A service file is wrong; the message names the file and what to change."""


class FieldType(enum.StrEnum):
    """How an answer is read and what counts as a digression from it."""

    TEXT = "text"
    CHOICE = "choice"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    DATE = "date"
    AMOUNT = "amount"
    YESNO = "yesno"
    POLICY = "policy"
    NAME = "name"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Model):
    """One answer of a choice; `words` are regular expressions that mean it in the customer's own sentence."""

    value: Key
    label: Text
    words: tuple[Text, ...] = ()

    def meant_in(self, text: str) -> bool:
        """Whether the sentence says this option, by its label or one of its words."""
        return self.label in text or any(re.search(word, text) for word in self.words)


class Condition(_Model):
    """Holds when the earlier answer `field` is one of `values`."""

    field: Key
    values: tuple[Text, ...]

    def holds(self, answers: Mapping[str, str]) -> bool:
        """Whether the answers given so far meet this condition."""
        return answers.get(self.field) in self.values


class ServiceField(_Model):
    """One thing to ask. `{placeholders}` in texts are filled with values of the turn."""

    key: Key
    label: Text
    type: FieldType
    question: Text
    why: str = ""
    invalid: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True
    condition: Condition | None = None
    derive: bool = False
    """Read from the customer's first sentence when it says so, without asking."""
    prepend: bool = False
    """A text: what the customer said at the start is kept in front of the answer."""
    after: dict[str, str] = Field(default_factory=dict)
    """What is said first after a certain answer, by its value."""
    prove: bool = False
    """A phone: proven by a code sent to it."""
    on_file: bool = False
    """A phone: a verified customer may choose the one on file."""
    own_policies: bool = False
    """A text: a known customer is offered their own policies, and may still write anything."""
    states: tuple[Key, ...] = ()
    """A policy: the states it may be in; empty means any."""
    lines: tuple[Key, ...] = ()
    """A policy: the product lines it may be of; empty means any."""
    reinstatable: bool = False
    """A policy: its time for reinstatement must not be over."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError(f"field {self.key}: options belong to a choice, and only there")
        if (self.prove or self.on_file) and self.type is not FieldType.PHONE:
            raise ValueError(f"field {self.key}: prove and on_file belong to a phone")
        if (self.prepend or self.own_policies) and self.type is not FieldType.TEXT:
            raise ValueError(f"field {self.key}: prepend and own_policies belong to a text")
        if (self.states or self.lines or self.reinstatable) and self.type is not FieldType.POLICY:
            raise ValueError(f"field {self.key}: states, lines and reinstatable belong to a policy")
        return self

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Whether this field is asked, given the earlier answers."""
        return self.condition is None or self.condition.holds(answers)

    def option(self, value: str) -> Option | None:
        """The option with this value."""
        return next((option for option in self.options if option.value == value), None)


class Deadline(_Model):
    """When it is done at the latest; `setting` names days in `settings.yml`, none means at once."""

    setting: Text | None
    working_days: bool = False
    source: Text


class Record(enum.StrEnum):
    """What a submitted draft becomes."""

    REQUEST = "request"
    CLAIM = "claim"
    COMPLAINT = "complaint"


class Transfer(_Model):
    """The hand-over that follows the registration in the same turn."""

    reason: Key
    skill: Key
    priority: int = 0
    condition: Condition | None = None

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Whether it follows, given the answers."""
        return self.condition is None or self.condition.holds(answers)


class Alternative(_Model):
    """Another kind that is started instead when the customer's words match one of `words`."""

    words: tuple[Text, ...]
    kind: Key

    def meant_in(self, text: str) -> bool:
        """Whether one of the regular expressions is found."""
        return any(re.search(word, text) for word in self.words)


class Texts(_Model):
    """What is said at the start, before confirming and when done; `done` gets {number} and {due}."""

    start: Text
    summary: Text
    done: Text
    refused: str = ""
    """Said when no policy of the customer fits; what can be done instead."""


class ServiceKind(_Model):
    """One kind of request: who may make it, what is asked, what follows and by when."""

    kind: Key
    title: Text
    intents: tuple[Key, ...]
    level: Annotated[int, Field(ge=0, le=2)]
    review: bool
    record: Record = Record.REQUEST
    confirm: bool = True
    explain_first: bool = False
    """Typed words get the rules from the knowledge base and a button to start; only the button starts it."""
    money: bool = False
    """Money is paid out; pauses for a while after a change of phone."""
    register_partly: bool = False
    """When the customer asks for a person in the middle, what is known is registered first."""
    fields: tuple[ServiceField, ...]
    documents: tuple[Text, ...] = ()
    effect: str = ""
    deadline: Deadline
    transfer: Transfer | None = None
    instead: tuple[Alternative, ...] = ()
    texts: Texts
    sources: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _fields_are_consistent(self) -> Self:
        seen: set[str] = set()
        for field in self.fields:
            if field.key in seen:
                raise ValueError(f"field {field.key} stands twice")
            if field.condition is not None and field.condition.field not in seen:
                raise ValueError(
                    f"field {field.key}: its condition needs the earlier field {field.condition.field}"
                )
            seen.add(field.key)
        return self

    @property
    def policy_field(self) -> ServiceField | None:
        """The field that says which policy it is about."""
        return next((field for field in self.fields if field.type is FieldType.POLICY), None)

    def field(self, key: str) -> ServiceField:
        """The field with this key; raises KeyError."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(f"{self.kind} has no field {key}")

    def asked(self, answers: Mapping[str, str]) -> Iterator[ServiceField]:
        """The fields that apply, in order."""
        return (field for field in self.fields if field.applies(answers))

    def next_field(self, answers: Mapping[str, str]) -> ServiceField | None:
        """The first field that applies and has no answer; an empty answer means skipped."""
        return next((field for field in self.asked(answers) if field.key not in answers), None)


class HandledKind(_Model):
    """A kind that only specialists take in."""

    title: Text
    money: bool = False


class Catalogue:
    """All service kinds, by kind and by the intent that starts them."""

    def __init__(
        self, kinds: Mapping[str, ServiceKind], handled: Mapping[str, HandledKind] | None = None
    ) -> None:
        self.kinds = dict(kinds)
        named: dict[str, ServiceKind | HandledKind] = {**(handled or {}), **kinds}
        self._titles = {name: kind.title for name, kind in named.items()}
        self.money_kinds = frozenset(name for name, kind in named.items() if kind.money)

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Reads every `*.yml` of the folder, and `handled_kinds.yml` beside it.

        Raises CatalogueError naming file and fault.
        """
        kinds: dict[str, ServiceKind] = {}
        for path in sorted(folder.glob("*.yml")):
            kind = _read(path)
            if kind.kind != path.stem:
                raise CatalogueError(f"{path.name}: kind is {kind.kind}; name the file {kind.kind}.yml")
            kinds[kind.kind] = kind
        catalogue = cls(kinds, _read_handled(folder.parent / "handled_kinds.yml"))
        catalogue._check()
        return catalogue

    def _check(self) -> None:
        owner: dict[str, str] = {}
        for kind in self.kinds.values():
            for intent in kind.intents:
                if intent in owner:
                    raise CatalogueError(f"{kind.kind}.yml: intent {intent} already starts {owner[intent]}")
                owner[intent] = kind.kind
            for other in kind.instead:
                if other.kind not in self.kinds:
                    raise CatalogueError(f"{kind.kind}.yml: instead names the unknown kind {other.kind}")

    @cached_property
    def by_intent(self) -> dict[str, ServiceKind]:
        """The kind each starting intent starts."""
        return {intent: kind for kind in self.kinds.values() for intent in kind.intents}

    def __getitem__(self, kind: str) -> ServiceKind:
        return self.kinds[kind]

    def __contains__(self, kind: str) -> bool:
        return kind in self.kinds

    def title(self, kind: str) -> str:
        """The kind's title in the customer's language; the kind itself for one nobody named."""
        return self._titles.get(kind, kind)


def _read_handled(path: Path) -> dict[str, HandledKind]:
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {kind: HandledKind.model_validate(entry) for kind, entry in data.items()}
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with its `{placeholders}` filled; raises KeyError naming the one nobody filled."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise KeyError(f"a service text needs a value for {{{match[1]}}}")
        return str(values[match[1]])

    return PLACEHOLDER.sub(value, text)


def _read(path: Path) -> ServiceKind:
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return ServiceKind.model_validate(data)
    except (yaml.YAMLError, ValidationError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
