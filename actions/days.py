"""Reads days from the words a customer writes: Shanghai calendar days, None where the words hold none."""

from __future__ import annotations

import re
from datetime import date, timedelta

import cn2an

from actions.reading import DIGIT_WORDS, tidy
from records.calendar import add_months

_CN_NUMBER = "零〇一二两三四五六七八九十百"
_RELATIVE_DAYS = {
    "大前天": 3, "前天": 2, "昨天": 1, "昨日": 1, "昨晚": 1, "昨夜": 1, "今天": 0, "今日": 0, "今早": 0,
    "今晚": 0, "今晨": 0, "刚才": 0, "刚刚": 0, "刚": 0, "现在": 0,
    "早上": 0, "上午": 0, "中午": 0, "下午": 0,
}  # fmt: skip
_WEEKDAYS = "一二三四五六日"
_YEAR = r"(\d{4}|\d{2}(?=年)|[二〇零一三四五六七八九]{4}(?=年)|去年|今年|前年)[年./-]?"
_MONTH = r"(\d{1,2}|[一二三四五六七八九十]{1,2})"
_DAY_OF = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_FULL_DATE = re.compile(rf"{_YEAR}{_MONTH}[月./-]{_DAY_OF}")
_MONTH_DAY = re.compile(rf"(?<!\d){_MONTH}月{_DAY_OF}(?!\d|个)")
_SLASHED = re.compile(rf"(?<![\d.]){_MONTH}[/.-]{_DAY_OF}(?![\d.万千元块个次天年倍%])")
_DAY_OF_MONTH = re.compile(rf"(上个?月|这个?月|本月){_DAY_OF}(?:号|日)")
_DAY_ONLY = re.compile(rf"(?<!\d){_DAY_OF}(?:号|日)(?![楼线院])")


def read_future_date(text: str, today: date) -> date | None:
    """A day written with its year, after today; 明年 counts as a year."""
    plain = re.sub(r"\s+", "", tidy(text))
    for word, more in (("明年", 1), ("后年", 2)):
        plain = plain.replace(word, f"{today.year + more}年")
    day = _full_date(plain, today)
    return day if day is not None and day > today else None


def names_day(text: str) -> bool:
    """Whether the words give a day in figures, be it one that exists or not."""
    plain = re.sub(r"\s+", "", tidy(text))
    return bool(_FULL_DATE.search(plain) or _MONTH_DAY.search(plain))


def names_impossible_day(text: str, today: date) -> bool:
    """Whether the day given in figures is in no calendar: 2月30日."""
    plain = re.sub(r"\s+", "", tidy(text))
    if _FULL_DATE.search(plain):
        return _full_date(plain, today) is None
    found = _MONTH_DAY.search(plain)
    leap = 2000
    return found is not None and _day(leap, _number(found[1]), _number(found[2])) is None


def read_past_date(text: str, today: date) -> date | None:
    """A day not after today: 昨天, 三天前, 上周五, 11月20日. Without a year the latest past one."""
    plain = re.sub(r"\s+", "", tidy(text))
    if names_impossible_day(text, today):
        return None
    if _FULL_DATE.search(plain):
        day = _full_date(plain, today)
        return day if day is not None and day <= today else None
    for read in _DATE_READERS:
        day = read(plain, today)
        if day is not None:
            return day if day <= today else None
    return None


def _relative_day(text: str, today: date) -> date | None:
    return next((today - timedelta(days=days) for word, days in _RELATIVE_DAYS.items() if word in text), None)


def _numbered_days_ago(text: str, today: date) -> date | None:
    found = re.search(rf"(\d+|[{_CN_NUMBER}]+)(?:个)?(天|周|星期|礼拜|月)(?:之|以)?前", text)
    if found is None:
        return None
    count, unit = _number(found[1]), found[2]
    if count is None:
        return None
    if unit == "月":
        return add_months(today, -count)
    return today - timedelta(days=count * (1 if unit == "天" else 7))


def _weekday(text: str, today: date) -> date | None:
    found = re.search(r"(上上?个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天])", text)
    if found is None:
        return None
    index = _WEEKDAYS.index("日" if found[2] == "天" else found[2])
    monday = today - timedelta(days=today.weekday())
    weeks_back = (found[1] or "").count("上")
    day = monday + timedelta(days=index - 7 * weeks_back)
    return day if day <= today or weeks_back else day - timedelta(days=7)


def _full_date(text: str, today: date) -> date | None:
    found = _FULL_DATE.search(text)
    if found is None:
        return None
    years = {"去年": today.year - 1, "今年": today.year, "前年": today.year - 2}
    written = found[1].translate(DIGIT_WORDS)
    year = years.get(found[1]) or (int(written) if len(written) == 4 else 2000 + int(written))
    return _day(year, _number(found[2]), _number(found[3]))


def _day_of_last_month(text: str, today: date) -> date | None:
    found = _DAY_OF_MONTH.search(text)
    if found is None:
        return None
    month = add_months(today.replace(day=1), -1 if found[1].startswith("上") else 0)
    return _day(month.year, month.month, _number(found[2]))


def _month_and_day(text: str, today: date) -> date | None:
    return _latest_past(_MONTH_DAY.search(text), today)


def _slashed(text: str, today: date) -> date | None:
    return _latest_past(_SLASHED.search(text), today)


def _latest_past(found: re.Match[str] | None, today: date) -> date | None:
    if found is None:
        return None
    day = _day(today.year, _number(found[1]), _number(found[2]))
    if day is not None and day > today:
        return _day(today.year - 1, day.month, day.day)
    return day


def _day_only(text: str, today: date) -> date | None:
    found = _DAY_ONLY.search(text)
    if found is None:
        return None
    number = _number(found[1])
    day = _day(today.year, today.month, number)
    if day is None or day > today:
        last = add_months(today.replace(day=1), -1)
        return _day(last.year, last.month, number)
    return day


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    try:
        return int(cn2an.cn2an(text, "smart"))
    except ValueError:
        return None


def _day(year: int, month: int | None, day: int | None) -> date | None:
    if month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


_DATE_READERS = (
    _day_of_last_month, _month_and_day, _numbered_days_ago, _weekday, _day_only,
    _relative_day, _slashed,
)  # fmt: skip
