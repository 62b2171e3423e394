"""Days as the insurer counts them: Shanghai calendar days, and working days with China's public holidays.

Counting rules: N days from D end with D+N; a period that includes the day it starts on ends with D+N-1.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import floor
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


def business_date(now: datetime) -> date:
    """The Shanghai date at a moment with zone."""
    if now.tzinfo is None:
        raise ValueError("A business date needs a moment with a time zone.")
    return now.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Shanghai, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def last_day(start: date, days: int, *, including_start: bool = False) -> date:
    """The last day of a period of `days` calendar days from `start`."""
    return start + timedelta(days=days - 1 if including_start else days)


def is_working_day(day: date) -> bool:
    """Whether offices work; Monday to Friday for years whose public holidays are not announced yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def add_working_days(start: date, days: int) -> date:
    """The `days`-th working day after `start`; `start` itself never counts."""
    if days < 0:
        raise ValueError("Working days are counted forward.")
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def warning_day(due_on: date, days: int, share: Decimal, *, working: bool) -> date:
    """The first day on which `share` of a period of `days`, which ends with `due_on`, is gone."""
    left = floor(days * (1 - share))
    if not working:
        return due_on - timedelta(days=left)
    day = due_on
    while left > 0 or not is_working_day(day):
        left -= is_working_day(day)
        day -= timedelta(days=1)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days there are after `start`, up to and with `end`."""
    return sum(is_working_day(start + timedelta(days=ahead)) for ahead in range(1, (end - start).days + 1))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    return add_months(day, years * 12)
