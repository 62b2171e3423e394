"""The premium by the published rates, when enough is told."""

from __future__ import annotations

from tests.actions.conftest import Opens


async def test_age_sex_and_sum_give_a_premium_with_its_factors(talk: Opens) -> None:
    guest = await talk()
    said = "36岁男的买重疾险保50万一年多少钱"
    reply = await guest.say(said, "ask_price", product="重疾险", age="36", amount="500000")
    assert "6,800元" in reply.text
    assert "交30年" in reply.text
    assert "以核保" in reply.text
    assert reply.messages[0].citations[0]["title"].endswith("费率表")


async def test_too_little_told_gives_the_rule_and_no_number(talk: Opens) -> None:
    guest = await talk()
    reply = await guest.say("重疾险多少钱", "ask_price", product="重疾险")
    assert "6,800" not in reply.text
    assert "我不估数" in reply.text
