"""Input that cannot be taken, and what is said to it: every kind goes through the one form."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from actions.turn import CallBack, RequireIdentity
from records.audit import AuditEntry
from records.claims import Claim
from records.masking import mask_text
from records.policies import Policy, Renewal, policy_by_number
from records.requests import RequestState, ServiceRequest
from tests.actions.conftest import Opens
from tests.actions.talk import Talk

CARD = "6222020200001234570"
OWN_ID = "110105198803124533"


async def requests(talk: Talk) -> list[ServiceRequest]:
    async with talk.sessions() as session:
        chosen = select(ServiceRequest).where(ServiceRequest.conversation_id == talk.conversation)
        return list((await session.scalars(chosen)).all())


@pytest.fixture
async def wang(talk: Opens) -> Talk:
    return await talk(customer="C001", level=2)


async def begin_identity(talk: Talk) -> None:
    await talk.say("我身份证号登记错了，帮我改", "change_identity")


async def test_a_wrong_check_digit_is_told_apart_from_a_wrong_length(wang: Talk) -> None:
    await begin_identity(wang)
    assert "校验位" in (await wang.say("110105198803124534", "inform")).text
    assert "18位" in (await wang.say("11010519880312", "inform")).text
    assert "哪个电话" in (await wang.say(OWN_ID, "inform")).text


async def test_an_identity_number_never_reaches_the_log_or_the_summary(wang: Talk) -> None:
    first = await wang.say(f"我身份证号错了，应该是{OWN_ID}，帮我改", "change_identity")
    assert wang.turn_secrets == {OWN_ID: "［证件］"}
    assert OWN_ID not in first.text
    await wang.say(OWN_ID, "inform")
    assert wang.turn_secrets == {OWN_ID: "［证件］"}
    summary = await wang.choose("用预留")
    assert "1****************3" in summary.text
    await wang.choose("提交")
    [request] = await requests(wang)
    assert request.answers["new_id"] == OWN_ID
    assert OWN_ID not in request.answers["_said"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("1993年2月30日", "日历上没有这一天"),
        ("1993年13月5日", "日历上没有这一天"),
        ("2099年1月1日", "还没到"),
        ("1880年1月1日", "超过120岁"),
        ("不记得", "没看出是哪一天"),
    ],
)
async def test_days_that_cannot_be(wang: Talk, said: str, told: str) -> None:
    await wang.say("出生日期登记错了，要改", "change_identity")
    await wang.choose("安心守护")
    assert told in (await wang.say(said, "inform")).text
    assert "哪个电话" in (await wang.say("1993年3月12日", "inform")).text


async def test_shares_must_come_to_a_hundred_and_a_third_answer_can_be_corrected(wang: Talk) -> None:
    await wang.say("我要改受益人", "change_beneficiary")
    await wang.choose("安心守护")
    assert "份额加起来是90%" in (await wang.say("李雪梅 妻子 60%，王小宝 儿子 30%", "inform")).text
    summary = await wang.say("李雪梅 妻子 60%，王小宝 儿子 40%", "inform")
    assert "王小宝（儿子）40%" in summary.text
    changed = await wang.say("不对，是李雪梅 妻子 100%", "inform")
    assert "新的受益人改成：李雪梅（配偶）100%" in changed.text
    await wang.choose("提交")
    [request] = await requests(wang)
    assert request.answers["beneficiaries"] == "李雪梅（配偶）100%"


async def test_a_second_identical_request_leads_to_the_open_one(wang: Talk) -> None:
    await wang.say("年交改成月交", "change_payment_plan")
    await wang.choose("提交")
    again = await wang.say("年交改成月交", "change_payment_plan")
    assert "已经有一件在办" in again.text
    assert len(await requests(wang)) == 1


async def test_someone_elses_policy_is_neither_shown_nor_told_apart_from_none(wang: Talk) -> None:
    others = await wang.say("把P202300010003的受益人改一下", "change_beneficiary")
    nobodys = await wang.say("把P209900099999的受益人改一下", "change_beneficiary")
    assert others.text == nobodys.text
    assert "授权委托书" in others.text
    assert wang.loop is None


async def test_a_policy_lapsed_over_two_years_is_explained_and_looked_at_by_a_person(talk: Opens) -> None:
    chen = await talk(customer="C003", level=2)
    told = await chen.say("P202100010005我要复效", "request_reinstatement")
    assert "已经满2年" in told.text
    assert told.effect(CallBack).reason == "review"
    assert await requests(chen) == []


async def test_a_beneficiary_is_not_changed_after_the_event_by_the_words(talk: Opens) -> None:
    guest = await talk()
    told = await guest.say("我爸去世了，把受益人改成我", "change_beneficiary")
    assert "出险以后再改受益人是无效的" in told.text
    assert "我要报案" in told.buttons
    assert not any(isinstance(effect, RequireIdentity) for effect in told.effects)


async def test_a_beneficiary_who_died_can_be_replaced(wang: Talk) -> None:
    asked = await wang.say("受益人去世了，要换一个人", "change_beneficiary")
    assert "哪一份保单" in asked.text


async def death_claim(talk: Talk) -> None:
    """A claim for the death of the insured of 重疾险 is on record."""
    async with talk.sessions.begin() as session:
        policy = await policy_by_number(session, "P202400010001")
        assert policy is not None
        session.add(
            Claim(
                number="CLM202600990001",
                policy_id=policy.id,
                claimant_id="C002",
                kind="身故",
                state="in_review",
                happened_on=talk.now.date(),
                reported_on=talk.now.date(),
            )
        )


async def test_a_beneficiary_is_not_changed_after_the_event_by_the_records(wang: Talk) -> None:
    await death_claim(wang)
    told = await wang.say("重疾险的受益人改一下", "change_beneficiary")
    assert "已经报过身故案件" in told.text
    assert wang.loop is None


async def test_a_rule_broken_after_the_policy_was_chosen_stops_the_submission(wang: Talk) -> None:
    await wang.say("重疾险的受益人改一下", "change_beneficiary")
    await wang.say("李雪梅 妻子 100%", "inform")
    await death_claim(wang)
    told = await wang.choose("提交")
    assert "已经报过身故案件" in told.text
    assert wang.loop is None
    assert [one.state for one in await requests(wang)] == [RequestState.WITHDRAWN]


async def test_leaving_in_the_middle_and_coming_back_next_day(wang: Talk) -> None:
    await wang.say("我想减保", "change_sum_insured")
    await wang.say("30万", "inform")
    left = await wang.say("算了", "cancel")
    assert "什么都没有提交" in left.text
    wang.later(days=1)
    assert "变更保额" in (await wang.say("你好", "greet")).text
    again = await wang.choose("继续")
    assert "哪个电话" in again.text
    summary = await wang.choose("用预留")
    assert "300,000元" in summary.text
    await wang.choose("提交")
    [request] = await requests(wang)
    assert request.state is RequestState.SUBMITTED


async def test_a_consent_is_kept_with_its_time_and_wording(talk: Opens) -> None:
    chen = await talk(customer="C003", level=2)
    await chen.say("我要复效", "request_reinstatement")
    await chen.choose("办理复效")
    await chen.choose("同意")
    [request] = await requests(chen)
    async with chen.sessions() as session:
        chosen = select(AuditEntry).where(AuditEntry.subject == f"request:{request.id}")
        [entry] = (await session.scalars(chosen)).all()
    assert (entry.actor, entry.action, entry.at) == ("customer:C003", "consent_given", chen.now)
    assert entry.detail == {
        "kind": "request_reinstatement",
        "consent": "health_consent",
        "version": "2026.1",
    }


async def test_without_consent_nothing_is_collected_and_the_way_back_stays(talk: Opens) -> None:
    chen = await talk(customer="C003", level=2)
    await chen.say("我要复效", "request_reinstatement")
    await chen.choose("办理复效")
    told = await chen.choose("不同意")
    assert "不同意就不收集" in told.text
    assert chen.loop is None
    assert {"继续复效", "转人工"} <= set(told.buttons)
    assert "同意吗" in (await chen.choose("继续复效")).text


async def test_only_the_own_card_takes_money(talk: Opens) -> None:
    zhou = await talk(customer="C007", level=2)
    await zhou.say("保单贷款怎么办", "ask_policy_loan")
    await zhou.choose("办理保单贷款")
    assert "最多可贷约54,071元" in (await zhou.say("10万", "inform")).text
    await zhou.say("3万", "inform")
    await zhou.say(CARD, "inform")
    assert zhou.turn_secrets == {CARD: "［卡号］"}
    assert "只能用您本人名下的卡" in (await zhou.choose("否")).text
    summary = await zhou.choose("是")
    assert "****4570" in summary.text
    assert CARD not in summary.text
    assert "以上是估算" in summary.text


async def test_a_loan_is_paid_back_with_what_is_owed_shown(talk: Opens) -> None:
    zhou = await talk(customer="C007", level=2)
    await zhou.say("保单贷款怎么还", "ask_policy_loan")
    asked = await zhou.choose("还保单贷款")
    assert "本金30,000元，利息约410.96元" in asked.text
    await zhou.choose("还一部分")
    assert "已经够全部还清了" in (await zhou.say("30410.96", "inform")).text
    assert "至少要够到今天的利息" in (await zhou.say("400元", "inform")).text
    await zhou.say("1万", "inform")
    await zhou.say(CARD, "inform")
    summary = await zhou.choose("是")
    assert "还欠约：20,411元" in summary.text
    assert CARD not in summary.text
    await zhou.choose("改一下")
    await zhou.choose("怎么还")
    again = await zhou.choose("全部还清")
    assert "这次还约：30,411元" in again.text
    assert "还欠约" not in again.text
    assert "已登记" in (await zhou.choose("提交")).text


async def test_where_nothing_is_lent_nothing_is_paid_back(wang: Talk) -> None:
    await wang.say("保单贷款怎么还", "ask_policy_loan")
    assert "没有没还的贷款" in (await wang.choose("还保单贷款")).text
    assert await requests(wang) == []


async def test_stopping_automatic_renewal_works_at_once(wang: Talk) -> None:
    await wang.say("自动续保帮我关了", "renew_policy")
    done = await wang.choose("提交")
    assert "已经取消" in done.text
    async with wang.sessions() as session:
        policy = await policy_by_number(session, "P202400010002")
        assert policy is not None
        assert policy.renewal is Renewal.MANUAL
        entries = (await session.scalars(select(AuditEntry.action))).all()
    assert "auto_renewal_stopped" in entries
    assert [one.state for one in await requests(wang)] == [RequestState.DONE]


async def test_a_kind_is_asked_for_where_the_words_do_not_tell(wang: Talk) -> None:
    which = await wang.say("我想改缴费", "change_payment_plan")
    assert {"变更扣款账户", "变更缴费频次"} <= set(which.buttons)
    assert "多久交一次" in (await wang.choose("变更缴费频次")).text


async def test_what_the_first_sentence_says_wrongly_is_said_and_asked_again(talk: Opens) -> None:
    li = await talk(customer="C002", level=2)
    reply = await li.say("缴费频次改成季交", "change_payment_plan")
    assert "只能按年、月交" in reply.messages[0].text
    assert "多久交一次" in reply.messages[-1].text


async def test_two_wishes_the_second_waits_as_a_button(talk: Opens) -> None:
    guest = await talk()
    asked = await guest.say("年交改月交，顺便查下理赔", "change_payment_plan", 0.9, second="check_claim")
    assert dict(asked.effect(RequireIdentity).entities)["then"] == "check_claim"
    await guest.verified("C001")
    done = await guest.choose("提交")
    assert "查我的理赔进度" in done.buttons
    assert "CLM202600030001" in (await guest.choose("查我的理赔进度")).text


async def test_a_second_wish_after_a_plain_answer_is_a_button_at_once(wang: Talk) -> None:
    answered = await wang.say(
        "重疾险等待期多久，顺便查下理赔", "ask_waiting_period", 0.9, second="check_claim"
    )
    assert "查我的理赔进度" in answered.buttons


async def test_an_expired_motor_policy_needs_a_new_application(talk: Opens) -> None:
    zhao = await talk(customer="C005", level=2)
    told = await zhao.say("车险续保", "renew_policy")
    assert "已经到期" in told.text
    assert await requests(zhao) == []


async def test_the_due_date_of_a_state_that_changed_meanwhile_is_looked_at_again(wang: Talk) -> None:
    """The policy chosen yesterday no longer fits today: the resumed form reckons with today's facts."""
    await wang.say("我想减保", "change_sum_insured")
    async with wang.sessions.begin() as session:
        statement = update(Policy).where(Policy.number == "P202400010001").values(sum_insured=200_000)
        await session.execute(statement)
    assert "现在的保额是200,000元" in (await wang.say("30万", "inform")).text


async def test_what_specialists_see_of_the_answers_is_masked(wang: Talk) -> None:
    await begin_identity(wang)
    await wang.say(OWN_ID, "inform")
    [request] = await requests(wang)
    assert mask_text(request.answers["new_id"]) == "1****************3"
