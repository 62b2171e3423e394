"""Amounts in yuan, percentages and ages."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.nlu.values.numbers import number, plain

_CURRENCY = re.compile(r"^(?:人民币|rmb|cny|[¥￥])|(?:人民币|rmb|cny)$")
_ABOUT = re.compile(r"^(?:大约|大概|约|差不多|将近|共|总共|一共)|(?:左右|上下|整|正)$")
_YUAN = re.compile(r"^(?P<yuan>.*?)(?:元钱|块钱|元|块|圆|$)(?P<rest>.*)$")
_SMALL = re.compile(r"零?(?:(?P<jiao>[^角毛分零]+)(?:角|毛钱?|$))?零?(?:(?P<fen>[^角毛分]+)分钱?)?")
_PERCENT = re.compile(r"(?:百分之(?P<words>.+)|(?P<figures>.+?)(?:%|个百分点|个点|百分点))")
_AGE = re.compile(r"(?:今年|刚|刚满|满)?(?P<number>[^岁周]+?)(?:周?岁半?|周岁了?|岁了|岁的)?")


def amount(words: str) -> str | None:
    """Plain decimal yuan; None for 十几万 and whatever else names no single amount."""
    bare = _ABOUT.sub("", _CURRENCY.sub("", _ABOUT.sub("", words)))
    found = _YUAN.match(bare)
    if found is None:
        return None
    if not found["yuan"] or re.search(r"[角毛分]", found["yuan"]):
        value, rest = Decimal(0), bare
    else:
        yuan, rest = number(found["yuan"]), _ABOUT.sub("", found["rest"])
        if yuan is None:
            return None
        value = yuan
    if rest:
        small = _SMALL.fullmatch(rest)
        parts = {name: number(part) for name, part in small.groupdict().items() if part} if small else {}
        if not parts or any(part is None or part >= 10 for part in parts.values()):
            return None
        value += (parts.get("jiao") or 0) * Decimal("0.1") + (parts.get("fen") or 0) * Decimal("0.01")
    return money(value)


def money(value: Decimal) -> str:
    """3200, 3200.50"""
    return (
        plain(value) if value == value.to_integral_value() else format(value.quantize(Decimal("0.01")), "f")
    )


def percent(words: str) -> str | None:
    """The number of hundredths: 百分之三十, 三成 and 30% are 30, 千分之五 is 0.5, 一半 is 50."""
    fixed = {"一半": Decimal(50), "百分百": Decimal(100), "全额": Decimal(100)}.get(words)
    if fixed is None and (found := _PERCENT.fullmatch(words)):
        given = found["words"] or found["figures"]
        fixed = Decimal(100) if given == "百" else number(given)
    elif fixed is None and words.startswith("千分之"):
        thousandths = number(words[3:])
        fixed = None if thousandths is None else thousandths / 10
    elif fixed is None and (found := re.fullmatch(r"([^成]+)成(半|[^成]?)", words)):
        tenths = number(found[1])
        more = Decimal(5) if found[2] == "半" else number(found[2]) if found[2] else Decimal(0)
        fixed = None if tenths is None or more is None else tenths * 10 + more
    elif fixed is None:
        fixed = number(words)
    return None if fixed is None else plain(fixed)


def age(words: str) -> str | None:
    """Whole years."""
    found = _AGE.fullmatch(words)
    years = number(found["number"]) if found else None
    return plain(years) if years is not None and 0 <= years < 130 else None
