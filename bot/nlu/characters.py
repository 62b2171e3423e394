"""What the entity model sees of each character, and how its marks become spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.nlu.normalise import normalise
from bot.nlu.patterns import Found
from bot.nlu.segment import Word

OUTSIDE = "O"
#: What no entity begins or ends with.
_EDGE = frozenset(" \t\r\n\u3000，。！？；：、,!?;:")
#: The surnames of most Chinese people; only a hint to the model.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
#: Characters that given names are mostly made of; a hint, too.
GIVEN = frozenset(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华兰玉文建国志梅红春龙海燕云飞波宇浩凯健俊帆雪琳晨轩涵怡欣然佳婷雨梓萱博思远彬鑫鹏辉"
    "斌宁慧莹颖洁琴珍凤莲花香月菊素淑贵德福祥林峰山川江河清瑞昊天泽睿子一诺嘉诚毅诗瑶琪玲娥晓小庆生民安荣光永成家良才立东新学义仁信忠孝爱卫"
)


def features(
    text: str, words: Iterable[Word], known: Iterable[Found], listed: Iterable[Found], intent: str
) -> list[list[str]]:
    """One list of features per character of `text`.

    `listed` are the words of the lexicon in it; `intent` is how the message was read: 受益人 is something to
    be changed in one, and nothing of the kind in another.
    """
    plain = normalise(text)
    shapes = "".join(_shape(character) for character in plain)
    word_at = [""] * len(plain)
    place_at = ["-"] * len(plain)
    for word in words:
        for index in range(word.start, word.end):
            word_at[index] = word.text
            place_at[index] = _place(index, word.start, word.end)
    known_at, listed_at = _marked(plain, known), _marked(plain, listed)
    padded = f"\x02\x02{plain}\x03\x03"
    named = "".join(_in_names(character) for character in plain)
    named_at = f"--{named}--"
    return [
        [
            "c0=" + padded[at + 2],
            "c-1=" + padded[at + 1],
            "c+1=" + padded[at + 3],
            "c-2=" + padded[at],
            "c+2=" + padded[at + 4],
            "b-1=" + padded[at + 1 : at + 3],
            "b+1=" + padded[at + 2 : at + 4],
            "b-2=" + padded[at : at + 2],
            "b+2=" + padded[at + 3 : at + 5],
            "t=" + padded[at + 1 : at + 4],
            "s=" + shapes[max(0, at - 1) : at + 2],
            "w=" + word_at[at],
            "p=" + place_at[at],
            "k=" + known_at[at],
            "l=" + listed_at[at],
            "l-=" + (listed_at[at - 1] if at else "\x02"),
            "l+=" + (listed_at[at + 1] if at + 1 < len(plain) else "\x03"),
            "n=" + named_at[at : at + 5],
            "n0=" + named[at],
            "i=" + intent,
            "w-=" + _word_before(word_at, at),
        ]
        for at in range(len(plain))
    ]


def tags_of(text: str, entities: Iterable[Mapping[str, Any]]) -> list[str]:
    """The mark of each character: `B-name` where an entity begins, `I-name` in it, `O` elsewhere."""
    tags = [OUTSIDE] * len(text)
    for entity in entities:
        for index in range(entity["start"], entity["end"]):
            tags[index] = ("B-" if index == entity["start"] else "I-") + entity["entity"]
    return tags


def spans_of(text: str, tags: Sequence[str]) -> list[Found]:
    """Entities of marked characters without white space and commas at their edges.

    An `I` without its `B` begins one.
    """
    spans: list[tuple[str, int, int]] = []
    for index, tag in enumerate(tags):
        if tag == OUTSIDE:
            continue
        name = tag[2:]
        if tag.startswith("I-") and spans and spans[-1][0] == name and spans[-1][2] == index:
            spans[-1] = (name, spans[-1][1], index + 1)
        else:
            spans.append((name, index, index + 1))
    return [found for name, start, end in spans if (found := _trimmed(text, name, start, end))]


def _marked(text: str, found: Iterable[Found]) -> list[str]:
    marks = ["-"] * len(text)
    for one in found:
        for index in range(one.start, one.end):
            marks[index] = f"{one.entity}.{_place(index, one.start, one.end)}"
    return marks


def _trimmed(text: str, name: str, start: int, end: int) -> Found | None:
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    return Found(name, start, end) if start < end else None


def _word_before(word_at: Sequence[str], at: int) -> str:
    index = at
    while index >= 0 and word_at[index] == word_at[at]:
        index -= 1
    return word_at[index] if index >= 0 else "\x02"


def _place(index: int, start: int, end: int) -> str:
    if end - start == 1:
        return "S"
    return "B" if index == start else "E" if index == end - 1 else "M"


def _in_names(character: str) -> str:
    """How names use the character: as surname, in given names, as both, or not at all."""
    surname, given = character in SURNAMES, character in GIVEN
    return "b" if surname and given else "s" if surname else "g" if given else "-"


def _shape(character: str) -> str:
    if character.isdigit():
        return "0"
    if character.isascii() and character.isalpha():
        return "a"
    return "x" if "\u4e00" <= character <= "\u9fff" else "."
