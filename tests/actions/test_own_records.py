"""What a customer is shown of their own records, and what nobody is shown of another's."""

from __future__ import annotations

import pytest

from actions.turn import RequireIdentity
from records import identity, sms
from tests.actions.conftest import Opens


async def test_a_guest_is_asked_who_they_are_and_gets_what_was_wanted(talk: Opens) -> None:
    guest = await talk()
    asked = await guest.say("查一下我的保单", "check_policy")
    assert asked.effect(RequireIdentity).level == 1
    shown = await guest.verified("C001")
    assert "2份保单" in shown.text


@pytest.mark.parametrize("customer", ["C001", "C003", "C007", "C008"])
async def test_the_list_masks_every_number(talk: Opens, customer: str) -> None:
    known = await talk(customer=customer, level=1)
    shown = await known.say("查保单", "check_policy")
    assert "****" in shown.text
    assert "P2024000" not in shown.text
    assert "PDAA20264403" not in shown.text
    assert len(shown.buttons) <= 4
    assert "转人工" in shown.buttons


async def test_details_need_a_verified_customer(talk: Opens) -> None:
    known = await talk(customer="C001", level=1)
    await known.say("查保单", "check_policy")
    asked = await known.choose("看安心守护")
    assert asked.effect(RequireIdentity).level == 2
    assert "P202400010001" not in asked.text
    shown = await known.verified("C001")
    for part in ("P202400010001", "500,000元", "4562", "李雪梅"):
        assert part in shown.text
    assert "6222" not in shown.text


