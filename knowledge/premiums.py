"""Published rates: what a premium comes to for what is given, with every factor that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from knowledge.errors import InvalidKnowledge
from knowledge.yaml_file import read_mapping

KEYS = {
    "product",
    "title",
    "version",
    "effective_from",
    "approver",
    "parts",
    "factors",
    "round_to",
    "examples",
}
FROM, TO, RATE = "_from", "_to", "rate"


class NoRate(LookupError):
    """The table has no rate for what is given; says for which value."""


@dataclass(frozen=True)
class RateTable:
    """One `rates/CODE.yml`: `parts` are added up, `factors` multiplied."""

    product: str
    title: str
    version: str
    parts: Sequence[Mapping[str, Any]]
    factors: Sequence[Mapping[str, Any]]
    round_to: Decimal
    limits: Mapping[str, Sequence[int]]
    examples: Sequence[Mapping[str, Any]]

    @classmethod
    def load(cls, path: Path) -> RateTable:
        """Read a table; InvalidKnowledge when a key is missing or an example does not come out."""
        raw = read_mapping(path)
        for key in sorted(KEYS - set(raw)):
            raise InvalidKnowledge(path, 1, f"lacks '{key}'")
        table = cls(
            product=raw["product"],
            title=raw["title"],
            version=raw["version"],
            parts=raw["parts"],
            factors=raw["factors"],
            round_to=Decimal(str(raw["round_to"])),
            limits=raw.get("limits", {}),
            examples=raw["examples"],
        )
        for example in table.examples:
            if table.premium(example["given"]) != Decimal(str(example["premium"])):
                raise InvalidKnowledge(path, 1, f"the example {example['given']} does not come out")
        return table

    def premium(self, given: Mapping[str, Any]) -> Decimal:
        """The premium in yuan for one payment.

        Raises:
            NoRate: when a value is missing, beyond the limits, or has no row.
        """
        for key, (low, high) in self.limits.items():
            if key in given and not low <= given[key] <= high:
                raise NoRate(key)
        chosen = [one for one in self.parts if not one.get("optional") or one["name"] in given["choose"]]
        total = sum((self._part(part, given) for part in chosen), Decimal(0))
        for factor in self.factors:
            total *= _factor(factor, given)
        return (total / self.round_to).quantize(Decimal(1), ROUND_HALF_UP) * self.round_to

    @property
    def body(self) -> str:
        """Its examples, a line each, as the citation opens them."""
        given = ["，".join(map(str, example["given"].values())) for example in self.examples]
        lines = (f"{one}：{example['premium']}元" for one, example in zip(given, self.examples, strict=True))
        return "\n".join(lines)

    def options(self, key: str) -> list[Any]:
        """The values a column of the first part knows, in the order of the table."""
        columns = self.parts[0]["columns"]
        if key not in columns:
            return []
        return list(dict.fromkeys(row[columns.index(key)] for row in self.parts[0]["rows"]))

    def needs(self) -> set[str]:
        """What must be given for a table of one part."""
        columns = {name.removesuffix(FROM).removesuffix(TO) for name in self.parts[0]["columns"]} - {RATE}
        basis = {self.parts[0]["basis"]} - {None}
        return columns | basis | {factor["key"] for factor in self.factors}

    def _part(self, part: Mapping[str, Any], given: Mapping[str, Any]) -> Decimal:
        for row in part["rows"]:
            cells = dict(zip(part["columns"], row, strict=True))
            if all(_fits(name, value, given) for name, value in cells.items() if name != RATE):
                rate = Decimal(str(cells[RATE]))
                if part["basis"] is None:
                    return rate
                units = _value(part["basis"], given) / Decimal(part["per"])
                return rate * units + Decimal(part.get("fixed", 0))
        raise NoRate(part["name"])


def _fits(name: str, value: Any, given: Mapping[str, Any]) -> bool:
    if name.endswith(FROM):
        return bool(_value(name.removesuffix(FROM), given) >= value)
    if name.endswith(TO):
        return bool(_value(name.removesuffix(TO), given) <= value)
    if name not in given:
        raise NoRate(name)
    return bool(given[name] == value)


def _factor(factor: Mapping[str, Any], given: Mapping[str, Any]) -> Decimal:
    key = factor["key"]
    if "bands" in factor:
        asked = _value(key, given)
        found = next((rate for low, high, rate in factor["bands"] if low <= asked <= high), None)
    else:
        found = factor["values"].get(given.get(key))
    if found is None:
        raise NoRate(key)
    return Decimal(str(found))


def _value(key: str, given: Mapping[str, Any]) -> Decimal:
    if key not in given:
        raise NoRate(key)
    return Decimal(str(given[key]))
