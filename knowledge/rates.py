"""The published rates of a product (`rates/CODE.yml`), as far as a corrected age or sex changes a premium."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_NEAR = Decimal("0.005")
"""A premium that differs less from the table is the table's: rounding of instalments."""
_PERSON = ("sex", "age_from", "age_to", "rate")


@dataclass(frozen=True)
class Person:
    """Whom the rates ask about: 男 or 女, whole years on the first day of cover."""

    sex: str
    age: int


class Rates:
    """The table of one product."""

    def __init__(self, rows: list[dict[str, Any]], per: Decimal) -> None:
        self._rows = rows
        self._per = per

    @classmethod
    def load(cls, path: Path) -> Rates | None:
        """The rates by sum insured, sex and age; None where the product has no such table."""
        if not path.is_file():
            return None
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for part in content["parts"]:
            columns = part["columns"]
            if part.get("basis") == "sum_insured" and set(_PERSON) <= set(columns):
                rows = [dict(zip(columns, row, strict=True)) for row in part["rows"]]
                return cls(rows, Decimal(str(part["per"])))
        return None

    def corrected(self, yearly: Decimal, sum_insured: Decimal, told: Person, true: Person) -> Decimal | None:
        """The yearly premium of the true person, at the terms of `yearly`, reckoned for the one told.

        None where the table does not give `yearly`, so that its terms cannot be known, or has no such person.
        """
        for row in self._of(told):
            if abs(self._premium(row, sum_insured) - yearly) > yearly * _NEAR:
                continue
            terms = _terms(row)
            for other in self._of(true):
                if _terms(other) == terms:
                    return self._premium(other, sum_insured)
        return None

    def _of(self, person: Person) -> Iterator[Mapping[str, Any]]:
        return (
            row
            for row in self._rows
            if row["sex"] == person.sex and row["age_from"] <= person.age <= row["age_to"]
        )

    def _premium(self, row: Mapping[str, Any], sum_insured: Decimal) -> Decimal:
        return sum_insured / self._per * Decimal(str(row["rate"]))


def _terms(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the contract agreed besides the person, such as the years of paying."""
    return {name: value for name, value in row.items() if name not in _PERSON}
