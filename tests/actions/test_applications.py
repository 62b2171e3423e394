"""Where an application stands, what it waits for, and who looks after a policy."""

from __future__ import annotations

import pytest

from actions.turn import RequireIdentity
from tests.actions.conftest import Opens
from tests.actions.talk import context


@pytest.mark.parametrize(
    ("customer", "told", "button"),
    [
        ("C008", "还差：甲状腺结节超声报告", "补交投保材料"),
        ("C010", "条件是保费加25%", "答复核保条件"),
        ("C002", "条件是不保：甲状腺疾病及其并发症", "答复核保条件"),
        ("C006", "原因：职业类别不符（高空作业）", None),
        ("C003", "不是拒保", None),
        ("C005", "核保中", None),
    ],
)
async def test_every_state_is_told_with_what_it_waits_for(
    talk: Opens, customer: str, told: str, button: str | None
) -> None:
    known = await talk(customer=customer, level=2)
    shown = await known.say("我的投保审核得怎么样了", "check_underwriting")
    assert told in shown.text
    assert [title for title in shown.buttons if title != "转人工"] == ([button] if button else [])


async def test_health_reasons_and_exclusions_need_a_verified_customer(talk: Opens) -> None:
    known = await talk(customer="C002", level=1)
    shown = await known.say("核保进度", "check_underwriting")
    assert "除外承保待确认" in shown.text
    assert "甲状腺" not in shown.text
    asked = await known.choose("看原因和条件")
    assert asked.effect(RequireIdentity).level == 2
    assert "甲状腺疾病" in (await known.verified("C002")).text


async def test_anothers_application_looks_like_one_that_never_was(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    other = await known.say("T202600020001", "check_underwriting", request_number="T202600020001")
    nobody = await known.say("T209900000000", "check_underwriting", request_number="T209900000000")
    assert other.text == nobody.text
    assert "没有查到这个编号" in other.text


async def test_who_has_no_application_can_begin_one(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    shown = await known.say("核保进度", "check_underwriting")
    assert "没有在办的投保申请" in shown.text
    assert "想投保哪一款" in (await known.choose("填投保申请")).text


async def test_an_agent_who_left_is_told_with_who_serves_now(talk: Opens) -> None:
    guest = await talk()
    asked = await guest.say("我的业务员是谁", "ask_agent")
    assert asked.effect(RequireIdentity).level == 1
    shown = await guest.verified("C001")
    assert "马业务10月13日已经离职" in shown.text
    assert "公司的专员直接为您服务" in shown.text


async def test_a_policy_without_an_agent_says_so(talk: Opens) -> None:
    known = await talk(customer="C005", level=1)
    assert "没有登记业务员" in (await known.say("我的代理人是谁", "ask_agent")).text


@pytest.mark.parametrize(
    ("customer", "intent", "own"),
    [
        ("C007", "ask_benefit_payout", "累计红利5,230.50元"),
        ("C007", "ask_policy_loan", "还有30,000元贷款没还"),
    ],
)
async def test_general_answers_show_own_figures_to_the_verified_only(
    talk: Opens, customer: str, intent: str, own: str
) -> None:
    known = await talk(customer=customer, level=1)
    assert own not in (await known.say("长盛终身寿险怎么领怎么贷", intent)).text
    known.level = 2
    assert own in (await known.say("长盛终身寿险怎么领怎么贷", intent)).text


async def test_every_field_of_the_application_says_how_it_is_filled_in(talk: Opens) -> None:
    assert all(field.hint for field in context().services["apply_for_policy"].fields)
    guest = await talk()
    await guest.press('/start_service{"start": "apply_for_policy", "product": "kxyl", "name": "张三"}')
    told = await guest.say("身份证号码这栏怎么填", "ask_how_to_apply")
    assert "末位是X就写X" in told.text
    assert "18位身份证号是多少" in told.text
