"""What a premium comes to by the published rates, when age, sex and sum are told; never a quotation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from actions import written
from actions.heard import Heard
from actions.reading import read_amount
from actions.speech import phrase
from actions.turn import Turn
from knowledge.answers import Citation
from knowledge.premiums import NoRate, RateTable

SEX = re.compile(r"[男女]")
AGE = re.compile(r"(\d{1,2})\s*(?:周?岁)")
ASSUMED: Mapping[str, Any] = {"frequency": "年", "social_insurance": "有社保", "occupation_class": 1}
"""What is taken where the customer says nothing; the answer names it."""


def illustrate(now: Turn, heard: Heard, product: str | None) -> tuple[str, Citation] | None:
    """A sentence with the premium and what it was worked out from; None when too little was told."""
    table = now.context.knowledge.rates.get(product or "")
    if table is None or any(part.get("optional") for part in table.parts):
        return None
    given = _given(table, heard)
    try:
        premium = table.premium(given)
    except NoRate:
        return None
    basis = "，".join(phrase(f"given_{key}", value=_written(key, value)) for key, value in given.items())
    text = phrase("illustration", basis=basis, premium=written.money(premium))
    return text, Citation(table.title, "", table.version, table.body)


def _given(table: RateTable, heard: Heard) -> dict[str, Any]:
    needs = table.needs()
    told: dict[str, Any] = {key: value for key, value in ASSUMED.items() if key in needs}
    if (age := heard.entity("age") or _found(AGE, heard.words)) and age.isdigit():
        told["age"] = int(age)
    if sex := _found(SEX, heard.words):
        told["sex"] = sex
    if (amount := _amount(heard)) is not None:
        told["sum_insured"] = int(amount)
    if years := table.options("pay_years"):
        told["pay_years"] = max(years)
    return {key: value for key, value in told.items() if key in needs}


def _amount(heard: Heard) -> Decimal | None:
    named = heard.entity("amount")
    return read_amount(named) if named else None


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[match.lastindex or 0] if match else None


def _written(key: str, value: Any) -> str:
    return written.money(Decimal(value)) if key == "sum_insured" else str(value)
