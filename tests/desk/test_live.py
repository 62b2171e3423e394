"""The harness of the live desk: a snapshot and the events after it make the next, whatever breaks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from actions.turn import HandOver
from gateway import handover, log
from gateway import sessions as chats
from gateway.services import Services
from tests.desk.conftest import Specialist
from tests.gateway.conftest import ADDRESS, SITE, Customer

CUSTOMERS = 10
STEPS = 120
KILL_LISTENERS = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
PASSING = {"waiting_seconds"}
"""What changes with time alone, so that a screen works it out by itself."""


@dataclass
class Screen:
    """What one desk shows: the reducer of `web/desk/src/stores`, over a line that breaks when it likes."""

    who: Specialist
    chance: random.Random
    unreliable: bool
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    staff: dict[str, dict[str, Any]] = field(default_factory=dict)
    snapshots: int = 0

    async def watch(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with self.who.web.get("/desk/api/events") as stream:
                    await self._read(stream)
            await asyncio.sleep(self.chance.uniform(0, 0.05))

    async def _read(self, stream: aiohttp.ClientResponse) -> None:
        left = self.chance.randint(1, 40) if self.unreliable else -1
        async for name, data in events(stream):
            self._take(name, data)
            left -= 1
            if left == 0:
                stream.close()
                return

    def _take(self, name: str, data: Any) -> None:
        if name == "snapshot":
            self.snapshots += 1
            self.conversations = {one["id"]: one for one in data["conversations"]}
            self.staff = {one["login"]: one for one in data["staff"]}
        elif name == "conversation":
            self.conversations[data["id"]] = data
        elif name == "staff":
            self.staff[data["login"]] = data

    def shows(self) -> dict[str, Any]:
        return plain(self.conversations.values(), self.staff.values())


def plain(conversations: Any, staff: Any) -> dict[str, Any]:
    lasting = [{k: v for k, v in one.items() if k not in PASSING} for one in conversations]
    return {
        "conversations": {one["id"]: one for one in lasting},
        "staff": {one["login"]: one for one in staff},
    }


async def events(stream: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    while line := await stream.content.readline():
        word, _, rest = line.decode().rstrip("\n").partition(": ")
        if word == "event":
            name = rest
        elif word == "data":
            yield name, json.loads(rest)


async def fresh(who: Specialist) -> dict[str, Any]:
    """What somebody sees who opens the desk now."""
    async with who.web.get("/desk/api/events") as stream:
        async for name, data in events(stream):
            if name == "snapshot":
                return plain(data["conversations"], data["staff"])
    raise AssertionError("no snapshot came")


@dataclass
class Day:
    """Everything that happens at a desk, in an order that chance decides."""

    services: Services
    chance: random.Random
    people: list[Specialist]
    customers: list[Customer]

    async def step(self) -> None:
        customer, person = self.chance.choice(self.customers), self.chance.choice(self.people)
        steps: list[Callable[[Customer, Specialist], Any]] = [
            self._says,
            self._says,
            self._asks_for_somebody,
            self._presence,
            self._viewing,
        ]
        for name in ("claim", "take_over", "reply", "note", "hand_back", "close", "transfer"):
            steps.append(lambda c, p, name=name: self._try(c, p, name))
        await self.chance.choice(steps)(customer, person)

    async def _says(self, customer: Customer, _: Specialist) -> None:
        await customer.says(f"问题{self.chance.randint(1, 999)}")

    async def _asks_for_somebody(self, customer: Customer, _: Specialist) -> None:
        async with self.services.sessions.begin() as session:
            row = await log.lock(session, customer.conversation)
            if row.mode == "bot":
                wish = HandOver("requested", priority=self.chance.randint(0, 2))
                await handover.hand_over(session, self.services, row, wish, self.services.clock())

    async def _presence(self, _: Customer, person: Specialist) -> None:
        state = self.chance.choice(["online", "break", "offline"])
        await person.post("/desk/api/presence", state=state, cap=self.chance.randint(1, 9))

    async def _viewing(self, customer: Customer, person: Specialist) -> None:
        seen = self.chance.choice([None, str(customer.conversation)])
        await person.post("/desk/api/presence/alive", viewing=seen)

    async def _try(self, customer: Customer, person: Specialist, step: str) -> None:
        """A step that may be refused, since others are quicker."""
        body: dict[str, Any] = {
            "reply": {"client_msg_id": str(self.chance.random()), "text": "您好"},
            "note": {"text": "记一下"},
            "close": {"reason": "resolved"},
            "transfer": {"skill": "claim"},
        }.get(step, {})
        path = f"/desk/api/conversations/{customer.conversation}/{step}"
        async with person.web.post(path, json=body, headers={"X-CSRF": person.csrf}) as response:
            assert response.status in (200, 409), await response.text()


@pytest.mark.parametrize("seed", [1, 2])
async def test_snapshot_and_events_make_the_next_snapshot(
    lin: Specialist, he: Specialist, services: Services, seed: int
) -> None:
    chance = random.Random(seed)
    opened = [
        await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
        for _ in range(CUSTOMERS)
    ]
    day = Day(services, chance, [lin, he], [Customer(services, one.conversation) for one in opened])
    screens = [Screen(lin, random.Random(seed + n), unreliable=n > 0) for n in range(3)]
    watching = [asyncio.create_task(screen.watch()) for screen in screens]
    try:
        for number in range(1, STEPS + 1):
            await day.step()
            if number % 40 == 0:
                await _kill_the_feed(services)
                await _sees(screens[0], 1 + number // 40)
            if number % 30 == 0:
                await _agree(lin, screens)
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
    assert all(screen.snapshots > 2 for screen in screens[1:]), "no line was dropped"


async def _kill_the_feed(services: Services) -> None:
    async with services.sessions.begin() as session:
        await session.execute(KILL_LISTENERS)


async def _sees(screen: Screen, snapshots: int) -> None:
    """A lost feed leads to one more snapshot."""
    async with asyncio.timeout(20):
        while screen.snapshots < snapshots:
            await asyncio.sleep(0.05)


async def _agree(who: Specialist, screens: list[Screen]) -> None:
    """All screens show what a fresh one shows, as soon as the news has arrived."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while [screen.shows() for screen in screens] != [await fresh(who)] * len(screens):
                await asyncio.sleep(0.1)
    wanted = await fresh(who)
    assert [screen.shows() for screen in screens] == [wanted] * len(screens)


async def test_a_subscriber_that_does_not_keep_up_is_given_a_snapshot(services: Services) -> None:
    from gateway.feed import News

    with services.feed.subscribe(None) as news:
        for number in range(news.maxsize + 5):
            services.feed.tell(News(None, "staff", {"staff": number}))
        assert news.get_nowait().what == "lost"
        assert news.qsize() == 4
