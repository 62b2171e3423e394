"""Changing a phone: proven by a code to the new number, effective at once, the old number is told."""

from __future__ import annotations

from sqlalchemy import select

from actions.turn import HandOver, RequireIdentity
from records.customers import Customer
from records.requests import RequestState, ServiceRequest
from records.sms import SmsMessage, SmsPurpose, newest_code
from tests.actions.conftest import Opens
from tests.actions.talk import Talk

NEW = "13900005555"


async def code_sent_to(talk: Talk, phone: str) -> str:
    async with talk.sessions() as session:
        message = await newest_code(session, phone)
    assert message is not None
    assert message.code is not None
    return message.code


async def customer(talk: Talk, customer_id: str) -> Customer:
    async with talk.sessions() as session:
        return await session.get_one(Customer, customer_id)


async def test_a_guest_proves_who_they_are_and_nothing_is_said_twice(talk: Opens) -> None:
    guest = await talk()
    asked = await guest.say(f"我要改手机号，新的是{NEW}", "change_contact", phone=NEW)
    assert asked.effect(RequireIdentity).level == 2
    assert guest.loop is None
    went_on = await guest.verified("C006")
    assert "139****5555" in went_on.text
    summary = await guest.say(await code_sent_to(guest, NEW), "inform")
    assert "139****5555" in summary.text
    done = await guest.choose("提交")
    assert "BQ2026" in done.text
    assert (await customer(guest, "C006")).phone == NEW
    async with guest.sessions() as session:
        requests = select(ServiceRequest).where(ServiceRequest.kind == "change_contact")
        request = (await session.scalars(requests)).one()
        notice = (
            await session.scalars(select(SmsMessage).where(SmsMessage.purpose == SmsPurpose.NOTICE))
        ).one()
    assert request.state is RequestState.DONE
    assert notice.phone == "13800001006"
    assert NEW not in notice.text


async def test_a_wrong_code_changes_nothing_and_five_end_it(talk: Opens) -> None:
    known = await talk(customer="C006", level=2)
    await known.say("我要改手机号", "change_contact")
    await known.say(NEW, "inform")
    right = await code_sent_to(known, NEW)
    wrong = "111111" if right != "111111" else "222222"
    first = await known.say(wrong, "inform")
    assert "还可以再试4次" in first.text
    for _ in range(3):
        await known.say(wrong, "inform")
    locked = await known.say(wrong, "inform")
    assert "30分钟" in locked.text
    assert "转人工" in locked.buttons
    assert (await customer(known, "C006")).phone == "13800001006"


async def test_another_number_may_be_given_while_the_code_is_awaited(talk: Opens) -> None:
    known = await talk(customer="C006", level=2)
    await known.say("我要改手机号", "change_contact")
    await known.say("13900004444", "inform")
    again = await known.say(f"不对，是{NEW}", "inform")
    assert "139****5555" in again.text
    await known.say(await code_sent_to(known, NEW), "inform")
    await known.choose("提交")
    assert (await customer(known, "C006")).phone == NEW


async def test_a_code_too_old_is_sent_anew(talk: Opens) -> None:
    known = await talk(customer="C006", level=2)
    await known.say("我要改手机号", "change_contact")
    await known.say(NEW, "inform")
    old = await code_sent_to(known, NEW)
    known.later(minutes=6)
    reply = await known.say(old, "inform")
    assert "过期" in reply.text
    summary = await known.say(await code_sent_to(known, NEW), "inform")
    assert "提交" in summary.buttons


async def test_the_same_number_is_not_a_change(talk: Opens) -> None:
    known = await talk(customer="C006", level=2)
    await known.say("我要改手机号", "change_contact")
    reply = await known.say("13800001006", "inform")
    assert "不用改" in reply.text


async def test_an_address_needs_no_code(talk: Opens) -> None:
    known = await talk(customer="C006", level=2)
    await known.say("搬家了，地址要改", "change_contact")
    vague = await known.say("武汉", "inform")
    assert "不够细" in vague.text
    await known.say("武汉市江汉区解放大道688号2栋301", "inform")
    await known.choose("提交")
    assert (await customer(known, "C006")).address == "武汉市江汉区解放大道688号2栋301"


async def test_when_the_identity_has_run_out_it_is_proven_again_before_going_on(talk: Opens) -> None:
    known = await talk(customer="C006", level=2)
    await known.say("我要改地址", "change_contact")
    known.level = 1
    reply = await known.say("武汉市江汉区解放大道688号2栋301", "inform")
    assert reply.effect(RequireIdentity).intent == "resume_service"
    assert (await customer(known, "C006")).address is None
    again = await known.verified("C006")
    assert "新地址是哪里" in again.text


async def test_an_unusable_old_number_is_reviewed_by_a_specialist_and_changes_nothing(talk: Opens) -> None:
    guest = await talk()
    start = await guest.say("我要改手机号，旧号码停机了收不到验证码", "change_contact")
    assert not any(isinstance(effect, RequireIdentity) for effect in start.effects)
    await guest.say("冯德全", "inform")
    await guest.choose("跳过")
    await guest.say(NEW, "inform")
    await guest.say(await code_sent_to(guest, NEW), "inform")
    done = await guest.choose("提交")
    assert "身份证" in done.text
    assert done.effect(HandOver).reason == "review"
    assert (await customer(guest, "C011")).phone == "13800001011"


async def test_the_identity_steps_own_button_leads_to_the_reviewed_way(talk: Opens) -> None:
    guest = await talk()
    reply = await guest.press('/change_contact{"event": "phone_unusable"}')
    assert "专员核对证件" in reply.text


async def test_after_a_new_phone_money_waits_and_open_money_requests_are_flagged(talk: Opens) -> None:
    known = await talk(customer="C001", level=2)
    await known.say("我要改手机号", "change_contact")
    await known.say(NEW, "inform")
    await known.say(await code_sent_to(known, NEW), "inform")
    await known.choose("提交")
    async with known.sessions() as session:
        chosen = select(ServiceRequest).where(ServiceRequest.number == "BQ202600050002")
        assert (await session.scalars(chosen)).one().flags == ["phone_changed"]
    await known.say("安心守护我要退保", "surrender_policy")
    await known.choose("办理退保")
    done = await known.choose("提交")
    assert "11月29日" in done.text
