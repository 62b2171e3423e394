"""What time alone brings about."""

from __future__ import annotations

from actions.turn import HandOver
from gateway import handover, log, sweeper
from gateway.services import Services
from records.conversations import Mode
from records.tasks import open_tasks
from tests.gateway.conftest import Customer, said


async def _queue(services: Services, customer: Customer) -> None:
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, customer.conversation)
        await handover.hand_over(session, services, conversation, HandOver("requested"), services.clock())


async def test_an_unclaimed_request_goes_back_and_becomes_a_call_back(
    customer: Customer, services: Services
) -> None:
    await _queue(services, customer)
    services.clock.forward(minutes=services.settings.queue_timeout_minutes + 1)
    await sweeper.sweep(services)
    assert (await customer.stands()).mode is Mode.BOT
    assert said(await customer.sees(), "登记")
    async with services.sessions() as session:
        assert [t.kind for t in await open_tasks(session, conversation_id=customer.conversation)] == [
            "call_back"
        ]


async def test_a_request_still_in_time_stays_in_the_queue(customer: Customer, services: Services) -> None:
    await _queue(services, customer)
    services.clock.forward(minutes=services.settings.queue_timeout_minutes - 1)
    await sweeper.sweep(services)
    assert (await customer.stands()).mode is Mode.QUEUED


async def test_an_idle_conversation_closes_and_opens_again_with_the_next_message(
    customer: Customer, services: Services
) -> None:
    services.clock.forward(minutes=61)
    await sweeper.sweep(services)
    assert (await customer.stands()).mode is Mode.CLOSED
    await customer.says("等待期多久")
    await customer.until(lambda seen: said(seen, "echo: 等待期多久"))
    assert (await customer.stands()).mode is Mode.BOT
