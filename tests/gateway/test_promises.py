"""What is answered later: promised with a time, answered once in the chat, apologised for when late."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from gateway import clocks
from gateway.promises import due
from gateway.services import Services
from records import tasks
from records.errors import MissingTextError, WrongStateError
from records.tasks import Task
from tests.gateway.conftest import Clock, Customer
from tests.gateway.scripted_rasa import ScriptedRasa, spoken
from tests.gateway.test_herald import lin, told

pytestmark = pytest.mark.usefixtures("demo_insurer")
QUESTION = "结节能保吗"


async def promised(customer: Customer, rasa: ScriptedRasa) -> Task:
    """The customer asks what the bot does not know, and takes up its offer; twice, as people do."""

    async def answer(_: object) -> dict[str, object]:
        offer = {"title": "请专员答复我", "payload": f"#promise{json.dumps({'about': QUESTION})}"}
        return spoken("我不想猜。") | {"messages": [{"text": "我不想猜。", "buttons": [offer]}]}

    rasa.answer = answer
    await customer.says(QUESTION)
    seen = await customer.until(lambda all_: any("不想猜" in m.text for m in all_))
    token = str(seen[-1].body["buttons"][0]["token"])
    for _ in range(2):
        await customer.chooses(token)
    async with customer.services.sessions() as session:
        (task,) = await tasks.open_tasks(session, conversation_id=customer.conversation)
    return task


async def test_the_answer_comes_back(services: Services, customer: Customer, rasa: ScriptedRasa) -> None:
    task = await promised(customer, rasa)
    said = (await customer.sees())[-1].text
    assert "2026年11月22日18点前在这里答复您" in said
    assert task.number in said
    who, now = await lin(services), services.clock()
    async with services.sessions.begin() as session:
        with pytest.raises(MissingTextError):
            await tasks.answer(session, task.number, text="问过核保了", by=who, now=now)
        with pytest.raises(WrongStateError):
            await tasks.cancel(session, task.number, by=who, now=now)
        await tasks.answer(session, task.number, text="问过核保了", reply="要先做复查", by=who, now=now)
    await told(services)
    assert "您问的事有答复了：要先做复查。" in (await customer.sees())[-1].text


async def test_a_late_answer_is_apologised_for_once(
    services: Services, customer: Customer, rasa: ScriptedRasa, clock: Clock
) -> None:
    await promised(customer, rasa)
    clock.forward(hours=9)
    assert await clocks.sweep(services) >= 1
    assert await clocks.sweep(services) == 0
    await told(services)
    assert sum("还没有结果，对不起" in m.text for m in await customer.sees()) == 1
    async with services.sessions() as session:
        (task,) = await tasks.open_tasks(session, conversation_id=customer.conversation, escalated=True)
    assert task.promised


async def test_nobody_is_woken_to_hear_that_it_is_late(
    services: Services, customer: Customer, rasa: ScriptedRasa, clock: Clock
) -> None:
    await promised(customer, rasa)
    clock.now = datetime.fromisoformat("2026-11-22T14:00:00+00:00")
    await clocks.sweep(services)
    assert await told(services) == 0
    clock.forward(hours=11)
    await clocks.sweep(services)
    await told(services)
    assert any("还没有结果" in m.text for m in await customer.sees())


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("2026-11-22T02:00:00+00:00", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T08:30:00+00:00", "2026-11-23T10:00:00+00:00"),
        ("2026-11-22T18:00:00+00:00", "2026-11-23T10:00:00+00:00"),
    ],
)
def test_a_promise_leaves_time_to_keep_it(services: Services, asked: str, by: str) -> None:
    given = due(services, datetime.fromisoformat(asked))
    assert given == datetime.fromisoformat(by)
    assert given - datetime.fromisoformat(asked) >= timedelta(hours=2)
