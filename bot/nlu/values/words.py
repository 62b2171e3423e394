"""Words that stand for one of a few values."""

from __future__ import annotations

import re

_FREQUENCIES = (
    ("half_yearly", r"半年|6个月|六个月|一年两次|1年2次|一年二次|两次一年"),
    ("quarterly", r"季|3个月|三个月|一年四次|1年4次"),
    ("monthly", r"月"),
    ("yearly", r"年"),
)
_SINGLE = re.compile(r"趸|一次|一把|1次|全款|一下子")
_REGULAR = re.compile(r"期|分|每|按|逐|[年月季]")


def payment_frequency(words: str) -> str | None:
    """How often a premium is paid."""
    return next((value for value, form in _FREQUENCIES if re.search(form, words)), None)


def payment_mode(words: str) -> str | None:
    """All at once, or in instalments."""
    if _SINGLE.search(words):
        return "single"
    return "regular" if _REGULAR.search(words) else None
