"""The generic form: asking, correcting, something else in between, leaving, resuming, a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from actions.turn import CallBack, HandOver, RequireIdentity
from records import tasks
from records.claims import ClaimReport
from records.complaints import Complaint, ComplaintCategory
from records.requests import RequestState, ServiceRequest
from tests.actions.conftest import Opens
from tests.actions.talk import Talk

STORY = "去年3月他说这个是存款，三年就能取出来"


@pytest.fixture
async def guest(talk: Opens) -> Talk:
    return await talk()


async def complaints(talk: Talk) -> list[Complaint]:
    async with talk.sessions() as session:
        chosen = select(Complaint).where(Complaint.conversation_id == talk.conversation)
        return list((await session.scalars(chosen)).all())


async def drafts(talk: Talk) -> list[ServiceRequest]:
    async with talk.sessions() as session:
        chosen = select(ServiceRequest).where(ServiceRequest.conversation_id == talk.conversation)
        return list((await session.scalars(chosen)).all())


async def fill_complaint(talk: Talk) -> None:
    await talk.say("我要投诉，业务员骗我", "file_complaint")
    await talk.say(STORY)
    await talk.say("把钱退给我")
    await talk.say("13900002222", "inform")


async def test_a_guest_complains_without_identity_and_gets_number_and_statutory_date(guest: Talk) -> None:
    first = await guest.say("我要投诉，业务员骗我", "file_complaint")
    assert "经过" in first.text
    assert "转人工" in first.buttons
    await guest.say(STORY)
    await guest.say("把钱退给我")
    summary = await guest.say("13900002222", "inform")
    for part in ("销售误导", STORY, "把钱退给我", "13900002222"):
        assert part in summary.text
    done = await guest.choose("提交")
    [ticket] = await complaints(guest)
    assert ticket.number in done.text
    assert "2026年12月7日" in done.text
    assert ticket.due_on == date(2026, 12, 7)
    assert ticket.category is ComplaintCategory.MIS_SELLING
    assert ticket.facts == f"【销售误导】我要投诉，业务员骗我\n{STORY}"
    assert (ticket.wish, ticket.contact) == ("把钱退给我", "13900002222")
    assert not any(isinstance(effect, RequireIdentity) for effect in done.effects)
    assert guest.loop is None
    assert guest.slots["service_draft"] is None


async def test_a_correction_changes_an_earlier_answer(guest: Talk) -> None:
    await fill_complaint(guest)
    changed = await guest.say("不对，是13900003333", "inform")
    assert "联系电话改成：13900003333" in changed.text
    await guest.choose("提交")
    assert (await complaints(guest))[0].contact == "13900003333"


async def test_a_correction_may_come_while_the_next_field_is_asked(guest: Talk) -> None:
    await guest.say("我要报案，昨天追尾了", "report_claim")
    await guest.say("没人受伤", "inform")
    await guest.say("在高速上被后面的车撞了一下，保险杠坏了")
    await guest.choose("跳过")
    corrected = await guest.say("不对，是前天的事", "inform")
    assert "2026年11月20日" in corrected.text
    assert "哪个电话" in corrected.text


async def test_the_summary_offers_to_change_any_answer(guest: Talk) -> None:
    await fill_complaint(guest)
    which = await guest.choose("改一下")
    assert "希望的处理" in which.text
    asked = await guest.choose("希望的处理")
    assert "怎么处理" in asked.text
    summary = await guest.say("要书面道歉")
    assert "要书面道歉" in summary.text
    assert "把钱退给我" not in summary.text


async def test_a_story_that_begins_with_no_is_a_story(guest: Talk) -> None:
    await guest.say("我要投诉", "file_complaint")
    await guest.choose("销售误导")
    await guest.say("不是我签的字，业务员代签的，你们理赔也拖", "deny")
    await guest.say("给个解释")
    await guest.say("13900002222", "inform")
    await guest.choose("提交")
    assert "不是我签的字，业务员代签的" in (await complaints(guest))[0].facts


async def test_a_question_in_between_is_answered_and_the_form_goes_on(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    reply = await guest.say("理赔要多久？", "ask_claim_time")
    assert "action_answer" in reply.actions
    assert "经过" in reply.messages[-1].text
    await guest.say(STORY)
    assert (await drafts(guest))[0].answers["facts"] == STORY


async def test_a_long_story_that_reads_like_a_question_is_taken(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    story = "我就想问问你们凭什么不给我赔，材料交了三次，每次都说再等等，到底要等多久？"
    reply = await guest.say(story, "ask_claim_time")
    assert reply.actions == ["validate_service_form"]
    assert (await drafts(guest))[0].answers["facts"] == story


async def test_leaving_submits_nothing_and_next_day_it_goes_on(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    await guest.say(STORY)
    left = await guest.say("算了", "cancel")
    assert "什么都没有提交" in left.text
    assert guest.loop is None
    assert await complaints(guest) == []
    guest.later(days=1)
    greeted = await guest.say("你好", "greet")
    assert "投诉" in greeted.text
    again = await guest.choose("继续")
    assert "怎么处理" in again.text
    assert guest.loop == "service_form"


async def test_starting_the_same_again_goes_on_with_the_draft(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    await guest.say(STORY)
    await guest.say("算了", "cancel")
    again = await guest.say("我要投诉", "file_complaint")
    assert "接着办" in again.text
    assert "怎么处理" in again.text
    assert len(await drafts(guest)) == 1


async def test_a_person_in_the_middle_registers_what_is_known_and_the_form_can_go_on(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    handed = await guest.say("转人工", "request_human")
    effect = handed.effect(HandOver)
    assert (effect.reason, effect.skill) == ("complaint", "complaint")
    [ticket] = await complaints(guest)
    assert ticket.number in handed.text
    assert ticket.facts == "【销售误导】我要投诉，业务员骗我"
    assert guest.loop is None
    again = await guest.press("/resume_service")
    assert "经过" in again.text
    await guest.say(STORY)
    await guest.say("把钱退给我")
    await guest.say("13900002222", "inform")
    done = await guest.choose("提交")
    assert ticket.number in done.text
    [ticket] = await complaints(guest)
    assert ticket.facts == f"【销售误导】我要投诉，业务员骗我\n{STORY}"
    assert (ticket.wish, ticket.contact) == ("把钱退给我", "13900002222")


async def test_a_person_is_reached_by_a_short_word_in_free_text_whatever_the_intent(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    handed = await guest.say("人工!!!", "inform", 0.3)
    assert handed.effect(HandOver).reason == "complaint"


async def test_out_of_hours_a_call_back_is_left(talk: Opens) -> None:
    closed = await talk(desk_open=False)
    closed.later(hours=12)
    reply = await closed.say("转人工", "request_human")
    assert reply.effect(CallBack).reason == "requested"
    assert "11月23日9:00" in reply.text
    assert "400-000-0000" in reply.text


async def test_one_wish_inside_another_begins_it_and_the_first_waits(guest: Talk) -> None:
    await guest.say("家里水管爆了，我要报案", "report_claim")
    inside = await guest.say("我要投诉", "file_complaint")
    assert "投诉" in inside.text
    await guest.choose("理赔")
    await guest.say("你们的查勘员三天没来")
    await guest.say("马上派人")
    await guest.say("13900002222", "inform")
    done = await guest.choose("提交")
    assert "继续报案" in done.buttons
    resumed = await guest.choose("继续报案")
    assert "哪一天" in resumed.text


async def test_an_answer_that_does_not_fit_is_said_and_asked_again(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    await guest.say(STORY)
    await guest.say("把钱退给我")
    reply = await guest.say("139000022", "inform")
    assert "11位" in reply.text
    assert "哪个电话" in reply.text


async def test_a_complaint_needs_no_phone(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    await guest.say(STORY)
    await guest.say("把钱退给我")
    await guest.say("没有电话", "ask_contact")
    done = await guest.choose("提交")
    [ticket] = await complaints(guest)
    assert ticket.number in done.text
    assert ticket.contact is None


async def test_an_outburst_is_no_answer(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    reply = await guest.say("烦死了", "express_emotion")
    assert "抱歉" in reply.messages[0].text
    assert "经过" in reply.messages[-1].text
    assert "facts" not in (await drafts(guest))[0].answers


async def test_not_saying_which_answer_is_wrong_goes_back_to_the_question(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    await guest.say(STORY)
    which = await guest.say("不对", "deny")
    assert "经过" in which.buttons
    back = await guest.say("嗯呐那个", "nlu_fallback")
    assert "怎么处理" in back.text


async def test_a_yes_after_leaving_goes_on(guest: Talk) -> None:
    await guest.say("我要投诉，业务员骗我", "file_complaint")
    await guest.say("算了", "cancel")
    again = await guest.say("继续吧", "affirm")
    assert "接着办“投诉”" in again.text


async def test_a_known_customer_is_offered_the_masked_phone_on_file(talk: Opens) -> None:
    known = await talk(customer="C001", level=1)
    await known.say("我要投诉，业务员骗我", "file_complaint")
    await known.say(STORY)
    asked = await known.say("把钱退给我")
    assert "用预留的138****1001" in asked.buttons
    assert "13800001001" not in asked.text
    await known.choose("用预留")
    await known.choose("提交")
    assert (await complaints(known))[0].contact == "13800001001"


async def test_the_same_matter_is_added_to_the_open_ticket(talk: Opens) -> None:
    known = await talk(customer="C002", level=1)
    await known.say("扣款失败没人通知我，我要投诉", "file_complaint")
    await known.say("上个月扣款失败，一个电话都没有")
    await known.say("给个说法")
    await known.choose("用预留")
    offered = await known.choose("提交")
    assert "TS202600040001" in offered.text
    added = await known.choose("补充")
    assert "TS202600040001" in added.text
    assert await complaints(known) == []
    async with known.sessions() as session:
        chosen = select(Complaint).where(Complaint.number == "TS202600040001")
        ticket = (await session.scalars(chosen)).one()
    assert "一个电话都没有" in ticket.facts


async def test_anybody_reports_a_claim_and_injured_people_come_first(guest: Talk) -> None:
    await guest.say("我要报案 昨天追尾了", "report_claim")
    hurt = await guest.say("有人受伤", "inform")
    assert hurt.text.index("120") < hurt.text.index("经过")
    await guest.say("在南京路被后车撞了，司机腿受伤送医院了")
    await guest.say("粤B12345", "inform")
    await guest.say("13900002222", "inform")
    done = await guest.choose("提交")
    async with guest.sessions() as session:
        report = (await session.scalars(select(ClaimReport))).one()
    assert report.number in done.text
    assert report.injured is True
    assert report.happened_when == "2026-11-21"
    assert (report.policy_text, report.phone) == ("粤B12345", "13900002222")
    effect = done.effect(HandOver)
    assert (effect.reason, effect.skill) == ("accident", "claim")
    once_more = await guest.say("我要报案", "report_claim")
    assert report.number in once_more.text
    async with guest.sessions() as session:
        (task,) = await tasks.tasks_about(session, report.number)
    assert (task.kind, task.skill, task.promised) == ("claim_report", "claim", True)
    assert task.due_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert task.detail == {"phone": "13900002222", "note": report.happened}


async def test_who_reported_on_another_channel_is_told_of_that_report(talk: Opens) -> None:
    first = await talk(customer="C006", level=1)
    await first.say("我要报案，昨天家里水管爆了", "report_claim")
    for answer in ("厨房的水管，地板泡了", "P202500010010", "13900002222"):
        await first.say(answer)
    await first.choose("提交")
    again = await (await talk(customer="C006", level=1)).say("我要报案，家里水管爆了", "report_claim")
    async with first.sessions() as session:
        report = (await session.scalars(select(ClaimReport))).one()
    assert report.number in again.text


async def test_a_report_opened_half_way_is_called_at_the_phone_given_later(guest: Talk) -> None:
    await guest.say("我要报案，昨天家里水管爆了", "report_claim")
    await guest.say("人工", "request_human")
    await guest.press("/resume_service")
    for answer in ("厨房的水管，地板泡了", "不知道", "13900002222"):
        await guest.say(answer)
    await guest.choose("提交")
    async with guest.sessions() as session:
        report = (await session.scalars(select(ClaimReport))).one()
        (task,) = await tasks.tasks_about(session, report.number)
    assert task.detail["phone"] == "13900002222"
    assert "厨房的水管" in task.detail["note"]


async def test_a_death_is_met_with_a_human_word_first(guest: Talk) -> None:
    reply = await guest.say("我妈去世了怎么报案", "report_claim")
    assert reply.text.startswith("请节哀")


async def test_a_risk_change_is_registered_and_handed_over_in_the_same_turn(guest: Talk) -> None:
    reply = await guest.say("我的私家车想跑滴滴，要跟你们说吗", "report_risk_change")
    [request] = await drafts(guest)
    assert request.state is RequestState.SUBMITTED
    assert request.number is not None
    assert request.number in reply.text
    assert reply.effect(HandOver).reason == "risk_change"
    assert len(reply.messages) == 1


async def test_a_risk_change_without_facts_asks_one_question(guest: Talk) -> None:
    asked = await guest.say("我要告知风险变更", "report_risk_change")
    assert asked.effects == []
    assert "什么变了" in asked.text


async def test_registered_matters_of_the_conversation_are_seen_without_identity(guest: Talk) -> None:
    await fill_complaint(guest)
    await guest.choose("提交")
    shown = await guest.say("我的投诉怎么样了", "check_complaint")
    assert shown.effects == []
    assert (await complaints(guest))[0].number in shown.text
