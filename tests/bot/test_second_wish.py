"""Two wishes in one message: where it is cut, and which reading goes first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.second_wish import split, with_second


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("改手机号13900001111，顺便查下理赔", ("改手机号13900001111", "查下理赔")),
        ("我要退保 另外我的业务员是谁", ("我要退保", "我的业务员是谁")),
        ("受益人改成我妈。对了，下次什么时候交钱", ("受益人改成我妈", "下次什么时候交钱")),
        ("帮我报案，再帮我查一下保单", ("帮我报案", "帮我查一下保单")),
    ],
)
def test_joining_words_part_two_wishes(text: str, parts: tuple[str, str]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "查下理赔",
        "顺便查下理赔",
        "改手机号，顺便",
        "我再问一句",
        "还有多久到期",
        "另外",
        "理赔材料交了三次，然后又说要补",
    ],
)
def test_one_wish_stays_whole(text: str) -> None:
    assert split(text) is None


def read(text: str, **meant: tuple[str, float]) -> dict[str, Any]:
    """What `with_second` makes of a message whose parts, by their first characters, mean these."""

    async def parse(part: str) -> dict[str, Any]:
        name, confidence = next(found for start, found in meant.items() if part.startswith(start))
        intent = {"name": name, "confidence": confidence}
        return {"text": part, "intent": intent, "intent_ranking": [intent], "entities": []}

    async def run() -> dict[str, Any]:
        whole = {**await parse(text), "entities": [{"entity": "phone", "value": "13900001111"}]}
        return await with_second(whole, parse)

    return asyncio.run(run())


def test_the_first_wish_is_read_and_the_second_kept_with_the_entities_of_both() -> None:
    parsed = read("改手机号13900001111，顺便查下理赔", 改=("change_contact", 0.9), 查=("check_claim", 0.9))
    assert (parsed["intent"]["name"], parsed["second"]) == ("change_contact", "check_claim")
    assert parsed["entities"] == [{"entity": "phone", "value": "13900001111"}]


@pytest.mark.parametrize(
    "second", [("change_contact", 0.9), ("nlu_fallback", 0.9), ("check_claim", 0.4)], ids=str
)
def test_a_second_wish_that_is_the_same_or_doubtful_is_none(second: tuple[str, float]) -> None:
    parsed = read("改手机号，顺便查下理赔", 改=("change_contact", 0.9), 查=second)
    assert "second" not in parsed
    assert parsed["text"] == "改手机号，顺便查下理赔"
