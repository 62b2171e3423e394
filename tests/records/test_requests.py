from __future__ import annotations

import asyncio
import uuid
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from records.base import Sessions
from records.errors import WrongStateError
from records.policies import policy_by_number
from records.request_steps import (
    became,
    choose_policy,
    complete,
    create_draft,
    flag_open,
    move,
    save_answer,
    submit,
    withdraw,
)
from records.requests import (
    ENDED,
    TRANSITIONS,
    RequestEvent,
    RequestState,
    ServiceRequest,
    draft,
    drafts_in,
    open_request,
    request_by_number,
    requests_of,
    submitted_requests,
)
from tests.records.factories import conversation

KIND = "change_contact"


async def test_a_draft_becomes_a_numbered_request(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talk = await conversation(session, now, "C001")
        made = await create_draft(
            session, kind=KIND, conversation_id=talk, customer_id="C001", review=False, now=now
        )
        await save_answer(session, made, "phone", "13900002222", now=now)
        await submit(
            session, made, actor="customer", now=now, due_on=date(2026, 11, 27), contact="13900002222"
        )
        await complete(session, made, actor="bot", now=now)
    async with demo() as session:
        found = await request_by_number(session, made.number or "")
        events = (
            await session.scalars(
                select(RequestEvent).where(RequestEvent.request_id == made.id).order_by(RequestEvent.id)
            )
        ).all()
    assert found is not None
    assert found.number is not None
    assert found.number.startswith("BQ2026")
    assert len(found.number) == len("BQ202600050001")
    assert (found.state, found.answers) == (RequestState.DONE, {"phone": "13900002222"})
    assert [event.to_state for event in events] == ["submitted", "approved", "done"]


async def test_answers_are_kept_replaced_and_removed(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        made = await create_draft(
            session, kind=KIND, conversation_id=await conversation(session, now), now=now
        )
        await save_answer(session, made, "phone", "13900001111", now=now)
        await save_answer(session, made, "city", "北京", now=now)
        await save_answer(session, made, "phone", "13900002222", now=now)
        await save_answer(session, made, "city", None, now=now)
    async with demo() as session:
        found = await draft(session, str(made.id))
        assert found is not None
        assert found.answers == {"phone": "13900002222"}


async def test_asking_again_leads_to_the_open_request(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talk = await conversation(session, now, "C001")
        first = await create_draft(session, kind=KIND, conversation_id=talk, customer_id="C001", now=now)
        again = await create_draft(session, kind=KIND, conversation_id=talk, customer_id="C001", now=now)
        other = await create_draft(
            session, kind="surrender_policy", conversation_id=talk, customer_id="C001", now=now
        )
        assert again.id == first.id
        assert other.id != first.id
        await submit(session, first, actor="customer", now=now)
        assert (
            await create_draft(session, kind=KIND, conversation_id=talk, customer_id="C001", now=now)
        ).id == (first.id)
        await withdraw(session, first, actor="customer", now=now)
        fresh = await create_draft(session, kind=KIND, conversation_id=talk, customer_id="C001", now=now)
        assert fresh.id != first.id


async def test_two_conversations_at_once_get_one_draft(demo: Sessions, now: datetime) -> None:
    async def begin() -> uuid.UUID:
        async with demo.begin() as session:
            talk = await conversation(session, now, "C001")
            made = await create_draft(session, kind=KIND, conversation_id=talk, customer_id="C001", now=now)
            await asyncio.sleep(0.05)
            return made.id

    assert len(set(await asyncio.gather(*(begin() for _ in range(4))))) == 1


async def test_guests_have_drafts_of_their_own(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talks = [await conversation(session, now) for _ in range(2)]
        made = [await create_draft(session, kind=KIND, conversation_id=talk, now=now) for talk in talks]
        assert made[0].id != made[1].id
        assert [one.id for one in await drafts_in(session, talks[0])] == [made[0].id]


async def test_a_chosen_policy_with_an_open_request_leads_there(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talk = await conversation(session, now, "C001")
        policy = await policy_by_number(session, "P202400010001")
        assert policy is not None
        made = await create_draft(
            session, kind="change_bank_account", conversation_id=talk, customer_id="C001", now=now
        )
        found = await choose_policy(session, made, policy.id, now=now)
        assert found.number == "BQ202600050002"
        assert made.state is RequestState.WITHDRAWN
        other = await policy_by_number(session, "P202400010002")
        assert other is not None
        fresh = await create_draft(
            session, kind="change_bank_account", conversation_id=talk, customer_id="C001", now=now
        )
        assert (await choose_policy(session, fresh, other.id, now=now)).id == fresh.id
        assert (
            await open_request(session, customer_id="C001", kind="change_bank_account", policy_id=other.id)
        ) is fresh


@given(begin=st.sampled_from(RequestState), end=st.sampled_from(RequestState))
def test_no_way_leads_back_from_the_end_or_into_a_draft(begin: RequestState, end: RequestState) -> None:
    allowed = end in TRANSITIONS[begin]
    assert not (allowed and (begin in ENDED or end is RequestState.DRAFT or begin is end))


@pytest.mark.parametrize("wanted", [RequestState.DONE, RequestState.APPROVED, RequestState.IN_REVIEW])
async def test_a_draft_cannot_skip_submission(demo: Sessions, now: datetime, wanted: RequestState) -> None:
    async with demo.begin() as session:
        made = await create_draft(
            session, kind=KIND, conversation_id=await conversation(session, now), now=now
        )
        with pytest.raises(WrongStateError) as caught:
            await move(session, made, wanted, actor="bot", now=now)
    assert caught.value.state == RequestState.DRAFT


async def test_a_submitted_request_is_no_draft_any_more(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        made = await create_draft(
            session, kind=KIND, conversation_id=await conversation(session, now), now=now
        )
        await submit(session, made, actor="customer", now=now)
        assert await draft(session, made.id) is None
        with pytest.raises(WrongStateError):
            await save_answer(session, made, "phone", "1", now=now)
        with pytest.raises(WrongStateError):
            await submit(session, made, actor="customer", now=now)


@pytest.mark.parametrize("text", ["", "not-an-id", "00000000-0000-0000-0000-000000000000"])
async def test_a_draft_that_never_was_is_none(sessions: Sessions, text: str) -> None:
    async with sessions() as session:
        assert await draft(session, text) is None


async def test_asking_for_documents_and_going_on(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        request = await request_by_number(session, "bq2026 00050002")
        assert request is not None
        await move(
            session,
            request,
            RequestState.NEEDS_DOCUMENTS,
            actor="staff:1",
            now=now,
            reason="银行卡照片不清楚",
            missing=["银行卡正面照片"],
        )
        assert request.missing == ["银行卡正面照片"]
        event = await move(session, request, RequestState.IN_REVIEW, actor="customer", now=now, missing=[])
        assert (event.from_state, request.missing) == (RequestState.NEEDS_DOCUMENTS, [])


async def test_a_draft_that_became_a_complaint_is_not_listed(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talk = await conversation(session, now, "C002")
        made = await create_draft(
            session, kind="file_complaint", conversation_id=talk, customer_id="C002", now=now
        )
        await became(session, made, "TS202600100001", actor="customer", now=now)
        assert made.ticket == "TS202600100001"
        assert await requests_of(session, "C002") == []
        assert await drafts_in(session, talk) == []


async def test_only_own_requests_are_listed(demo: Sessions) -> None:
    async with demo() as session:
        assert [request.number for request in await requests_of(session, "C001")] == ["BQ202600050002"]
        assert await requests_of(session, "C003") == []


async def test_the_desk_sees_open_requests_by_due_date(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        made = await create_draft(
            session, kind=KIND, conversation_id=await conversation(session, now), now=now
        )
        await submit(session, made, actor="customer", now=now, due_on=date(2026, 11, 23))
        await complete(session, made, actor="bot", now=now)
    async with demo() as session:
        listed = await submitted_requests(session)
    assert [request.number for request in listed] == ["BQ202600050001", "BQ202600050002", made.number]
    assert listed[0].policy is not None
    assert [event.to_state for event in listed[0].events] == ["submitted", "needs_documents"]


async def test_open_money_requests_are_flagged_once(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        for _ in range(2):
            flagged = await flag_open(session, "C001", ["change_bank_account"], "phone_changed", now=now)
        assert [request.flags for request in flagged] == [["phone_changed"]]
        assert await flag_open(session, "C001", ["surrender_policy"], "phone_changed", now=now) == []


async def test_drafts_are_resumed_newest_first(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        talk = await conversation(session, now, "C001")
        older = await create_draft(session, kind=KIND, conversation_id=talk, customer_id="C001", now=now)
        newer = await create_draft(
            session, kind="report_risk_change", conversation_id=talk, customer_id="C001", now=now
        )
        later = now + timedelta(hours=1)
        await save_answer(session, older, "phone", "13900002222", now=later)
        assert [one.id for one in await drafts_in(session, talk)] == [older.id, newer.id]
        assert isinstance(await session.get(ServiceRequest, newer.id), ServiceRequest)
