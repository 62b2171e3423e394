"""The questionnaire before buying: kinds of cover for a worry, never a product, and a lead for the desk."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from knowledge.service_kind import ServiceKind
from records.requests import RequestState, ServiceRequest
from tests.actions.conftest import Opens
from tests.actions.talk import Talk, context

KIND = "assess_needs"
BRAND = 2
"""A product's name begins with its brand, two signs long."""


def _kind() -> ServiceKind:
    return context().services[KIND]


async def _lead(talk: Talk) -> ServiceRequest:
    async with talk.sessions() as session:
        return (await session.scalars(select(ServiceRequest).where(ServiceRequest.kind == KIND))).one()


async def test_a_worry_gets_its_kinds_of_cover_and_becomes_a_lead(talk: Opens) -> None:
    guest = await talk()
    told = await guest.say("给爸妈买点什么好", "ask_recommendation")
    assert "由您定" in told.text
    begun = await guest.choose("填需求问卷")
    assert "先看年龄还能不能投" in begun.text, "who it is for was said already"
    assert "最担心哪一件事" in begun.text
    worry = await guest.say("怕他们住院花钱")
    assert "管这件事的是医疗险" in worry.text
    assert "问清楚：免赔额多少" in worry.text
    assert "已经有哪些保障" in worry.text
    await guest.say("有居民医保，别的没有")
    await guest.say("三千")
    await guest.choose("跳过")
    summary = await guest.say("13900008888")
    for line in ("给谁保：父母", "最担心：住院花钱", "一年的预算：3,000元", "还空着：想问专员的", "不是投保"):
        assert line in summary.text
    assert "有资质的专员" in (await guest.choose("提交")).text
    lead = await _lead(guest)
    assert lead.state is RequestState.SUBMITTED
    assert lead.contact == "13900008888"
    assert lead.due_on is not None
    assert {key: lead.answers[key] for key in ("insured_is", "item", "details", "amount")} == {
        "insured_is": "parent",
        "item": "hospital",
        "details": "有居民医保，别的没有",
        "amount": "3000",
    }


async def test_a_question_in_between_is_answered_and_the_form_goes_on(talk: Opens) -> None:
    guest = await talk()
    await guest.say("我该买什么保险", "ask_recommendation")
    await guest.choose("填需求问卷")
    await guest.say("我自己")
    between = await guest.say("重疾险等待期多久", "ask_waiting_period", product="重疾险")
    assert "90天" in between.text
    assert "最担心哪一件事" in between.text


@pytest.mark.parametrize(
    ("words", "intent"),
    [("这个怎么填", "cancel"), ("预算填什么", "ask_how_to_apply"), ("一年的预算怎么写", "ask_how_to_apply")],
)
async def test_how_to_fill_it_in_is_told_and_asked_again(talk: Opens, words: str, intent: str) -> None:
    guest = await talk()
    await guest.press('/start_service{"start": "assess_needs", "insured_is": "self", "item": "pension"}')
    await guest.choose("跳过")
    told = await guest.say(words, intent)
    assert "写一个数就行" in told.text
    assert "一年大概打算花多少" in told.text


async def test_what_was_left_open_can_still_be_filled_in(talk: Opens) -> None:
    guest = await talk()
    await guest.press('/start_service{"start": "assess_needs", "insured_is": "self", "item": "travel"}')
    for _ in range(3):
        await guest.choose("跳过")
    summary = await guest.say("13900008888")
    assert "还空着：已有的保障、一年的预算、想问专员的" in summary.text
    assert "一年大概打算花多少" in (await guest.say("一年的预算")).text
    assert "一年的预算：500元" in (await guest.say("500")).text


def test_kinds_of_cover_are_named_but_no_product() -> None:
    knows = context()
    texts = [text for field in _kind().fields for text in (field.question, field.hint, *field.after.values())]
    worries = _kind().field("item")
    assert {option.value for option in worries.options} == set(worries.after), "each worry has its answer"
    for product in knows.knowledge.products.values():
        brand = product.name[:BRAND]
        assert not any(brand in text for text in texts), brand
