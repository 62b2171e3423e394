"""Which numbers stand in a text, so that an answer can be held against its source."""

from __future__ import annotations

import re
from decimal import Decimal

ARABIC = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
CHINESE = re.compile(r"[零一二两三四五六七八九十百千]+")
CLAUSE = re.compile(r"第([0-9][0-9.、和到至]*)条")
DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}


def arabic(text: str) -> set[Decimal]:
    """Numbers in figures, without those that name a clause."""
    return {Decimal(found.replace(",", "")) for found in ARABIC.findall(CLAUSE.sub("", text))}


def every(text: str) -> set[Decimal]:
    """Numbers in figures and in Chinese numerals (三十 is 30)."""
    return arabic(text) | {Decimal(_value(found)) for found in CHINESE.findall(text)}


def clauses(text: str) -> set[str]:
    """Clause numbers named as 第3.2条 or 第3.2、5.2条."""
    return {number for found in CLAUSE.findall(text) for number in re.split("[、和到至]", found) if number}


def _value(numeral: str) -> int:
    total, digit = 0, 0
    for sign in numeral:
        if sign in UNITS:
            total += (digit or 1) * UNITS[sign]
            digit = 0
        else:
            digit = DIGITS[sign]
    return total + digit
