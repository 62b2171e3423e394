"""Complaints, claim reports, tasks, documents, contact data and numbers."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import audit, documents, tasks
from records.base import Sessions
from records.claims import claims_of, recent_report, report_by_number, report_claim, reports_of
from records.complaint_steps import add_facts, create_complaint, move_complaint
from records.complaints import (
    TRANSITIONS,
    WORKING,
    ComplaintCategory,
    ComplaintState,
    all_complaints,
    complaint_by_number,
    complaints_of,
    open_complaint,
)
from records.customers import Customer, bind_account, change_contact, customer_of_account
from records.errors import WrongStateError
from records.numbers import NumberKind, next_number
from tests.records.factories import conversation

ANSWER_DAYS = 15


async def _complain(sessions: Sessions, now: datetime, **fields: object) -> str:
    given_ = {"category": ComplaintCategory.MIS_SELLING, "facts": "业务员说三年能全部取出来", **fields}
    async with sessions.begin() as session:
        made = await create_complaint(session, now=now, answer_days=ANSWER_DAYS, **given_)  # type: ignore[arg-type]
        return made.number


async def test_a_guest_complains_and_the_clock_starts_on_the_day_of_receipt(sessions: Sessions) -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    number = await _complain(sessions, late, contact="13900002222", wish="退还全部保费")
    async with sessions() as session:
        found = await complaint_by_number(session, number.lower())
    assert found is not None
    assert number.startswith("TS2026")
    assert (found.customer_id, found.state) == (None, ComplaintState.RECEIVED)
    assert found.due_on == date(2026, 11, 23) + timedelta(days=ANSWER_DAYS)


async def test_the_same_matter_is_found_while_open_and_takes_new_facts(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        found = await open_complaint(
            session, category=ComplaintCategory.PREMIUM_COLLECTION, customer_id="C002"
        )
        assert found is not None
        due_on = found.due_on
        await add_facts(session, found, "卡里当时有余额", actor="customer", now=now)
        assert (found.facts, found.due_on) == ("扣款失败未通知\n卡里当时有余额", due_on)
        assert await open_complaint(session, category=ComplaintCategory.CLAIM, customer_id="C010") is None
        (listed, *_) = await all_complaints(session)
        assert [event.reason for event in listed.events][-1] == "卡里当时有余额"


async def test_a_guests_open_complaint_is_that_of_the_conversation(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as session:
        talks = [await conversation(session, now) for _ in range(2)]
    await _complain(sessions, now, conversation_id=talks[0])
    async with sessions() as session:
        same = await open_complaint(session, category=ComplaintCategory.MIS_SELLING, conversation_id=talks[0])
        other = await open_complaint(
            session, category=ComplaintCategory.MIS_SELLING, conversation_id=talks[1]
        )
    assert same is not None
    assert other is None


async def test_deciding_closing_and_checking(sessions: Sessions, now: datetime) -> None:
    number = await _complain(sessions, now)
    async with sessions.begin() as session:
        found = await complaint_by_number(session, number)
        assert found is not None
        await move_complaint(session, found, ComplaintState.INVESTIGATING, actor="staff:2", now=now)
        await move_complaint(
            session, found, ComplaintState.DECIDED, actor="staff:2", now=now, reason="道歉并退费"
        )
        assert found.decided_on == date(2026, 11, 22)
        await move_complaint(session, found, ComplaintState.CLOSED, actor="staff:2", now=now)
        with pytest.raises(WrongStateError):
            await move_complaint(session, found, ComplaintState.INVESTIGATING, actor="staff:2", now=now)
        await move_complaint(session, found, ComplaintState.UNDER_CHECK, actor="customer", now=now)
        assert found.open


@given(begin=st.sampled_from(ComplaintState), end=st.sampled_from(ComplaintState))
def test_a_withdrawn_complaint_stays_so_and_none_is_received_twice(
    begin: ComplaintState, end: ComplaintState
) -> None:
    allowed = end in TRANSITIONS[begin]
    assert not (
        allowed and (begin is ComplaintState.WITHDRAWN or end is ComplaintState.RECEIVED or begin is end)
    )
    assert not (end is ComplaintState.CLOSED and begin in WORKING and allowed)


async def test_a_long_complaint_has_a_short_summary(sessions: Sessions, now: datetime) -> None:
    number = await _complain(sessions, now, facts="很长的经过\n" * 40)
    async with sessions() as session:
        found = await complaint_by_number(session, number)
    assert found is not None
    assert len(found.summary) == 40
    assert found.summary.endswith("…")
    assert "\n" not in found.summary


async def test_only_own_complaints_are_listed_and_the_desk_sees_open_ones_first(demo: Sessions) -> None:
    async with demo() as session:
        assert [one.number for one in await complaints_of(session, "C010")] == ["TS202600040002"]
        assert [one.open for one in await all_complaints(session)] == [True, False]


async def test_anyone_reports_a_claim_and_the_policy_is_linked_inside(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talk = await conversation(session, now)
        report = await report_claim(
            session,
            happened="追尾，人没事",
            policy_text="pdaa2026440300000123",
            conversation_id=talk,
            injured=False,
            phone="13900002222",
            now=now,
        )
        unknown = await report_claim(session, happened="住院", policy_text="不记得了", now=now)
    async with demo() as session:
        found = await report_by_number(session, report.number)
        later = now + timedelta(days=2)
        assert await recent_report(session, conversation_id=talk, customer_id=None, now=now) is not None
        assert await recent_report(session, conversation_id=talk, customer_id=None, now=later) is None
    assert report.number.startswith("CLM2026")
    assert found is not None
    assert found.policy_id is not None
    assert found.customer_id is None
    assert unknown.policy_id is None


async def test_reports_and_claims_are_seen_by_those_they_belong_to(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        await report_claim(session, happened="住院", customer_id="C001", now=now)
    async with demo() as session:
        assert len(await reports_of(session, "C001")) == 1
        assert await reports_of(session, "C002") == []
        assert [claim.number for claim in await claims_of(session, "C009")] == ["CLM202600030003"]
        assert await claims_of(session, "C002") == []


async def test_numbers_carry_the_shanghai_year_and_never_repeat(sessions: Sessions) -> None:
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    async with sessions() as session:
        numbers = [await next_number(session, NumberKind.TASK, new_year) for _ in range(3)]
    assert numbers[0] == "RW202700100001"
    assert len(set(numbers)) == 3


async def test_a_rolled_back_number_is_not_given_again(sessions: Sessions, now: datetime) -> None:
    async with sessions() as session:
        first = await next_number(session, NumberKind.REQUEST, now)
        await session.rollback()
    async with sessions() as session:
        assert await next_number(session, NumberKind.REQUEST, now) > first


async def test_tasks_are_open_until_finished_and_come_by_due_time(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as session:
        talk = await conversation(session, now)
        later = await tasks.create(
            session, kind="review", title="复核", due_at=now + timedelta(days=1), now=now
        )
        soon = await tasks.create(
            session,
            kind="call_back",
            title="回电",
            due_at=now,
            conversation_id=talk,
            detail={"phone": "13900002222"},
            now=now,
        )
        assert [task.id for task in await tasks.open_tasks(session)] == [soon.id, later.id]
        assert [task.id for task in await tasks.open_tasks(session, conversation_id=talk)] == [soon.id]
        await tasks.finish(session, soon, now=now)
        assert await tasks.open_tasks(session, conversation_id=talk) == []
        assert soon.ended_at == now


async def test_documents_are_listed_with_their_request(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as session:
        talk = await conversation(session, now)
        made = await documents.register(
            session,
            sha256="a" * 64,
            size=10,
            media_type="image/jpeg",
            name="银行卡.jpg",
            conversation_id=talk,
            now=now,
        )
        assert made.received_at == now
        assert await documents.documents_of_request(session, uuid.uuid4()) == []


async def test_a_contact_change_tells_the_old_phone_and_leaves_the_rest(
    demo: Sessions, now: datetime
) -> None:
    async with demo.begin() as session:
        change = await change_contact(session, "C011", actor="customer:C011", phone="13900002222", now=now)
        person = await session.get_one(Customer, "C011")
        assert (change.old_phone, change.changed) == ("13800001011", ("phone",))
        assert (person.phone, person.phone_unusable, person.phone_changed_at) == ("13900002222", False, now)
        assert person.city == "长沙"
        (entry,) = await audit.entries(session, "customer:C011")
        assert entry.detail == {"fields": ["phone"]}


async def test_the_same_contact_data_is_no_change(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        change = await change_contact(session, "C001", actor="bot", phone="13800001001", now=now)
        assert change.changed == ()
        assert (await session.get_one(Customer, "C001")).phone_changed_at is None
        assert await audit.entries(session, "customer:C001") == []
        with pytest.raises(LookupError):
            await change_contact(session, "C999", actor="bot", phone="13800001001", now=now)


async def test_an_account_is_bound_to_one_customer_at_a_time(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        for person in ("C001", "C002"):
            await bind_account(session, channel="wechat", account="o1", customer_id=person, now=now)
        assert await customer_of_account(session, "wechat", "o1") == "C002"
        assert await customer_of_account(session, "web", "o1") is None