async def test_anothers_policy_looks_like_one_that_never_was(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    other = await known.say("查保单P202300010003", "check_policy", policy_number="P202300010003")
    nobody = await known.say("查保单P209900099999", "check_policy", policy_number="P209900099999")
    assert other.text == nobody.text
    assert "没有查到" in other.text


@pytest.mark.parametrize(
    ("intent", "entity", "others", "nobodys"),
    [
        ("check_claim", "claim_number", "CLM202600030002", "CLM209900000000"),
        ("check_complaint", "request_number", "TS202600040001", "TS209900000000"),
        ("check_request", "request_number", "BQ202600050001", "BQ209900000000"),
        ("check_request", "request_number", "TS202600040001", "TS209900000000"),
    ],
)
async def test_anothers_matter_looks_like_one_that_never_was(
    talk: Opens, intent: str, entity: str, others: str, nobodys: str
) -> None:
    known = await talk(customer="C001", level=2)
    other = await known.say(others, intent, 0.9, **{entity: others})
    nobody = await known.say(nobodys, intent, 0.9, **{entity: nobodys})
    assert other.text == nobody.text


async def test_the_next_premium_hides_the_account_until_verified(talk: Opens) -> None:
    known = await talk(customer="C001", level=1)
    shown = await known.say("下次什么时候交钱", "check_payment")
    assert "12月17日扣6,800元" in shown.text
    assert "4562" not in shown.text
    asked = await known.choose("看扣款账户")
    assert asked.effect(RequireIdentity).level == 2
    assert "尾号4562" in (await known.verified("C001")).text


async def test_the_instalment_before_is_said_to_be_paid(talk: Opens) -> None:
    wang = await talk(customer="C001", level=1)
    told = (await wang.say("我上一期保费交了没有", "check_payment")).text
    assert "请提前留够余额。上一期（2025年12月17日）已经交了。" in told
    li = await talk(customer="C002", level=1)
    assert "已经交了" not in (await li.say("我的保费交了没有", "check_payment")).text


async def test_a_premium_in_grace_says_until_when_it_keeps_the_cover(talk: Opens) -> None:
    known = await talk(customer="C002", level=1)
    shown = await known.say("我的保费交了没有", "check_payment")
    assert "10月23日该交的1,560元还没交上，扣款时余额不足。12月22日前交上，保障不断。" in shown.text
    assert "去交费" in shown.buttons


async def test_how_to_pay_is_honest_and_holds_no_link(talk: Opens) -> None:
    known = await talk(customer="C002", level=1)
    shown = await known.say("我要交钱", "pay_premium")
    assert "12月22日前" in shown.text
    assert "不能直接收款" in shown.text
    assert "http" not in shown.text


async def test_a_lapsed_policy_is_told_plainly_with_the_way_back(talk: Opens) -> None:
    known = await talk(customer="C003", level=1)
    shown = await known.say("下次交费", "check_payment")
    assert "已中止210天，现在出险是不赔的" in shown.text
    assert "申请恢复" in shown.buttons


async def test_a_double_charge_is_owned(talk: Opens) -> None:
    known = await talk(customer="C008", level=1)
    shown = await known.say("多扣了我一次钱", "report_payment_problem")
    assert "36.60元" in shown.text
    assert "这是我们的问题" in shown.text
    assert {"登记投诉", "转人工"} <= set(shown.buttons)


async def test_a_failed_transfer_is_not_called_paid_and_its_amount_needs_verification(talk: Opens) -> None:
    known = await talk(customer="C008", level=1)
    shown = await known.say("理赔到哪了", "check_claim")
    assert "钱还没到" in shown.text
    assert "6,320" not in shown.text
    known.level = 2
    assert "6,320.45元" in (await known.say("理赔到哪了", "check_claim")).text


async def test_missing_papers_are_named(talk: Opens) -> None:
    known = await talk(customer="C001", level=1)
    assert "还差：费用清单、出院小结" in (await known.say("理赔到哪了", "check_claim")).text


async def test_a_complaint_shows_its_last_day(talk: Opens) -> None:
    known = await talk(customer="C002", level=1)
    assert "最晚11月24日前" in (await known.say("投诉进度", "check_complaint")).text


async def test_a_guest_sees_the_one_matter_whose_phone_they_proved(talk: Opens) -> None:
    guest = await talk()
    here = {"conversation_id": guest.conversation, "address": "", "now": guest.now}
    async with guest.sessions.begin() as session:
        await identity.start_ticket_challenge(session, number="TS202600040001", **here)
        sent = await sms.newest_code(session, "13800001002")
        assert sent is not None
        assert sent.code is not None
        opened = await identity.verify_ticket_code(session, code=sent.code, **here)
    assert isinstance(opened, identity.TicketOpened)
    told = await guest.say("", "check_complaint", 0.9, request_number="TS202600040001")
    assert "调查中" in told.text
    other = await guest.say("", "check_complaint", 0.9, request_number="TS202600040002")
    assert other.effect(RequireIdentity).level == 1
    assert "TS202600040002" not in other.text
    guest.later(minutes=16)
    late = await guest.say("", "check_complaint", 0.9, request_number="TS202600040001")
    assert late.effect(RequireIdentity).level == 1
    assert "调查中" not in late.text


async def test_surrender_tells_the_rules_first_then_does_it_for_a_verified_customer(talk: Opens) -> None:
    known = await talk(customer="C004", level=2)
    told = await known.say("我要退保", "surrender_policy")
    assert known.loop is None
    assert "2026年12月2日前退，已交的30,000元全部退还" in told.text
    summary = await known.choose("办理退保")
    assert "长盛" in summary.text
    done = await known.choose("提交")
    assert "2026年12月22日" in done.text
    await known.say("我要退保", "surrender_policy")
    again = await known.choose("办理退保")
    assert "已经有一件在办" in again.text


async def test_what_cannot_be_reinstated_is_said_and_a_person_offered(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    await known.say("我要复效", "request_reinstatement")
    refused = await known.choose("办理复效")
    assert "没有能申请复效的保单" in refused.text
    assert "转人工" in refused.buttons
    assert known.loop is None


async def test_only_the_policy_within_two_years_is_offered_for_reinstatement(talk: Opens) -> None:
    known = await talk(customer="C003", level=2)
    await known.say("我要复效", "request_reinstatement")
    await known.choose("办理复效")
    await known.choose("同意")
    await known.choose("没有变化")
    summary = await known.choose("用预留")
    assert "安心守护" in summary.text
    assert "颐年" not in summary.text
