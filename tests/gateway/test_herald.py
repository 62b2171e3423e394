"""Notices become entries of the log: each once, in order, on the way that reaches the customer."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from gateway import herald, notice_words, ratings
from gateway.services import Services
from records import complaint_handling as handling
from records import notices, request_review, sms, tasks
from records.claim_steps import move_claim
from records.claims import ClaimState
from records.complaint_steps import create_complaint
from records.complaints import ComplaintCategory, ComplaintState
from records.conversations import Message, Rating
from records.notices import Notice, Topic
from records.request_steps import create_draft, submit
from records.requests import RequestState
from records.sms import SmsMessage
from records.staff import Staff, by_login
from tests.gateway.conftest import Clock, Customer

CLAIM = "CLM202600030004"
STEPS = ("已经开始审核", "还差", "已经开始审核", "审核通过", "办好了")
pytestmark = pytest.mark.usefixtures("demo_insurer")


async def lin(services: Services) -> Staff:
    async with services.sessions() as session:
        found = await by_login(session, "lin")
        assert found is not None
        return found


async def requested(
    services: Services, conversation: uuid.UUID | None, contact: str | None = "13900002222"
) -> str:
    """A submitted change of beneficiary."""
    now = services.clock()
    async with services.sessions.begin() as session:
        draft = await create_draft(
            session, kind="change_beneficiary", conversation_id=conversation, customer_id=None, now=now
        )
        made = await submit(
            session,
            draft,
            actor="customer",
            now=now,
            due_on=services.settings.today(now) + timedelta(days=3),
            working_days=True,
            contact=contact,
        )
        return made.number or ""


async def told(services: Services) -> int:
    """Tells everything there is to tell."""
    count = 0
    while await herald.tell_next(services):
        count += 1
    return count


async def texts(services: Services) -> list[SmsMessage]:
    async with services.sessions() as session:
        return list(await session.scalars(select(SmsMessage).order_by(SmsMessage.id)))


async def notice_rows(services: Services, number: str) -> list[Notice]:
    async with services.sessions() as session:
        return await notices.notices_of(session, number)


async def test_every_decision_reaches_the_chat_in_order(services: Services, customer: Customer) -> None:
    number, who = await requested(services, customer.conversation), await lin(services)
    now = services.clock()
    async with services.sessions.begin() as session:
        await request_review.take_up(session, number, by=who, now=now)
        await request_review.ask_for_documents(
            session, number, papers=["受益人身份证照片"], by=who, now=now, reason="照片不清楚"
        )
        await request_review.take_up(session, number, by=who, now=now)
        await request_review.approve(session, number, by=who, now=now)
        await request_review.finish(session, number, by=who, now=now)
    assert await told(services) == 5
    said = [m.text for m in await customer.sees() if "变更受益人" in m.text]
    assert [any(word in text for text in said) for word in ("已经开始审核", "审核通过", "办好了")] == [
        True
    ] * 3
    assert "还差：受益人身份证照片。照片不清楚。" in said[1]
    assert await told(services) == 0
    assert [row.way for row in await notice_rows(services, number)] == [
        "web",
        "web+sms",
        "web",
        "web+sms",
        "web+sms",
    ]


async def test_what_the_customer_did_is_not_told_again(services: Services, customer: Customer) -> None:
    number = await requested(services, customer.conversation)
    assert await notice_rows(services, number) == []


async def test_a_text_message_says_no_detail_and_waits_for_the_morning(
    services: Services, customer: Customer, clock: Clock
) -> None:
    clock.now = datetime.fromisoformat("2026-11-22T15:00:00+00:00")
    number, who = await requested(services, customer.conversation), await lin(services)
    async with services.sessions.begin() as session:
        await request_review.reject(session, number, reason="签名不一致", by=who, now=clock.now)
    await told(services)
    (text,) = await texts(services)
    assert number in text.text
    assert "签名" not in text.text
    assert "受益人" not in text.text
    assert text.not_before == datetime.fromisoformat("2026-11-23T00:00:00+00:00")
    async with services.sessions.begin() as session:
        assert await sms.take_next(session, now=clock.now) is None
        assert await sms.take_next(session, now=clock.now + timedelta(hours=10)) is not None


async def test_who_cannot_be_reached_is_called_by_a_colleague(services: Services) -> None:
    number, who = await requested(services, None, contact=None), await lin(services)
    async with services.sessions.begin() as session:
        await request_review.reject(session, number, reason="材料不符", by=who, now=services.clock())
    await told(services)
    async with services.sessions() as session:
        (task,) = await tasks.open_tasks(session, about=number)
    assert (task.kind, task.detail["reason"]) == ("tell_customer", "材料不符")


async def test_a_notice_without_words_blocks_nobody(services: Services, customer: Customer) -> None:
    now = services.clock()
    async with services.sessions.begin() as session:
        for state in ("no_such_state", "done"):
            await notices.add(
                session,
                Topic.REQUEST_STATE,
                number=f"BQ{state}",
                now=now,
                customer_id=None,
                conversation_id=customer.conversation,
                detail={"kind": "change_contact", "state": state, "reason": "", "missing": []},
            )
    assert await told(services) == 2
    assert any("办好了" in m.text for m in await customer.sees())
    async with services.sessions() as session:
        assert [task.about for task in await tasks.open_tasks(session)] == ["BQno_such_state"]


async def test_two_processes_tell_each_notice_once(services: Services, customer: Customer) -> None:
    number, who = await requested(services, customer.conversation), await lin(services)
    async with services.sessions.begin() as session:
        await request_review.take_up(session, number, by=who, now=services.clock())
        await request_review.approve(session, number, by=who, now=services.clock())
    done = [False]
    while any(done):
        done = await asyncio.gather(*(herald.tell_next(services) for _ in range(4)))
    await told(services)
    said = [m.text for m in await customer.sees() if number in m.text]
    assert len(said) == 2
    assert "开始审核" in said[0]


async def test_the_state_of_a_claim_is_told(services: Services, customer: Customer) -> None:
    async with services.sessions.begin() as session:
        stands = await customer.stands()
        stands.customer_id = "C006"
        await session.merge(stands)
        await move_claim(
            session, CLAIM, ClaimState.IN_REVIEW, actor="staff:1", now=services.clock(), reason="等待复核"
        )
    await told(services)
    said = [m.text for m in await customer.sees() if CLAIM in m.text]
    assert len(said) == 1
    assert "审核中" in said[0]


@pytest.mark.parametrize("state", list(RequestState))
def test_every_state_of_a_request_has_words(services: Services, state: RequestState) -> None:
    if state is RequestState.DRAFT:
        return
    notice = Notice(
        topic=Topic.REQUEST_STATE,
        number="BQ1",
        detail={
            "kind": "surrender_policy",
            "state": state.value,
            "reason": "",
            "missing": [],
            "due_on": None,
        },
        created_at=services.clock(),
    )
    put = notice_words.put(services, notice)
    assert "BQ1" in services.wording.say(put.response, **put.values)
    assert len(put.state) <= 5


@pytest.mark.parametrize("topic", [topic for topic in Topic if topic.value.startswith("complaint")])
@pytest.mark.parametrize("state", list(ComplaintState))
def test_every_word_about_a_complaint_names_it(
    services: Services, topic: Topic, state: ComplaintState
) -> None:
    notice = Notice(
        topic=topic,
        number="TS1",
        detail={"category": "claim", "state": state.value, "reason": "退还保费", "due_on": "2026-12-07"},
        created_at=services.clock(),
    )
    put = notice_words.put(services, notice)
    assert "TS1" in services.wording.say(put.response, **put.values)
    assert len(put.state) <= 5


async def test_an_answer_returns_to_who_asked(services: Services, customer: Customer) -> None:
    now, who = services.clock(), await lin(services)
    async with services.sessions.begin() as session:
        task = await tasks.create(
            session,
            kind="question",
            title="核保：甲状腺结节能不能投保",
            skill="underwriting",
            promised=True,
            due_at=now + timedelta(hours=8),
            conversation_id=customer.conversation,
            now=now,
            actor="bot",
        )
        await tasks.answer(
            session, task.number, text="除外承保", reply="可以投保，结节相关的不保", by=who, now=now
        )
    await told(services)
    assert any("可以投保，结节相关的不保。" in m.text for m in await customer.sees())


async def finished(services: Services, customer: Customer) -> str:
    number, who = await requested(services, customer.conversation), await lin(services)
    async with services.sessions.begin() as session:
        await request_review.take_up(session, number, by=who, now=services.clock())
        await request_review.approve(session, number, by=who, now=services.clock())
        await request_review.finish(session, number, by=who, now=services.clock())
    await told(services)
    return number


async def test_the_rating_is_asked_once_and_a_low_one_brings_a_call_back(
    services: Services, customer: Customer
) -> None:
    number = await finished(services, customer)
    asked = [m for m in await customer.sees() if m.kind == ratings.ASKED]
    assert [(m.body["about"], "变更受益人" in m.text) for m in asked] == [(number, True)]
    for score in (2, 1):
        await ratings.rate(services, customer.conversation, score, "等太久")
    async with services.sessions() as session:
        (rating,) = list(await session.scalars(select(Rating)))
        (task,) = await tasks.open_tasks(session, conversation_id=customer.conversation)
    assert (rating.about, rating.score) == (number, 1)
    assert (task.kind, task.detail["reason"]) == ("call_back", "low_rating")
    apologies = [m for m in await customer.sees() if "没让您满意" in m.text]
    assert len(apologies) == 1


async def test_a_good_rating_brings_nothing(services: Services, customer: Customer) -> None:
    await finished(services, customer)
    await ratings.rate(services, customer.conversation, 5, "")
    async with services.sessions() as session:
        assert await tasks.open_tasks(session, conversation_id=customer.conversation) == []


async def test_a_decided_complaint_tells_the_remedies(services: Services, customer: Customer) -> None:
    now, who = services.clock(), await lin(services)
    async with services.sessions.begin() as session:
        made = await create_complaint(
            session,
            category=ComplaintCategory.CLAIM,
            facts="定损太低",
            now=now,
            answer_days=15,
            conversation_id=customer.conversation,
        )
        await handling.take_up(session, made, by=who, now=now)
        await handling.decide(session, made, decision="重新定损，差额补付", by=who, now=now)
    await told(services)
    said = next(m.text for m in await customer.sees() if "处理决定" in m.text)
    assert "重新定损，差额补付。" in said
    assert "30日内" in said
    assert "12378" in said
    async with services.sessions() as session:
        rows = list(await session.scalars(select(Message.text).where(Message.text.contains(made.number))))
    assert len(rows) == 2
