"""Numbers that name somebody or something: letters and figures in one order, however they were typed."""

from __future__ import annotations

import re

from stdnum import luhn
from stdnum.cn import ric

from bot.nlu.values.numbers import digits

_GAPS = re.compile(r"[\s\-–—_.·•,:/()#*]+")
_LOOKALIKES = str.maketrans("OILQ", "0110")
#: Prefixes of the insurer's own numbers, longest first.
_PREFIX = re.compile(r"(?:PD[A-Z]{2}|CLM|BQ|TS|RW|P|T)(?=[0-9OIL]{4})")
_TAIL = re.compile(
    r"(?:尾号|后[0-9一二三四五六七八九十]+位|末[0-9一二三四五六七八九十]+位|最后[^0-9]*位)(?:数字?)?[是为:]*"
)


def compact(words: str) -> str:
    """Upper case without gaps and without 尾号 before it."""
    return _GAPS.sub("", _TAIL.sub("", words)).upper()


def record_number(words: str) -> str:
    """A policy, claim or request number: after its letters an O was meant as 0, an I or l as 1."""
    code = digits(compact(words))
    prefix = _PREFIX.match(code)
    at = prefix.end() if prefix else 0
    rest = code[at:]
    return code[:at] + (rest.translate(_LOOKALIKES) if re.fullmatch(r"[0-9OIL]*", rest) else rest)


def id_number(words: str) -> str:
    """An identity number, its check character a capital X."""
    code = digits(compact(words)).replace("×", "X")
    mended = code[:-1].translate(_LOOKALIKES) + code[-1:]
    return mended if ric.is_valid(mended) else code


def phone(words: str) -> str:
    """Figures only, a mobile number without the code of the country."""
    code = re.sub(r"\D", "", digits(compact(words)))
    return re.sub(r"^(?:0086|86)(?=1[3-9]\d{9}$)", "", code)


def bank_card(words: str) -> str:
    """Figures only."""
    return re.sub(r"\D", "", digits(compact(words)))


def plate(words: str) -> str:
    """Capitals without dot or gap; the letters O and I stand on no plate after the second place."""
    code = compact(words)
    return code[:2] + code[2:].replace("O", "0").replace("I", "1")


def vin(words: str) -> str:
    """Seventeen characters, among which I, O and Q do not occur (ISO 3779)."""
    return compact(words).replace("I", "1").replace("O", "0").replace("Q", "0")


def email(words: str) -> str:
    """Lower case."""
    return re.sub(r"\s+", "", words).lower()


def is_identity(code: str) -> bool:
    """Whether the check character and the birthday of an 18-place identity number are right."""
    return bool(ric.is_valid(code))


def is_card(code: str) -> bool:
    """Whether the last figure of a card number is the check figure of the others (Luhn)."""
    return bool(luhn.is_valid(code))
