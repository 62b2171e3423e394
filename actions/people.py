"""Reads beneficiaries from a customer's words: who, how related to the insured, and which share of 100.

They are kept as they are shown: 李雪梅（配偶）60%、王小宝（儿子）40%.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from actions.reading import tidy

WHOLE = Decimal(100)
LEGAL_HEIRS = "法定继承人"
MOST = 10
_RELATIONS = {
    "配偶": "配偶|妻子|老婆|太太|媳妇|爱人|丈夫|老公|先生|夫人|对象",
    "儿子": "儿子|大儿|小儿|犬子",
    "女儿": "女儿|闺女|姑娘",
    "父亲": "父亲|爸爸|老爸|爸|爹",
    "母亲": "母亲|妈妈|老妈|妈|娘",
    "兄弟": "哥哥|弟弟|兄弟|大哥|二哥",
    "姐妹": "姐姐|妹妹|姐妹",
    "祖父母": "祖父|祖母|爷爷|奶奶|外公|外婆|姥姥|姥爷",
    "孙子女": "孙子|孙女|外孙女|外孙",
    "子女": "孩子|子女",
}
_RELATION = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _RELATIONS.items()))
_PERCENT = re.compile(
    r"(?:百分之)?(\d{1,3}(?:\.\d{1,2})?)\s*(?:%|％|成|个点)|百分之(\d{1,3})|(?<!\d)(\d{1,3})(?!\d)"
)
_TENTHS = re.compile(r"(\d|10|[一二三四五六七八九十])\s*成")
_CHINESE = "零一二三四五六七八九十"
_EVENLY = re.compile(
    r"三分之一|四分之一|一人一半|各(?:占|拿|分|给)?一半|对半|平分|平均|均分|等份|一样多|各占?50"
)
_HEIRS = re.compile(r"法定(?:继承人|受益人)?")
_SEPARATORS = re.compile(
    rf"[，,、；;。\n]|(?<=[%％成])\s+|(?:和|跟|与)(?=\s|我|他|她|{'|'.join(_RELATIONS.values())})|(?<=\s)[和跟与]|还有|另外"
)
_NOISE = re.compile(
    r"受益人|收益人|改成|改为|换成|换为|变更|我想|我要|要|想|把|给|我的|我|是|叫|分别|每人|各|占|份额|比例|剩下|其余|的|全部|都|一个|人|为"
    r"|[三四]分之一|一半|对半|平分|平均|均分|等份|一样多|吧|[（）()：:\s]"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})?")


@dataclass(frozen=True)
class Beneficiary:
    """One person; `share` is per cent, None where nothing was said."""

    name: str
    relation: str
    share: Decimal | None


@dataclass(frozen=True)
class Wrong:
    """Why the words name no complete list: the response that says so, and its values."""

    response: str
    values: dict[str, str]


def read_beneficiaries(text: str) -> str | Wrong:
    """The list as it is kept, or what is wrong with it. Shares nobody named are equal ones."""
    words = tidy(text)
    if _HEIRS.search(words):
        return LEGAL_HEIRS
    people = _joined(_person(part) for part in _SEPARATORS.split(words))
    if not people or len(people) > MOST:
        return Wrong("form_wrong_beneficiaries", {})
    for person in people:
        if not person.name:
            return Wrong("form_beneficiary_unnamed", {"relation": person.relation})
        if not person.relation:
            return Wrong("form_beneficiary_unrelated", {"name": person.name})
    shares = _shares(people, evenly=bool(_EVENLY.search(words)))
    total = sum(shares, Decimal(0))
    if total != WHOLE:
        return Wrong("form_shares_wrong", {"sum": f"{total.normalize():f}"})
    listed = zip(people, shares, strict=True)
    return "、".join(f"{one.name}（{one.relation}）{share.normalize():f}%" for one, share in listed)


def _joined(parts: Iterable[Beneficiary]) -> list[Beneficiary]:
    """The people; a part that only completes the person before it (李雪梅，妻子，60%) is added to them."""
    people: list[Beneficiary] = []
    for part in parts:
        if not (part.name or part.relation or part.share is not None):
            continue
        before = people[-1] if people else None
        if before is None or _clash(before, part):
            people.append(part)
        else:
            share = before.share if part.share is None else part.share
            people[-1] = Beneficiary(before.name or part.name, before.relation or part.relation, share)
    return people


def _clash(one: Beneficiary, other: Beneficiary) -> bool:
    """Whether two parts say the same thing, so that they speak of two people."""
    both = (one.name and other.name) or (one.relation and other.relation)
    return bool(both) or None not in (one.share, other.share)


def _person(part: str) -> Beneficiary:
    """What one part of the words says of a person; empty for a part that says nothing."""
    share = _share(part)
    rest = _PERCENT.sub("", _TENTHS.sub("", part))
    related = _RELATION.search(rest)
    relation = related.lastgroup or "" if related else ""
    rest = rest.replace(related.group(), "", 1) if related else rest
    named = _NAME.search(_NOISE.sub(" ", rest))
    return Beneficiary(named.group() if named else "", relation, share)


def _share(part: str) -> Decimal | None:
    if tenths := _TENTHS.search(part):
        return Decimal(int(tenths[1]) if tenths[1].isdigit() else _CHINESE.index(tenths[1])) * 10
    found = _PERCENT.search(part)
    return Decimal(next(group for group in found.groups() if group)) if found else None


def _shares(people: list[Beneficiary], *, evenly: bool) -> list[Decimal]:
    """Each one's share; equal ones, to the hundredth with the rest on the first, when none was named."""
    if not evenly and any(person.share is not None for person in people):
        return [person.share or Decimal(0) for person in people]
    each = (WHOLE / len(people)).quantize(Decimal("0.01"))
    return [WHOLE - each * (len(people) - 1), *[each] * (len(people) - 1)]
