"""How values are written for customers: days, money, masked numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_CENT = Decimal("0.01")


def day(value: date) -> str:
    """2026年12月17日"""
    return f"{value.year}年{value.month}月{value.day}日"


def day_of_year(value: date, today: date) -> str:
    """12月17日, with the year when it is another one."""
    return f"{value.month}月{value.day}日" if value.year == today.year else day(value)


def money(amount: Decimal) -> str:
    """1,560元, 36.60元"""
    return f"{amount:,.0f}元" if amount == amount.to_integral_value() else f"{amount.quantize(_CENT):,}元"


def day_text(iso: str) -> str:
    """An ISO day as it is written for customers."""
    return day(date.fromisoformat(iso))
