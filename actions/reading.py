"""Reads values from the words a customer writes: numbers, addresses, dates, yes and no.

Pure functions; None means the words hold no such value. Days are Shanghai calendar days.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import cn2an

from records.calendar import add_months

_DIGIT_WORDS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_CN_NUMBER = "零〇一二两三四五六七八九十百"
_MOBILE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d{9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{7,8})(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_POLICY = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,6}\d{10,22})(?!\d)", re.IGNORECASE)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.\s]?[A-Z0-9]{5,6}",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^[\u4e00-\u9fff]{2,6}$|^[\u4e00-\u9fff]{1,10}·[\u4e00-\u9fff·]{1,10}$|^[A-Za-z][A-Za-z .'-]{1,39}$"
)
_NAME_INTRODUCTION = re.compile(r"^(?:我(?:叫|是)|姓名(?:是|叫)?|名字(?:是|叫)?|叫|是)[:：\s]*")
_ADDRESS_INTRODUCTION = re.compile(
    r"^(?:新?(?:的)?地址(?:是|在|改成|换成|:|：)?|改成|换成|我?(?:搬到|住在?))[:：\s]*"
)
_ADDRESS_PLACE = re.compile(r"[省市区县州旗镇乡村路街道巷弄号栋幢室单元楼苑园里]")
_YES = re.compile(
    r"^(?:是的?|对的?|对头|没错|有的?|有人(?:受伤)?|嗯+|好的?|好吧|可以|行|要的?|确认|提交|没问题|正确|ok|yes|y)[啊呀吧了哦呢的]*[。.!！~～]*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:不是的?|没有?|没有?人(?:受伤|伤)?|人没事|都没事|不对|不要|不用|不|否|无|错了?|no|n)[啊呀吧了哦呢的]*[。.!！~～]*$",
    re.IGNORECASE,
)
_SKIP = re.compile(
    r"^(?:跳过|没有?(?:电话|号码|保单号)?|不知道|不清楚|不记得|记不(?:得|清)了?|忘了|找不到|无|不填|没带|不方便"
    r"|不想?(?:留|说|给|写)(?:电话|号码)?)[啊呀吧了哦呢的]*[。.!！]*$"
)
_RESEND = re.compile(r"重发|重新发|再发|没收到|收不到|没有收到")
_ON_FILE = re.compile(r"预留|原来的|以前的|老号码|就这个|现在这个|登记的|留的那个|你们有")
_AMOUNT = re.compile(
    r"(\d[\d,]*(?:\.\d+)?|[零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+)\s*(万|千|百|[wWkK])?\s*(?:元|块|圆)?"
)
_AMOUNT_UNITS = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百": 100}
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


def tidy(text: str) -> str:
    """The words in plain width, trimmed: full-width digits and letters become ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def read_mobile(text: str) -> str | None:
    """The last mobile number in the words, so that "not 138…, it is 139…" gives the second."""
    plain = re.sub(r"(?<=\d)[\s-]+(?=\d)", "", tidy(text).translate(_DIGIT_WORDS))
    found = _MOBILE.findall(plain)
    return str(found[-1]) if found else None


def read_phone(text: str) -> str | None:
    """A mobile number, or a landline with its area code."""
    mobile = read_mobile(text)
    if mobile is not None:
        return mobile
    found = _LANDLINE.search(re.sub(r"\s+", "", tidy(text)))
    return found[1] if found else None


def read_email(text: str) -> str | None:
    """The last e-mail address in the words."""
    found = _EMAIL.findall(tidy(text))
    return str(found[-1]) if found else None


def read_code(text: str) -> str | None:
    """A six-digit code."""
    found = _CODE.search(re.sub(r"(?<=\d)\s+(?=\d)", "", tidy(text)))
    return found[1] if found else None


def read_policy_number(text: str) -> str | None:
    """Something shaped like a policy number; whether it exists is for the records to say."""
    found = _POLICY.search(tidy(text))
    return found[1].upper() if found else None


def read_plate(text: str) -> str | None:
    """A Chinese licence plate without its dot."""
    found = _PLATE.search(tidy(text))
    return re.sub(r"[·.\s]", "", found[0]).upper() if found else None


def read_name(text: str) -> str | None:
    """A person's name, with "我叫" and the like left out."""
    name = _NAME_INTRODUCTION.sub("", tidy(text).rstrip("。.!！"))
    return name if _NAME.match(name) else None


def read_address(text: str) -> str | None:
    """A postal address: long enough and naming a place; "地址改成" and the like are left out."""
    address = _ADDRESS_INTRODUCTION.sub("", tidy(text).rstrip("。.!！"))
    return address if len(address) >= 6 and len(_ADDRESS_PLACE.findall(address)) >= 2 else None


def read_yes_no(text: str) -> bool | None:
    """Yes or no, said shortly; a longer sentence is neither."""
    plain = tidy(text)
    if _NO.match(plain):
        return False
    return True if _YES.match(plain) else None


def means_on_file(text: str) -> bool:
    """Whether the customer means the phone the insurer already has."""
    return bool(_ON_FILE.search(tidy(text)))


def says_resend(text: str) -> bool:
    """Whether the code did not arrive or another one is wanted."""
    return bool(_RESEND.search(tidy(text)))


def says_skip(text: str) -> bool:
    """Whether the customer has no such value to give."""
    return bool(_SKIP.match(tidy(text)))


def read_amount(text: str) -> Decimal | None:
    """An amount in yuan: 3,200 · 1.2万 · 三千二 · 3k."""
    plain = tidy(text)
    found = _AMOUNT.search(plain)
    if found is None:
        return None
    number, unit = found[1].replace(",", ""), (found[2] or "").lower()
    try:
        value = Decimal(number) if number[0].isdigit() else Decimal(str(cn2an.cn2an(number, "smart")))
    except (InvalidOperation, ValueError):
        return None
    return value * _AMOUNT_UNITS.get(unit, 1)


def read_past_date(text: str, today: date) -> date | None:
    """A day not after today: 昨天, 三天前, 上周五, 11月20日. Without a year the latest past one."""
    plain = re.sub(r"\s+", "", tidy(text))
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
    written = found[1].translate(_DIGIT_WORDS)
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
