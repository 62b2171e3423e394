"""An own contract is explained by its own clauses and days; what cannot be answered is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge.answers import Answer, Result
from knowledge.base import KnowledgeBase
from records.base import Sessions
from records.gaps import frequent_gaps
from tests.actions.conftest import Opens


async def test_days_of_the_own_contract_are_told(talk: Opens) -> None:
    known = await talk(customer="C004", level=1)
    reply = await known.say("终身寿险犹豫期多久", "ask_cooling_off", product="终身寿险")
    assert "您这份" in reply.text
    assert "犹豫期是15天，到" in reply.text


async def test_grace_of_the_own_contract_has_its_last_day(talk: Opens) -> None:
    known = await talk(customer="C002", level=1)
    reply = await known.say("定期寿险晚交几天有事吗", "ask_grace_period", product="定期寿险")
    assert "宽限期是60天" in reply.text
    assert "最晚" in reply.text


async def test_an_old_contract_is_explained_by_the_clauses_of_then(talk: Opens) -> None:
    known = await talk(customer="C003", level=1)
    reply = await known.say("重疾险等待期多久", "ask_waiting_period", product="重疾险")
    assert "按当时的条款说明" in reply.text
    assert reply.messages[0].citations[0]["version"].startswith("2019")
    guest = await talk()
    plain = await guest.say("重疾险等待期多久", "ask_waiting_period", product="重疾险")
    assert plain.messages[0].citations[0]["version"].startswith("2026")
    assert "您这份" not in plain.text


async def test_a_question_without_an_answer_is_remembered(talk: Opens, demo: Sessions) -> None:
    guest = await talk()
    asked = "火星上的陨石砸了飞船保吗 我的电话13800001001"
    reply = await guest.say(asked, "ask_term_definition")
    assert "我不想猜" in reply.text
    async with demo() as session:
        [gap] = await frequent_gaps(session, guest.now - timedelta(minutes=1))
    assert (gap.intent, gap.times) == ("ask_term_definition", 1)
    assert "火星" in gap.latest
    assert "13800001001" not in gap.latest


async def test_a_forbidden_sentence_is_held_back(
    talk: Opens, demo: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = KnowledgeBase.answer

    def careless(self: KnowledgeBase, *given: object, **named: object) -> Result:
        found = honest(self, *given, **named)  # type: ignore[arg-type]
        return replace(found, text="您放心，一定能赔。") if isinstance(found, Answer) else found

    monkeypatch.setattr(KnowledgeBase, "answer", careless)
    guest = await talk()
    reply = await guest.say("重疾险等待期多久", "ask_waiting_period", product="重疾险")
    assert "一定能赔" not in reply.text
    assert "转人工" in reply.buttons
    async with demo() as session:
        [gap] = await frequent_gaps(session, guest.now - timedelta(minutes=1))
    assert gap.intent == "ask_waiting_period"


async def test_a_follow_up_is_about_the_topic_or_the_product_talked_about(talk: Opens) -> None:
    guest = await talk()
    await guest.say("重疾险等待期多久", "ask_waiting_period", product="重疾险")
    other = await guest.say("那意外险呢", "ask_waiting_period", product="意外险")
    assert "没有等待期" in other.text
    same = await guest.say("那犹豫期呢", "ask_cooling_off")
    assert "随行综合意外伤害保险" in same.text
    await guest.say("重疾险怎么理赔", "ask_claim_process", product="重疾险")
    assert "5天内" in (await guest.say("要多久", "ask_claim_time")).text
