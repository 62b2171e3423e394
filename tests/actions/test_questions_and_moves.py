"""Answers with their source, and the moves of a conversation."""

from __future__ import annotations

import pytest

from actions.turn import HandOver
from tests.actions.conftest import Opens


async def test_an_answer_cites_its_clause_and_remembers_the_product(talk: Opens) -> None:
    guest = await talk()
    first = await guest.say("重疾险等待期多久", "ask_waiting_period", product="重疾险")
    assert first.text.startswith("90天")
    assert "——《安心守护重大疾病保险（2026版）》" in first.text
    assert first.messages[0].citations[0]["title"] == "安心守护重大疾病保险（2026版）"
    assert guest.slots["product"] == "AXZJ"
    second = await guest.say("那犹豫期呢", "ask_cooling_off")
    assert "15天" in second.text
    assert "安心守护" in second.text


async def test_without_a_product_it_asks_which_one_and_the_button_answers(talk: Opens) -> None:
    guest = await talk()
    asked = await guest.say("等待期是多久", "ask_waiting_period")
    assert 2 <= len(asked.buttons) <= 4
    assert "转人工" in asked.buttons
    answered = await guest.choose("重疾险")
    assert "90天" in answered.text


async def test_what_is_not_written_is_not_guessed(talk: Opens) -> None:
    guest = await talk()
    reply = await guest.say("火星上的陨石砸了飞船保吗", "ask_endorsement_process")
    assert reply.messages[0].citations == [] or "——《" in reply.text
    assert "转人工" in reply.buttons


async def test_not_understood_asks_once_with_two_readings_then_offers_a_person(talk: Opens) -> None:
    guest = await talk()
    first = await guest.say("那个那个", "nlu_fallback")
    assert "理赔要多久" in first.buttons
    assert "查我的理赔进度" in first.buttons
    assert "转人工" in first.buttons
    second = await guest.say("就是那个", "nlu_fallback")
    assert set(second.buttons) == {"换个说法", "转人工"}
    await guest.say("理赔要多久", "ask_claim_time")
    third = await guest.say("那个那个", "nlu_fallback")
    assert "理赔要多久" in third.buttons


async def test_a_reading_answers_the_words_it_was_made_from(talk: Opens) -> None:
    guest = await talk()
    await guest.say("重疾险那个多久来着", "nlu_fallback")
    reply = await guest.choose("理赔要多久")
    assert "action_answer" in reply.actions


async def test_it_says_that_it_is_a_machine(talk: Opens) -> None:
    guest = await talk()
    for text, intent in (("你好", "greet"), ("你是机器人吗", "bot_challenge")):
        reply = await guest.say(text, intent)
        assert "不是真人" in reply.text
        assert "转人工" in reply.buttons


async def test_anger_is_owned_before_anything_else(talk: Opens) -> None:
    guest = await talk()
    reply = await guest.say("你们太垃圾了", "express_emotion")
    assert "抱歉" in reply.text
    assert set(reply.buttons) == {"登记投诉", "转人工"}


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("转人工", "policy"),
        ("理赔的事找人工", "claim"),
        ("扣款的事找人工", "payment"),
        ("投诉找人工", "complaint"),
    ],
)
async def test_a_person_of_the_fitting_skill(talk: Opens, text: str, skill: str) -> None:
    guest = await talk()
    reply = await guest.say(text, "request_human")
    assert reply.effect(HandOver).skill == skill
    assert reply.messages == []


async def test_it_never_recommends(talk: Opens) -> None:
    guest = await talk()
    reply = await guest.say("我四十岁买哪个好", "ask_recommendation")
    assert "推荐您" not in reply.text
    assert any("转人工" in title or "专员" in title for title in reply.buttons)


async def test_a_bare_number_is_offered_something_to_do(talk: Opens) -> None:
    guest = await talk()
    reply = await guest.say("P202400010001", "inform", policy_number="P202400010001")
    assert "查这份保单" in reply.buttons


async def test_a_known_customers_bare_number_is_shown(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    policy = await known.say("P202400010001", "inform", policy_number="P202400010001")
    assert "500,000元" in policy.text
    claim = await known.say("CLM202600030001", "inform", claim_number="CLM202600030001")
    assert "还差" in claim.text


async def test_cancelling_nothing_is_said(talk: Opens) -> None:
    guest = await talk()
    assert "没有在办的事" in (await guest.say("算了", "cancel")).text
