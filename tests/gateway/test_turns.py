"""Promises 2 (in order, one at a time), 3 (one voice), 4 (no silence) and 5 (once)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from actions.turn import CallBack, HandOver
from gateway import handover, log
from gateway import sessions as chats
from gateway.rasa import RasaClient
from gateway.services import Services
from records.complaint_steps import create_complaint
from records.complaints import Complaint, ComplaintCategory
from records.conversations import DialogueState, Mode, Origin, TurnRecord
from records.staff import Role, Staff, add_staff
from records.tasks import open_tasks
from tests.gateway.conftest import ADDRESS, SITE, Customer, said, suggestions
from tests.gateway.scripted_rasa import ScriptedRasa, spoken


async def _specialist(services: Services) -> Staff:
    async with services.sessions.begin() as session:
        return await add_staff(
            session, login="lin", name="林专员", role=Role.SPECIALIST, password="a-long-password"
        )


async def _take_over(services: Services, customer: Customer, staff: Staff) -> None:
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, customer.conversation)
        await handover.take_over(session, services, conversation, staff, services.clock())


async def test_what_arrives_during_a_turn_is_joined_into_the_next(
    customer: Customer, rasa: ScriptedRasa
) -> None:
    rasa.gate.clear()
    await customer.says("你好")
    while not rasa.turns:
        await asyncio.sleep(0.01)
    await customer.says("我想问下")
    await customer.says("等待期多久")
    rasa.gate.set()
    await customer.until(lambda seen: said(seen, "echo: 我想问下，等待期多久"))
    assert [turn["text"] for turn in rasa.turns] == ["你好", "我想问下，等待期多久"]


async def test_turns_of_one_conversation_never_overlap_and_others_do_not_wait(
    services: Services, rasa: ScriptedRasa
) -> None:
    customers = []
    for _ in range(6):
        opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
        customers.append(Customer(services, opened.conversation))
    rasa.gate.clear()
    for number in range(5):
        await asyncio.gather(*(customer.says(f"第{number}条") for customer in customers))
    while len(rasa.turns) < len(customers):
        await asyncio.sleep(0.01)
    rasa.gate.set()
    for customer in customers:
        await customer.until(lambda seen: not any(message.awaits_turn for message in seen))
    assert set(rasa.most_running.values()) == {1}


async def test_a_second_process_takes_no_turn_that_is_running(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    from gateway.turns import run_next

    rasa.gate.clear()
    await customer.says("你好")
    while not rasa.turns:
        await asyncio.sleep(0.01)
    assert await run_next(services, customer.conversation) is False
    rasa.gate.set()
    await customer.until(lambda seen: said(seen, "echo"))
    assert len(rasa.turns) == 1


async def test_an_overtaken_turn_becomes_a_suggestion_and_leaves_nothing(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    staff = await _specialist(services)

    async def with_record(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        await create_complaint(
            turn.session, category=ComplaintCategory.CLAIM, facts="不赔", now=turn.now, answer_days=15
        )
        turn.effects.append(HandOver("complaint"))
        await _take_over(services, customer, staff)
        return spoken("已登记", intent="file_complaint")

    rasa.answer = with_record
    await customer.says("我要投诉")
    await customer.until(lambda seen: any(message.understood for message in seen))
    seen = await customer.sees()
    assert not said(seen, "已登记")
    assert await suggestions(services, customer.conversation) == ["已登记"]
    conversation = await customer.stands()
    assert (conversation.mode, conversation.assignee_id) == (Mode.HUMAN, staff.id)
    async with services.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Complaint)) == 0
        assert await session.get(DialogueState, customer.conversation) is None
        record = (await session.scalars(select(TurnRecord))).one()
    assert record.outcome == "suppressed"


async def test_a_repeated_turn_makes_no_second_record(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    calls = 0

    async def fails_after_its_work(body: dict[str, Any]) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        turn = services.running[uuid.UUID(body["turn"])]
        await create_complaint(
            turn.session, category=ComplaintCategory.CLAIM, facts="不赔", now=turn.now, answer_days=15
        )
        return spoken("已登记") if calls == 2 else {"messages": "not a turn"}

    rasa.answer = fails_after_its_work
    await customer.says("我要投诉")
    await customer.until(lambda seen: said(seen, "已登记"))
    async with services.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Complaint)) == 1
    assert calls == 2


async def test_one_failure_is_retried_unseen(customer: Customer, rasa: ScriptedRasa) -> None:
    rasa.failures = 1
    await customer.says("等待期多久")
    seen = await customer.until(lambda seen: said(seen, "echo"))
    assert len(rasa.turns) == 2
    assert [message.origin for message in seen].count(Origin.SYSTEM) == 0


async def test_two_failures_end_in_an_honest_sentence_and_the_queue(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    rasa.failures = 2
    await customer.says("等待期多久")
    seen = await customer.until(lambda seen: seen[-1].kind == "queue")
    assert said(seen, services.wording.say("utter_turn_failed"))
    conversation = await customer.stands()
    assert (conversation.mode, conversation.reason) == (Mode.QUEUED, "bot_failure")
    assert conversation.summary == "等待期多久"


async def test_out_of_hours_a_failure_ends_in_a_call_back(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    object.__setattr__(services.options, "desk_always_open", False)
    services.clock.now = services.clock.now.replace(hour=20)
    rasa.failures = 2
    await customer.says("等待期多久")
    await customer.until(lambda seen: said(seen, services.wording.say("utter_turn_failed_callback")))
    assert (await customer.stands()).mode is Mode.BOT
    async with services.sessions() as session:
        tasks = await open_tasks(session, conversation_id=customer.conversation)
    assert [task.kind for task in tasks] == ["call_back"]


async def test_a_silent_turn_counts_as_a_failure(customer: Customer, rasa: ScriptedRasa) -> None:
    async def silence(body: dict[str, Any]) -> dict[str, Any]:
        return spoken("", messages=[])

    rasa.answer = silence
    await customer.says("等待期多久")
    await customer.until(lambda seen: seen[-1].kind == "queue")
    assert len(rasa.turns) == 2


async def test_a_rasa_that_never_answers_does_not_leave_the_customer_waiting(
    customer: Customer, rasa: ScriptedRasa
) -> None:
    rasa.gate.clear()
    await customer.says("等待期多久")
    await customer.until(lambda seen: seen[-1].kind == "queue", seconds=8)


async def test_hand_over_is_applied_with_the_replies(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    async def asks_for_a_person(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        turn.effects.append(HandOver("requested", skill="claim", priority=2, summary="要人工"))
        return spoken("", messages=[])

    rasa.answer = asks_for_a_person
    await customer.says("转人工")
    seen = await customer.until(lambda seen: seen[-1].kind == "queue")
    conversation = await customer.stands()
    assert (conversation.mode, conversation.skill, conversation.priority) == (Mode.QUEUED, "claim", 2)
    assert seen[-1].body["position"] == 1


async def test_a_call_back_becomes_a_task(customer: Customer, services: Services, rasa: ScriptedRasa) -> None:
    async def nobody_there(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        turn.effects.append(CallBack("requested", "13800001001", "问等待期"))
        return spoken("上班后回电")

    rasa.answer = nobody_there
    await customer.says("转人工")
    await customer.until(lambda seen: said(seen, "上班后回电"))
    async with services.sessions() as session:
        (task,) = await open_tasks(session, conversation_id=customer.conversation)
    assert task.detail["phone"] == "13800001001"


async def test_the_state_of_a_turn_is_what_the_next_one_gets(customer: Customer, rasa: ScriptedRasa) -> None:
    async def counting(body: dict[str, Any]) -> dict[str, Any]:
        count = (body["state"] or {"count": 0})["count"] + 1
        return spoken(f"第{count}次", state={"count": count})

    rasa.answer = counting
    for number in (1, 2, 3):
        await customer.says("你好")
        await customer.until(lambda seen, n=number: said(seen, f"第{n}次"))


async def test_a_rasa_that_is_back_soon_answers_after_all(
    customer: Customer, services: Services, rasa: ScriptedRasa, free_port: Callable[[], int]
) -> None:
    port = free_port()
    services.rasa = RasaClient([f"http://127.0.0.1:{port}"], "token", seconds=2.0)
    await services.rasa.start()
    await customer.says("等待期多久")
    await asyncio.sleep(0.5)
    assert not rasa.turns
    async with TestServer(rasa.app(), port=port):
        await customer.until(lambda seen: said(seen, "echo: 等待期多久"))
    assert (await customer.stands()).mode is Mode.BOT
    await services.rasa.stop()


async def test_a_rasa_that_stays_away_ends_in_the_queue(
    customer: Customer, services: Services, free_port: Callable[[], int]
) -> None:
    services.rasa = RasaClient([f"http://127.0.0.1:{free_port()}"], "token", seconds=2.0)
    await services.rasa.start()
    object.__setattr__(services.options, "rasa_return_seconds", 0.3)
    await customer.says("等待期多久")
    await customer.until(lambda seen: seen[-1].kind == "queue")
    await services.rasa.stop()
