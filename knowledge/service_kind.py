"""The shape of a service file: who may ask for what, what is asked, what it changes and by when."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from knowledge.expressions import Expression
from knowledge.facts import POLICY_FACTS
from knowledge.service_field import OWN, Condition, FieldType, Formula, Key, Model, ServiceField, Text


class Applicant(enum.StrEnum):
    """Who may ask for it."""

    HOLDER = "holder"
    INSURED = "insured"
    CLAIMANT = "claimant"
    APPLICANT = "applicant"
    ANYONE = "anyone"


class Explains(enum.StrEnum):
    """When typed words first get the rules from the knowledge base and a button to start."""

    NEVER = "never"
    QUESTIONS = "questions"
    ALWAYS = "always"


class Deadline(Model):
    """When it is done at the latest; `setting` names days in `settings.yml`, none means at once."""

    setting: Text | None
    working_days: bool = False
    source: Text


class Record(enum.StrEnum):
    """What a submitted draft becomes."""

    REQUEST = "request"
    CLAIM = "claim"
    COMPLAINT = "complaint"


class Transfer(Model):
    """The hand-over that follows the registration in the same turn."""

    reason: Key
    skill: Key
    priority: int = 0
    condition: Condition | None = None

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Whether it follows, given the answers."""
        return self.condition is None or self.condition.holds(answers)


class Alternative(Model):
    """Another kind that is started instead, for a guest, when the words match one of `words`."""

    words: tuple[Text, ...]
    kind: Key

    def meant_in(self, text: str) -> bool:
        """Whether one of the regular expressions is found."""
        return any(re.search(word, text) for word in self.words)


class Blocked(Model):
    """Words that say it cannot be done this way: what is said, and the kind offered instead."""

    words: tuple[Text, ...]
    text: Text
    kind: Key | None = None

    def meant_in(self, text: str) -> bool:
        """Whether one of the regular expressions is found."""
        return any(re.search(word, text) for word in self.words)


class Unit(enum.StrEnum):
    MONEY = "money"
    DAY = "day"
    DAYS = "days"


class EstimateLine(Model):
    """One line of the table shown before confirming; left out where `when` fails or a value is unknown."""

    label: Text
    value: Formula
    unit: Unit = Unit.MONEY
    when: Formula | None = None


class Estimate(Model):
    """What it does to premium or money, worked out from the records; always said to be an estimate."""

    lines: tuple[EstimateLine, ...]
    note: str = ""
    source: Text


class Texts(Model):
    """What is said at the start, before confirming and when done; `done` gets {number} and {due}."""

    start: Text
    summary: Text = "请核对一下，没问题就提交："
    done: Text
    refused: str = ""
    """Said when no own record fits; what can be done instead."""


class ServiceKind(Model):
    """One kind of request: who may make it, what is asked, what follows and by when."""

    kind: Key
    title: Text
    intents: tuple[Key, ...] = ()
    words: tuple[Text, ...] = ()
    """Regular expressions that tell this kind from others which the same intent starts."""
    offered_by: tuple[Key, ...] = ()
    """Intents whose answer ends with a button that starts it."""
    offer: str = ""
    """Title of that button; 办理 and the kind's title when empty."""
    level: Annotated[int, Field(ge=0, le=2)]
    applicants: tuple[Applicant, ...] = (Applicant.HOLDER,)
    review: bool
    record: Record = Record.REQUEST
    confirm: bool = True
    explains: Explains = Explains.NEVER
    money: bool = False
    """Money is paid out; pauses for a while after a change of phone."""
    register_partly: bool = False
    """When the customer asks for a person in the middle, what is known is registered first."""
    fields: tuple[ServiceField, ...]
    documents: tuple[Text, ...] = ()
    effect: str = ""
    estimate: Estimate | None = None
    deadline: Deadline
    transfer: Transfer | None = None
    instead: tuple[Alternative, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    texts: Texts
    sources: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _fields_are_consistent(self) -> Self:
        seen: set[str] = set()
        for field in self.fields:
            if field.key in seen:
                raise ValueError(f"field {field.key} stands twice")
            if field.condition is not None and field.condition.field not in seen | set(POLICY_FACTS):
                raise ValueError(
                    f"field {field.key}: its condition needs the earlier field {field.condition.field}"
                )
            seen.add(field.key)
        return self

    @property
    def policy_field(self) -> ServiceField | None:
        """The field that says which policy it is about."""
        return next((field for field in self.fields if field.type is FieldType.POLICY), None)

    @property
    def own_field(self) -> ServiceField | None:
        """The field that says which of the customer's own records it is about."""
        return next((field for field in self.fields if field.type in OWN), None)

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

    def formulas(self) -> Iterator[Expression]:
        """Every formula of the file."""
        for field in self.fields:
            yield from (rule.holds for rule in field.rules)
        for line in self.estimate.lines if self.estimate else ():
            yield line.value
            if line.when is not None:
                yield line.when
