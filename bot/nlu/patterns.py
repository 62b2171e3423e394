r"""Entities that have a form: numbers, dates, amounts, addresses of mail. Pure regular expressions on
normalised text.

Chinese characters are word characters to `re`, so borders are written as look-arounds and never as `\b`.
Order is rank: where two patterns want the same characters the earlier one has them. A pattern with a group
means the characters of the group; what stands around it only tells what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.nlu.normalise import normalise


@dataclass(frozen=True)
class Found:
    """A recognised entity: characters `start`..`end` of the typed text."""

    entity: str
    start: int
    end: int


_NOT_CODE_BEFORE = r"(?<![0-9a-z])"
_NOT_CODE_AFTER = r"(?![0-9a-z])"
_JOIN = r"[ \-]?"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_NUMERAL = "零〇一二两三四五六七八九十"


def _coded(pattern: str) -> str:
    return _NOT_CODE_BEFORE + pattern + _NOT_CODE_AFTER


def _spaced(head: str, digits: str) -> str:
    """`head` and figures, among which o, i and l stand for 0 and 1."""
    return _coded(rf"{head}{_JOIN}(?=(?:[oil \-]*\d){{8}})(?:[\doil]{_JOIN}){digits}[\doil]")


_UNIT = "[号日]"
_DATE = "|".join(
    [
        rf"(?:19|20)\d\d\s?[年\-/.]\s?\d{{1,2}}\s?(?:[月\-/.]\s?(?:\d{{1,2}}\s?{_UNIT}?(?!\d)|[{_NUMERAL}]{{1,3}}{_UNIT}))",
        r"(?:(?:19|20)\d\d|今|明|去|前|后)年\s?(?:\d{1,2}|十[一二]?|[一二三四五六七八九])月份?"
        rf"(?:\s?(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}})\s?{_UNIT})?(?:[初底中末])?",
        rf"[二一][{_NUMERAL}]{{3}}年(?:[{_NUMERAL}]{{1,2}}月(?:[{_NUMERAL}]{{1,3}}{_UNIT})?)?",
        rf"(?:\d{{1,2}}|十[一二]?|[一二三四五六七八九])月份?(?:\s?(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}})\s?{_UNIT})",
        rf"(?:上|下|这|本)个?月(?:\s?(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}})\s?{_UNIT}|[初中底末])?",
        r"(?:上|下|这|本)个?(?:周|星期|礼拜)[一二三四五六日天末]?|(?:周|星期|礼拜)[一二三四五六日天](?!年)",
        r"大?[前后]天|昨[天晚日]|今[天晚日早](?!年)|明[天晚日早](?!年)|(?:今|明|去|前|后)年|月[初底末]|年[初底末]",
        r"(?:19|20)\d\d年",
        r"(?:\d{1,2}|十[一二]?)月份",
    ]
)
_AMOUNT = "|".join(
    [
        r"(?<=扣走|划走|扣掉|扣了|划了|多扣|少扣|交了)\d{2,6}(?:\.\d+)?(?![\d.年月日号天次期个遍几多万千百元块w])",
        r"\d[\d,]*(?:\.\d+)?\s?(?:万|千|百|亿|w|k)?\s?(?:多)?\s?(?:元|块钱|块|圆|rmb|人民币)(?!产|头)",
        r"\d+(?:\.\d+)?\s?(?:万|w|千万|亿)(?![\da-z公里])(?:元|块钱|块)?",
        rf"[{_NUMERAL}百千万亿]+(?:多)?(?:万)?(?:元钱|元|块钱|块|圆)(?!产|头)",
        rf"(?:[{_NUMERAL}]+[百千])*[{_NUMERAL}]+[万亿](?![一能]|分(?![\d{_NUMERAL}期]))(?:[{_NUMERAL}](?![{_NUMERAL}个年月天岁次]))?",
    ]
)

_PERCENT = "|".join(
    [
        r"\d+(?:\.\d+)?\s?(?:%|个百分点|个点)",
        rf"百分之(?:百|[{_NUMERAL}百点]+|\d+(?:\.\d+)?)",
        rf"千分之[{_NUMERAL}点]+",
        rf"(?<![分第现变生达形完组])[{_NUMERAL}1-9]成(?:半|[{_NUMERAL}](?![{_NUMERAL}]))?(?![为立人员功交长果分份绩就本品都年])",
    ]
)
_AGE = rf"(?<![\d.])(?:\d{{1,3}}|[{_NUMERAL}百]{{1,4}})\s?(?:周岁|岁)"
_FREQUENCY = "|".join(
    [
        r"(?:按|每)?(?:半年|季度?|月|年)(?:缴|交|付)(?!了|过|的|完|上|费|清|钱|保|多|不|够|齐|满)",
        r"按(?:半年|季度?|月|年)(?=缴|交|付)",
        r"(?:一|半|每)年(?:一交|一缴|一付|一次)|(?:一|每)(?:个月|季度?|月)(?:一交|一缴|一付|一次)",
    ]
)
_PLATE = (
    rf"[{_PROVINCES}]\s?[a-hj-z]\s?[·.\-]?\s?(?:[a-hj-np-z0-9]\s?){{4,5}}[a-hj-np-z0-9挂学警](?![0-9a-z])"
)
_VIN = _coded(rf"(?=[a-z0-9 \-]*[a-z])(?=[a-z0-9 \-]*\d)[a-z0-9](?:{_JOIN}[a-z0-9]){{16}}")
_LANDLINE = _coded(r"0\d{2,3}[ \-]?\d{4}[ \-]?\d{3,4}")

_Pattern = tuple[str, "re.Pattern[str]"]


def _compiled(*patterns: tuple[str, str]) -> tuple[_Pattern, ...]:
    return tuple((entity, re.compile(pattern)) for entity, pattern in patterns)


_TAIL = r"(?:号码?)?的?(?:尾号|尾数|[后末最]+[四六46]位)(?:数字?)?(?:是|为|:|：)?\s?"
_NUMBERED = r"号?码?(?:是|为|:|：)?\s?"

_FIXED = _compiled(
    ("email", r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}"),
    ("claim_number", _spaced("clm", "{11}")),
    ("policy_number", _spaced("pd[a-z]{2}", "{15}")),
    ("policy_number", _spaced("p", "{11}")),
    ("policy_number", _coded(r"p\d{9,14}")),
    ("claim_number", _coded(r"cl\d{8,14}")),
    ("request_number", _spaced("(?:bq|ts|rw|t)", "{11}")),
    ("request_number", rf"(?:受理单|投保单|申请|投诉|工单|业务){_NUMBERED}(\d{{8,20}})(?![0-9a-z])"),
    ("policy_number", rf"(?:(?<!投)保单|(?<![订运递理工保])单号){_NUMBERED}(\d{{8,20}})(?![0-9a-z])"),
    ("id_number", rf"(?:身份证|证件){_TAIL}(\d{{3,5}}[\dx])(?![0-9a-z])"),
    ("request_number", rf"投保单{_TAIL}(\d{{4,6}})(?![0-9a-z])"),
    ("phone", rf"(?:手机|电话){_TAIL}(\d{{4}})(?![0-9a-z])"),
    ("policy_number", rf"(?<!投)保单{_TAIL}(\d{{4,6}})(?![0-9a-z])"),
    ("bank_card", r"(?:尾号|尾数)(\d{4})的?(?:那张)?(?:银行|储蓄|工资)?卡"),
    ("bank_card", rf"卡{_TAIL}(\d{{4}})(?![0-9a-z])"),
    ("id_number", _coded(r"\d{6}[ \-]?(?:18|19|20)\d{2}[ \-]?\d{4}[ \-]?\d{3}[0-9x]")),
    ("bank_card", _coded(r"(?:\d{4}[ \-]?){3}\d{4}(?:[ \-]?\d{1,3})?")),
    ("phone", _coded(r"(?:\+?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}")),
    ("phone", _LANDLINE),
    ("plate_number", _PLATE),
    ("vin", _VIN),
)
_LIKELY = _compiled(
    ("payment_frequency", _FREQUENCY),
    ("date", _DATE),
    ("percent", _PERCENT),
    ("age", _AGE),
    ("amount", _AMOUNT),
    ("payment_mode", r"[趸期][交缴]|一次性?(?:[交缴付]清|[交缴]完)|一次性(?=[交缴付])"),
)
#: The names that the two finders can give.
FIXED_ENTITIES = frozenset(entity for entity, _ in _FIXED)
LIKELY_ENTITIES = frozenset(entity for entity, _ in _LIKELY)


def find_fixed(text: str) -> list[Found]:
    """Numbers and codes of `text` whose form leaves no doubt, in order and without overlaps."""
    return _find(text, _FIXED)


def find_likely(text: str) -> list[Found]:
    """Dates and amounts by their usual forms, in order, without overlaps; the model may know better."""
    return _find(text, _LIKELY)


def _find(text: str, patterns: Iterable[_Pattern]) -> list[Found]:
    plain = normalise(text)
    found: list[Found] = []
    for entity, pattern in patterns:
        for match in pattern.finditer(plain):
            start, end = match.span(match.lastindex or 0)
            trimmed = text[start:end].rstrip()
            end = start + len(trimmed)
            if not _taken(found, start, end):
                found.append(Found(entity, start, end))
    return sorted(found, key=lambda item: item.start)


def _taken(found: Iterable[Found], start: int, end: int) -> bool:
    return any(item.start < end and start < item.end for item in found)
