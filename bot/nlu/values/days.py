"""Days, months and years of the Shanghai calendar, absolute or seen from a given day.

A value is a day `2026-10-12`, a month `2026-10`, a year `2026`, or a span of days `2026-10-05/2026-10-11`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from bot.nlu.values.numbers import digits, number

#: A day without its year lies in the year that ends this many days from now.
AHEAD = timedelta(days=45)
_N = r"[\d零〇一二两三四五六七八九十廿]+"
_YEARS = {
    "今": 0,
    "本": 0,
    "当": 0,
    "这": 0,
    "去": -1,
    "上": -1,
    "明": 1,
    "来": 1,
    "下": 1,
    "前": -2,
    "后": 2,
    "大前": -3,
}
_DAYS = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "次": 1, "后": 2, "大后": 3,
}  # fmt: skip
_NOW = frozenset({"刚刚", "刚才", "现在", "此刻", "目前", "刚", "即日", "今", "昨夜"})
_FEASTS = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "三八节": (3, 8), "劳动节": (5, 1), "五一": (5, 1),
    "五四": (5, 4), "儿童节": (6, 1), "六一": (6, 1), "七一": (7, 1), "八一": (8, 1), "教师节": (9, 10),
    "国庆节": (10, 1), "国庆": (10, 1), "十一": (10, 1), "双十一": (11, 11), "双11": (11, 11),
    "双十二": (12, 12), "圣诞节": (12, 25), "圣诞": (12, 25),
}  # fmt: skip
_TIME_OF_DAY = re.compile(
    rf"(?:(?:早上|早晨|清晨|凌晨|上午|中午|下午|傍晚|晚上|夜里|半夜|夜间)(?:{_N}[点时:](?:{_N}分?|半)?)?"
    rf"|{_N}[点时](?:{_N}分?|半)?|\d{{1,2}}:\d\d(?::\d\d)?)$"
)
_TRIM = re.compile(r"^(?:在|于|是|从|到|自)|(?:那天|这天|当天|的时候|起|止|的)$")
_WHOLE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?|(\d\d)(\d\d))")
_OFFSET = re.compile(
    rf"(?P<count>半|{_N})个?(?P<unit>天|日|周|星期|礼拜|月|年)(?P<half>半)?(?:之|以)?(?P<way>前|后)"
)
_NAMED_DAY = re.compile(r"(大前|前|昨|今|当|明|次|后|大后)[天日晚夜早晨儿]{1,2}")
_WEEK = re.compile(
    r"(?P<which>上上|上|这|本|下下|下|当)?个?(?:(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])|(?:周|星期|礼拜))"
)
_PART = r"(?P<part>初|中旬|上旬|下旬|中|底|末)"
_DATED = re.compile(
    rf"(?:(?P<year>\d{{4}}|\d{{2}}|[零〇一二两三四五六七八九]{{2,4}}|大前|[今本当这去上明来下前后])一?年度?(?:的|份)?)?"
    rf"(?:(?P<month>{_N})月份?|(?P<months>上上|上|这|本|当|下下|下)(?P<the>个?)月份?|(?P<this>月))?的?"
    rf"(?:(?P<day>{_N})[日号]?|{_PART}|(?P<half>[上下]半年)|第?(?P<quarter>[一二三四1-4])季度?|(?P<same>今天))?"
)
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_YEAR_PART = re.compile(
    rf"(?:(?P<year>大前|[今本去明前后]|\d{{4}}|\d{{2}}|[零〇一二三四五六七八九]{{4}})?年?的?)年{_PART}"
)


def day(words: str, today: date) -> str | None:
    """What `words` (normalised, without white space) name, seen on `today`; None if they name no one time."""
    bare = _TRIM.sub("", _TIME_OF_DAY.sub("", _TRIM.sub("", words))) or words
    try:
        return next((value for read in _READERS if (value := read(bare, today))), None)
    except (ValueError, OverflowError):
        return None


def _whole(words: str, today: date) -> str | None:
    found = _WHOLE.fullmatch(words)
    if found is None:
        return None
    month, of_month = (found[2], found[3]) if found[2] else (found[4], found[5])
    return date(int(found[1]), int(month), int(of_month)).isoformat()


def _offset(words: str, today: date) -> str | None:
    found = _OFFSET.fullmatch(words)
    if found is None:
        return None
    sign = -1 if found["way"] == "前" else 1
    unit = found["unit"]
    if found["count"] == "半":
        there = {"年": _later(today, months=sign * 6), "月": today + timedelta(days=sign * 15)}.get(unit)
        return there.isoformat() if there else None
    count = sign * _integer(found["count"])
    if unit in "年月":
        halves = {"年": 12, "月": 1}[unit] * count + (sign * 6 if found["half"] and unit == "年" else 0)
        return _later(today, months=halves).isoformat()
    return (today + timedelta(days=count * (1 if unit in "天日" else 7))).isoformat()


def _named(words: str, today: date) -> str | None:
    if words in _NOW:
        return today.isoformat() if words != "昨夜" else (today - timedelta(days=1)).isoformat()
    found = _NAMED_DAY.fullmatch(words)
    return (today + timedelta(days=_DAYS[found[1]])).isoformat() if found else None


def _feast(words: str, today: date) -> str | None:
    found = re.fullmatch(
        r"(?:(?P<year>大前|[今本去明前后]|\d{4})年的?)?(?P<feast>.+?)(?:假期|期间|那天|当天)?", words
    )
    if found is None or found["feast"] not in _FEASTS:
        return None
    month, of_month = _FEASTS[found["feast"]]
    return _placed(found["year"] and _year(found["year"], today), month, of_month, today).isoformat()


def _week(words: str, today: date) -> str | None:
    found = _WEEK.fullmatch(words)
    if found is None or not (found["which"] or found["day"]):
        return None
    which = found["which"] or ""
    weeks = which.count("下") - which.count("上")
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    if found["day"] is None:
        return _span(monday, monday + timedelta(days=6))
    if found["day"] == "末":
        return _span(monday + timedelta(days=5), monday + timedelta(days=6))
    return (monday + timedelta(days="一二三四五六日".index(found["day"].replace("天", "日")))).isoformat()


def _dated(words: str, today: date) -> str | None:
    found = _DATED.fullmatch(words)
    if found is None or not words:
        return None
    year = found["year"] and _year(found["year"], today)
    if found["half"] or found["quarter"]:
        first, months = (1, 3) if found["quarter"] else (1 if found["half"] == "上半年" else 7, 6)
        first += 3 * (_integer(found["quarter"]) - 1) if found["quarter"] else 0
        begins = date(year or today.year, first, 1)
        return _span(begins, _later(begins, months=months) - timedelta(days=1))
    if found["same"]:
        return _later(date(year, today.month, today.day)).isoformat() if year else None
    if found["months"] or found["this"]:
        which = found["months"] or ""
        there = _later(today.replace(day=1), months=which.count("下") - which.count("上"))
        if found["this"] and not found["part"]:
            return None
        year, month = year or there.year, there.month
    elif found["month"]:
        month = _integer(found["month"])
    else:
        month = None
    if month is None:
        return _of_year(year, found, today)
    return _of_month(year, month, found, today)


def _of_year(year: int | None, found: re.Match[str], today: date) -> str | None:
    if year and found["part"]:
        return _part_of_year(year, found["part"])
    if year:
        return None if found["day"] else str(year)
    if found["day"] and re.search(r"[日号]$", found[0]):
        return today.replace(day=_integer(found["day"])).isoformat()
    return None


def _of_month(year: int | None, month: int, found: re.Match[str], today: date) -> str:
    if found["day"]:
        return _placed(year, month, _integer(found["day"]), today).isoformat()
    first = _placed(year, month, 1, today)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    match found["part"]:
        case None:
            return first.strftime("%Y-%m")
        case "初":
            return first.isoformat()
        case "中":
            return first.replace(day=15).isoformat()
        case "上旬":
            return _span(first, first.replace(day=10))
        case "中旬":
            return _span(first.replace(day=11), first.replace(day=20))
        case "下旬":
            return _span(first.replace(day=21), last)
        case _:
            return last.isoformat()


def _year_part(words: str, today: date) -> str | None:
    found = _YEAR_PART.fullmatch(words)
    return _part_of_year(_year(found["year"] or "今", today), found["part"]) if found else None


def _part_of_year(year: int, part: str) -> str | None:
    edges = {"初": date(year, 1, 1), "底": date(year, 12, 31), "末": date(year, 12, 31)}
    return edges[part].isoformat() if part in edges else None


def _figures(words: str, today: date) -> str | None:
    if found := _YEAR_MONTH.fullmatch(words):
        return date(int(found[1]), int(found[2]), 1).strftime("%Y-%m")
    found = _MONTH_DAY.fullmatch(words)
    return _placed(None, int(found[1]), int(found[2]), today).isoformat() if found else None


def _placed(year: int | None, month: int, of_month: int, today: date) -> date:
    """The day in `year`, or without a year the latest one up to `AHEAD` from today."""
    if year:
        return date(year, month, of_month)
    ahead = today + AHEAD
    years = (ahead.year, ahead.year - 1, *range(ahead.year - 2, ahead.year - 9, -1))
    days = (there for one in years if (there := _possible(one, month, of_month)) and there <= ahead)
    if found := next(days, None):
        return found
    raise ValueError(f"no such day: {month}-{of_month}")


def _possible(year: int, month: int, of_month: int) -> date | None:
    if not 1 <= month <= 12 or not 1 <= of_month <= 31:
        raise ValueError(f"no such day: {month}-{of_month}")
    return date(year, month, of_month) if of_month <= monthrange(year, month)[1] else None


def _year(words: str, today: date) -> int:
    if words in _YEARS:
        return today.year + _YEARS[words]
    year = _integer(words)
    return year if year > 99 else year + (2000 if year <= today.year % 100 + 50 else 1900)


def _later(start: date, months: int = 0) -> date:
    """`months` later, on the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _span(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


def _integer(words: str) -> int:
    spelt = digits(words)
    value = number(spelt if spelt.isdecimal() else words.replace("〇", "零").replace("廿", "二十"))
    if value is None or value != int(value):
        raise ValueError(f"no number: {words}")
    return int(value)


_Reader = Callable[[str, date], "str | None"]
_READERS: tuple[_Reader, ...] = (_whole, _offset, _named, _feast, _week, _year_part, _figures, _dated)
