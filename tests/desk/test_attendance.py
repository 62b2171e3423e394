"""Presence and caps, automatic assignment, taking the next, and what becomes of the work of who has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from actions.turn import HandOver
from gateway import attendance, handover, log
from gateway import sessions as chats
from gateway.services import Services
from records.conversations import Conversation, Mode
from tests.desk.conftest import Specialist
from tests.gateway.conftest import ADDRESS, SITE, Customer, said

Queue = Callable[..., Awaitable[Customer]]


@pytest.fixture
def queue(services: Services) -> Queue:
    """Puts a new customer into the queue."""

    async def one(skill: str | None = None, priority: int = 0) -> Customer:
        opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
        async with services.sessions.begin() as session:
            row = await log.lock(session, opened.conversation)
            wish = HandOver("requested", skill=skill, priority=priority)
            await handover.hand_over(session, services, row, wish, services.clock())
        return Customer(services, opened.conversation)

    return one


@pytest.fixture
async def online(lin: Specialist, he: Specialist) -> tuple[Specialist, Specialist]:
    for one in (lin, he):
        await one.post("/desk/api/presence", state="online", cap=2)
    return lin, he


async def _holder(customer: Customer) -> int | None:
    return (await customer.stands()).assignee_id


async def _held(who: Specialist) -> int:
    return len((await who.get("/desk/api/conversations?state=mine"))["items"])


async def test_who_has_just_logged_in_is_given_nothing(
    lin: Specialist, queue: Queue, services: Services
) -> None:
    waiting = await queue()
    assert await attendance.assign(services) == 0
    assert (await waiting.stands()).mode is Mode.QUEUED


async def test_the_least_loaded_of_those_with_the_skill_gets_it_up_to_the_cap(
    online: tuple[Specialist, Specialist], queue: Queue, services: Services
) -> None:
    lin, he = online
    for skill in ("policy", None, "claim", None):
        await queue(skill)
    assert await attendance.assign(services) == 4
    assert (await _held(lin), await _held(he)) == (2, 2)
    await queue("payment")
    assert await attendance.assign(services) == 0


async def test_capacity_that_comes_free_is_used_at_once_most_urgent_first(
    online: tuple[Specialist, Specialist], queue: Queue, services: Services
) -> None:
    lin, _ = online
    first, _, usual, urgent = [await queue("policy", priority) for priority in (1, 1, 0, 2)]
    await attendance.assign(services)
    assert await _holder(urgent)
    assert await _holder(usual) is None
    await lin.does("close", first, reason="resolved")
    assert await attendance.assign(services) == 1
    await lin.post("/desk/api/presence", cap=3)
    assert await attendance.assign(services) == 1
    assert await _holder(usual)


async def test_on_a_break_nothing_more_comes_and_what_is_held_stays(
    online: tuple[Specialist, Specialist], queue: Queue, services: Services
) -> None:
    lin, _ = online
    kept = await queue("policy")
    await attendance.assign(services)
    await lin.post("/desk/api/presence", state="break")
    await queue("policy")
    assert await attendance.assign(services) == 0
    assert (await kept.stands()).mode is Mode.HUMAN


async def test_the_next_is_the_most_urgent_with_a_fitting_skill(lin: Specialist, queue: Queue) -> None:
    await queue("claim", 2)
    usual, urgent = await queue("policy"), await queue("payment", 1)
    taken = await lin.post("/desk/api/conversations/next")
    assert taken["conversation"]["id"] == str(urgent.conversation)
    taken = await lin.post("/desk/api/conversations/next")
    assert taken["conversation"]["id"] == str(usual.conversation)
    assert (await lin.post("/desk/api/conversations/next", 404))["error"]["code"] == "nobody_waiting"


async def test_a_minute_without_a_sign_of_life_puts_the_customer_back_ahead_of_others(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    await lin.post("/desk/api/presence/alive")
    await lin.does("claim", waiting)
    services.clock.forward(seconds=50)  # type: ignore[attr-defined]
    await attendance.release_silent(services)
    assert (await waiting.stands()).mode is Mode.HUMAN
    services.clock.forward(seconds=20)  # type: ignore[attr-defined]
    await attendance.release_silent(services)
    stands = await waiting.stands()
    assert (stands.mode, stands.priority, stands.assignee_id) == (Mode.QUEUED, 1, None)
    assert said(await waiting.sees(), "您的对话都还在")
    await attendance.release_silent(services)
    assert (await waiting.stands()).epoch == stands.epoch
    await lin.does("reply", waiting, 409, client_msg_id="1", text="您好")


async def test_who_works_without_the_pages_is_not_taken_for_gone(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    await lin.does("claim", waiting)
    services.clock.forward(minutes=30)  # type: ignore[attr-defined]
    await attendance.release_silent(services)
    assert (await waiting.stands()).mode is Mode.HUMAN


async def test_two_processes_assign_at_once_and_each_conversation_is_given_once(
    online: tuple[Specialist, Specialist], queue: Queue, services: Services
) -> None:
    talks = [await queue() for _ in range(4)]
    given = await asyncio.gather(*(attendance.assign(services) for _ in range(3)))
    assert sum(given) == 4
    for talk in talks:
        rows: Conversation = await talk.stands()
        assert (rows.mode, rows.epoch) == (Mode.HUMAN, 2)
