"""One thing a service file asks: its type, its wording, when it is asked and which answers it takes."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from knowledge.expressions import BadExpression, Expression

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]


def _expression(given: Any) -> Expression:
    try:
        return Expression(str(given))
    except BadExpression as error:
        raise ValueError(str(error)) from error


Formula = Annotated[Expression, BeforeValidator(_expression)]


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
    NAME = "name"
    POLICY = "policy"
    CLAIM = "claim"
    APPLICATION = "application"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    BENEFICIARIES = "beneficiaries"
    CONSENT = "consent"


OWN = frozenset({FieldType.POLICY, FieldType.CLAIM, FieldType.APPLICATION})
"""Chosen among the customer's own records."""
SECRET = frozenset({FieldType.ID_NUMBER, FieldType.BANK_CARD})
"""Written to the log only as a mark."""


class Days(enum.StrEnum):
    """Which days a date may be."""

    PAST = "past"
    FUTURE = "future"


class Model(BaseModel):
    """A part of a service file: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Option(Model):
    """One answer of a choice; `words` are regular expressions that mean it in the customer's own sentence.

    `factor` is what the option counts in formulas.
    """

    value: Key
    label: Text
    words: tuple[Text, ...] = ()
    factor: str | None = None

    def meant_in(self, text: str) -> bool:
        """Whether the sentence says this option, by its label or one of its words."""
        return self.label in text or any(re.search(word, text) for word in self.words)


class Condition(Model):
    """Holds when the earlier answer, or the fact of the chosen policy, `field` is one of `values`."""

    field: Key
    values: tuple[Text, ...]

    def holds(self, answers: Mapping[str, str]) -> bool:
        """Whether the answers given so far meet this condition."""
        return answers.get(self.field) in self.values


class Rule(Model):
    """Something that must hold, in words for readers, as a formula, and as told to whom it stops.

    `follow_up`: a specialist looks for another way and calls back.
    """

    rule: Text
    holds: Formula
    refused: Text
    source: Text
    follow_up: bool = False


class ServiceField(Model):
    """One thing to ask. `{placeholders}` in texts are filled with values of the turn and of the policy."""

    key: Key
    label: Text
    type: FieldType
    question: Text
    why: str = ""
    hint: str = ""
    """How it is filled in, told to a customer who asks that in the form."""
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
    """One of the own records: the states it may be in; empty means any."""
    lines: tuple[Key, ...] = ()
    """A policy: the product lines it may be of; empty means any."""
    rules: tuple[Rule, ...] = ()
    """What must hold of the policy chosen, or of the answer given together with the earlier ones."""
    days: Days = Days.PAST
    """A date: which side of today it lies on."""
    open_end: bool = False
    """A date: "长期" is an answer."""
    version: str = ""
    """A consent: version of its wording, kept with the answer."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError(f"field {self.key}: options belong to a choice, and only there")
        if (self.prove or self.on_file) and self.type is not FieldType.PHONE:
            raise ValueError(f"field {self.key}: prove and on_file belong to a phone")
        if (self.prepend or self.own_policies) and self.type is not FieldType.TEXT:
            raise ValueError(f"field {self.key}: prepend and own_policies belong to a text")
        if (self.states and self.type not in OWN) or (self.lines and self.type is not FieldType.POLICY):
            raise ValueError(f"field {self.key}: states belong to own records, lines to a policy")
        if self.type is FieldType.CONSENT and not (self.version and self.invalid):
            raise ValueError(f"field {self.key}: a consent needs version and invalid (said without it)")
        return self

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Whether this field is asked, given the earlier answers."""
        return self.condition is None or self.condition.holds(answers)

    def option(self, value: str) -> Option | None:
        """The option with this value."""
        return next((option for option in self.options if option.value == value), None)
