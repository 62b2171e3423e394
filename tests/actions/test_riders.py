"""Riders that fit an own policy: shown with their terms when asked, taken up by a specialist."""

from __future__ import annotations

from tests.actions.conftest import Opens


async def test_riders_that_fit_are_shown_with_their_terms_and_a_person_follows_up(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    told = await known.say("重疾险可以加什么附加险？", "change_sum_insured", product="重疾险")
    assert "投保人豁免" in told.text
    assert told.messages[0].citations
    begun = await known.press('/start_service{"start": "change_rider", "action": "add"}')
    assert "哪一份保单" in begun.text
    begun = await known.choose("安心守护")
    assert "附加投保人豁免保险费、附加住院津贴、附加意外医疗" in begun.text
    terms = await known.say("附加住院津贴保什么？", "ask_coverage")
    assert "每天100元" in terms.text
    assert terms.messages[0].citations[0]["title"] == "附加险条款"
    assert "是哪一个附加险" in terms.text
    await known.say("附加住院津贴")
    await known.choose("同意")
    assert "核保" in (await known.choose("用预留")).text
    assert "BQ" in (await known.choose("提交")).text


async def test_a_rider_of_another_line_is_not_offered(talk: Opens) -> None:
    known = await talk(customer="C011", level=2)
    begun = await known.press('/start_service{"start": "change_rider", "action": "add"}')
    assert "这份主险没有附加险可加" in begun.text
    assert "附加住院津贴" not in begun.text
