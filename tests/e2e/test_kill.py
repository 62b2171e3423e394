"""Promises 1, 4, 5 and 7 under SIGKILL: the server, then Rasa, at random points of a turn that has an effect.

Whatever dies when: each acknowledged message is in the log once, each is answered or stands in the queue with
an honest sentence, and a complaint the customer submitted exists once.
"""

from __future__ import annotations

import asyncio
import random

import aiohttp
import pytest

from tests.conversations.player import Desk
from tests.e2e.guest import Guest, answers
from tests.product import Product

SEEDS = range(20)
ROUND_TRIP_SECONDS = 0.25


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled(seed: int, product: Product) -> None:
    chance = random.Random(seed)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        guest = await Guest.open(product, http)
        await guest.says(f"我要投诉，业务员骗我，第{seed}次")
        await guest.hears("什么时候")
        await guest.says("去年三月他说这个是存款，三年就能取")
        await guest.hears("怎么处理")
        await guest.says("退还保费")
        await guest.hears("哪个电话")
        await guest.says("13900002222")
        await guest.hears("您看对不对")

        submit = asyncio.create_task(guest.chooses("提交"))
        await asyncio.sleep(chance.uniform(0, ROUND_TRIP_SECONDS))
        product.kill("public")
        if seed % 5 == 0:
            await asyncio.sleep(chance.uniform(0, ROUND_TRIP_SECONDS))
            product.kill("rasa")
        await submit
        await guest.until(lambda seen: "TS20" in answers(seen) or seen[-1]["kind"] == "queue")
        await asyncio.sleep(1.0)

        events = await guest.events()
        _each_message_once(guest, events)
        desk = await Desk.log_in(product, http)
        raised = (await desk.get("complaints"))["items"]
        ours = [ticket for ticket in raised if ticket["conversation_id"] == guest.conversation]
        told = answers(events).count("投诉已登记")
        assert len(ours) == told, f"{len(ours)} complaints, told {told} times"
        assert told == 1 or "存下来" in answers(events)
        await _rasa_is_back(guest, product, http)


def _each_message_once(guest: Guest, events: list[dict[str, object]]) -> None:
    written = [event["text"] for event in events if event["origin"] == "customer"]
    for text, seq in guest.acknowledged.items():
        assert written.count(text) == 1, f"{text} stands {written.count(text)} times"
        assert events[seq - 1]["text"] == text
    assert written.count("提交") == 1
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


async def _rasa_is_back(guest: Guest, product: Product, http: aiohttp.ClientSession) -> None:
    url = f"http://127.0.0.1:{product.ports['rasa']}/webhooks/turn/health"
    for _ in range(900):
        try:
            async with http.get(url) as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    pytest.fail("Rasa did not come back")
