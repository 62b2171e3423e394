"""Which reader an entity has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from bot.nlu.normalise import normalise
from bot.nlu.values import codes, days, quantities, words

#: Names of products, normalised, to the code of the only product so called.
Products = Mapping[str, str]

_READERS: dict[str, Callable[[str], str | None]] = {
    "amount": quantities.amount,
    "percent": quantities.percent,
    "age": quantities.age,
    "payment_frequency": words.payment_frequency,
    "payment_mode": words.payment_mode,
    "policy_number": codes.record_number,
    "claim_number": codes.record_number,
    "request_number": codes.record_number,
    "id_number": codes.id_number,
    "phone": codes.phone,
    "bank_card": codes.bank_card,
    "plate_number": codes.plate,
    "vin": codes.vin,
    "email": codes.email,
}


def value_of(entity: str, typed: str, today: date, products: Products) -> str:
    """The value of the words `typed`, or these words trimmed where they have no form or no single value."""
    plain = re.sub(r"\s+", "", normalise(typed))
    if entity == "date":
        value = days.day(plain, today)
    elif entity == "product":
        value = products.get(plain)
    else:
        reader = _READERS.get(entity)
        value = reader(plain) if reader else None
    return value or typed.strip()
