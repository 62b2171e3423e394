"""Relative dates of the demo data: `today-5d`, `today+25d-2y` (two years before 25 days from today)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from records.calendar import add_years

_FORM = re.compile(r"today(?:(?P<days>[+-]\d+)d)?(?:(?P<years>[+-]\d+)y)?")


def resolve(text: str, today: date) -> date:
    """The date meant. Raises ValueError for anything that is not of this form."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no relative date such as today+25d-2y.")
    day = today + timedelta(days=int(found["days"] or 0))
    return add_years(day, int(found["years"] or 0))
