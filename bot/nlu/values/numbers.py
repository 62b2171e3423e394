"""Numbers as people write them: 3,200 · 1万5 · 三千二 · 20w · 两百."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import cn2an

#: Longer ones are no amount, age or share that anybody means.
LONGEST = 20
_LETTERS = str.maketrans({"w": "万", "k": "千", "俩": "两", "仨": "三", "幺": "一"})
#: More than one number is meant: 十几, 3千多, 三五万, 5-10万.
_VAGUE = re.compile(r"[几多余数来把]|\d[-~至到]\d|(?:^|[百千万亿])[一二两三四五六七八九]{2}(?=[百千万亿]|$)")
_GROUPED = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_SCALED = re.compile(r"(\d+\.\d+|\d{3,})([百千万亿]+)")
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGITS = str.maketrans("零〇一二两三四五六七八九幺", "0012234567891")


def number(words: str) -> Decimal | None:
    """The number that `words` (normalised, without white space) are as a whole; None if they are none."""
    written = _GROUPED.sub("", words).translate(_LETTERS)
    if not written or len(written) > LONGEST or _VAGUE.search(written):
        return None
    if scaled := _SCALED.fullmatch(written):
        value = Decimal(scaled[1])
        for unit in scaled[2]:
            value *= _SCALES[unit]
        return value
    try:
        return Decimal(written) if written.isascii() else Decimal(str(cn2an.cn2an(written, "smart")))
    except (InvalidOperation, ValueError):
        return None


def digits(words: str) -> str:
    """`words` with Chinese digits as figures, one for one: 一三八零 is 1380."""
    return words.translate(_DIGITS)


def plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end of its decimals."""
    return format(value.normalize(), "f")
