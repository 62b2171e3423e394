"""Promises 5 and 7 for requests, complaints, claim reports and notices: SIGKILL in the middle of submits,
decisions, deadlines and text messages. Afterwards nothing is there twice and nothing is missing.

Two gateways work at once; one is killed while the other goes on, then that one too. Each takes turns and does
the work of its own accord (notices, clocks, text messages).

`KILL_SEEDS=50` runs fifty seeds; without it a few.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway import inbox
from gateway import sessions as chats
from gateway.services import Services
from records import request_review
from records.calendar import last_day
from records.claims import REPORT_TASK, ClaimReport
from records.complaints import Complaint
from records.conversations import Message, Origin
from records.errors import WrongStateError
from records.notices import Notice, Topic
from records.request_steps import create_draft, submit
from records.requests import RequestEvent, RequestState, ServiceRequest
from records.sms import SmsMessage, SmsState
from records.staff import Staff, by_login
from records.tasks import Task
from tests.gateway import killable
from tests.gateway.conftest import ADDRESS, SITE

SEEDS = range(int(os.environ.get("KILL_SEEDS", "5")))
KILLS = 4
LATE = 3
DECIDED = 4


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts a process in the time of a fork: everything was imported before."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.gateway.killable"])
    first = context.Process(target=killable.nothing)
    first.start()
    first.join()
    return context


class Stage:
    """The parent: writes as the customer and decides as the specialist, and kills."""

    def __init__(self, services: Services, chance: random.Random) -> None:
        self.services = services
        self.chance = chance
        self.said: list[str] = []
        self.decided: list[str] = []
        self.late: list[str] = []

    async def open(self) -> None:
        opened = await chats.open_chat(
            self.services, site_key=SITE, user_token=None, token=None, address=ADDRESS
        )
        self.conversation = opened.conversation
        async with self.services.sessions() as session:
            found = await by_login(session, "lin")
            assert found is not None
            self.staff: Staff = found
        self.decided = [await self._request(due=5) for _ in range(DECIDED)]
        self.late = [await self._request(due=-2) for _ in range(LATE)]

    async def _request(self, due: int) -> str:
        now = self.services.clock()
        async with self.services.sessions.begin() as session:
            draft = await create_draft(
                session, kind="change_beneficiary", conversation_id=self.conversation, now=now
            )
            made = await submit(
                session,
                draft,
                actor="customer",
                now=now,
                due_on=last_day(self.services.settings.today(now), due),
                contact="13900002222",
            )
            return made.number or ""

    async def act(self) -> None:
        """The customer hands something in, then the specialist takes a step with some request."""
        text = f"{self.chance.choice(list(killable.KINDS))} 第{len(self.said)}件事"
        self.said.append(text)
        await inbox.receive_text(self.services, self.conversation, f"m-{len(self.said)}", text, ADDRESS)
        step: Any = self.chance.choice(
            [request_review.take_up, request_review.approve, request_review.finish]
        )
        try:
            async with self.services.sessions.begin() as session:
                number = self.chance.choice(self.decided)
                await step(session, number, by=self.staff, now=self.services.clock())
        except WrongStateError:
            return

    async def go_on(self) -> None:
        """Acts for up to a second; ends in the middle of what the last act brings about."""
        until = asyncio.get_running_loop().time() + self.chance.uniform(0.2, 1.0)
        while asyncio.get_running_loop().time() < until:
            await self.act()
            await asyncio.sleep(self.chance.uniform(0, 0.1))
        await self.act()
        await asyncio.sleep(self.chance.uniform(0, 0.05))

    async def at_rest(self) -> bool:
        async with self.services.sessions() as session:
            awaits = await session.scalar(
                select(func.count()).select_from(Message).where(Message.awaits_turn)
            )
            untold = await session.scalar(
                select(func.count()).select_from(Notice).where(Notice.told_at.is_(None))
            )
            unsent = await session.scalar(
                select(func.count())
                .select_from(SmsMessage)
                .where(SmsMessage.state.in_((SmsState.WAITING, SmsState.SENDING)))
            )
            late = await session.scalars(select(Task.about).where(Task.kind == "late"))
            return not awaits and not untold and not unsent and set(self.late) <= set(late)

    async def all_of(self, model: Any, *where: Any) -> list[Any]:
        async with self.services.sessions() as session:
            return list(await session.scalars(select(model).where(*where).order_by(model.id)))


def _ten_in_the_morning() -> float:
    """Seconds from now until it is ten in Shanghai, so that nobody sleeps."""
    now = datetime.now(UTC)
    ten = now.replace(hour=2, minute=0, second=0, microsecond=0)
    return ((ten - now) % timedelta(days=1)).total_seconds()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("demo_insurer")
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_twice_and_nothing_lost(
    seed: int, database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    chance, ahead = random.Random(seed), _ten_in_the_morning()
    stage = Stage(killable.build(database_url, tmp_path, ahead), chance)
    await stage.open()
    arguments = (database_url, tmp_path, ahead)
    interrupted = 0
    try:
        for _ in range(KILLS):
            async with _alive(processes, arguments):
                async with _alive(processes, arguments):
                    await stage.go_on()
                await stage.go_on()
            interrupted += not await stage.at_rest()
        assert interrupted
        async with _alive(processes, arguments), asyncio.timeout(120):
            while not await stage.at_rest():
                await asyncio.sleep(0.1)
        await _submits_are_once(stage)
        await _notices_are_once(stage)
        await _text_messages_are_once(stage, tmp_path / "phone.txt")
    finally:
        await stage.services.sessions.kw["bind"].dispose()


@contextlib.asynccontextmanager
async def _alive(processes: ForkServerContext, arguments: tuple[Any, ...]) -> AsyncIterator[None]:
    """A gateway at work; it ends by SIGKILL, wherever it is."""
    process = processes.Process(target=killable.main, args=arguments, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


async def _submits_are_once(stage: Stage) -> None:
    """Each message was taken once, became one ticket, and its number was told once; no draft is left over."""
    log = await stage.all_of(Message, Message.conversation_id == stage.conversation)
    assert [m.seq for m in log if m.seq is not None] == list(range(1, len(log) + 1))
    written = Counter(m.text for m in log if m.origin is Origin.CUSTOMER)
    assert written == Counter(stage.said)
    here = [model.conversation_id == stage.conversation for model in (Complaint, ClaimReport, ServiceRequest)]
    tickets = {
        **{one.number: one.facts for one in await stage.all_of(Complaint, here[0])},
        **{one.number: one.happened for one in await stage.all_of(ClaimReport, here[1])},
    }
    for request in await stage.all_of(ServiceRequest, here[2]):
        assert request.state is not RequestState.DRAFT
        if request.ticket is not None:
            assert request.ticket in tickets
        elif request.number not in (*stage.decided, *stage.late):
            tickets[request.number] = request.answers["details"]
    assert Counter(story.rpartition("】")[2] for story in tickets.values()) == Counter(stage.said)
    reports = {number for number in tickets if number.startswith("CLM")}
    calls = await stage.all_of(Task, Task.conversation_id == stage.conversation, Task.kind == REPORT_TASK)
    assert Counter(task.about for task in calls) == Counter(reports)
    spoken = "\n".join(m.text for m in log if m.origin is Origin.BOT)
    assert all(spoken.count(number) == 1 for number in tickets)


async def _notices_are_once(stage: Stage) -> None:
    """Every step of a specialist and every missed deadline was told once, those of one request in order.

    Of two requests the one whose change is committed first is told first, whatever its notice's number.
    """
    requests = {one.id: one.number for one in await stage.all_of(ServiceRequest)}
    events = await stage.all_of(RequestEvent)
    steps = Counter(requests[one.request_id] for one in events if one.actor.startswith("staff:"))
    told = await stage.all_of(Notice, Notice.topic == Topic.REQUEST_STATE)
    assert Counter(notice.number for notice in told) == steps
    ours = Notice.conversation_id == stage.conversation
    late = await stage.all_of(Notice, ours, Notice.topic == Topic.REQUEST_LATE)
    assert Counter(notice.number for notice in late) == Counter(stage.late)
    tasks = await stage.all_of(Task, Task.conversation_id == stage.conversation, Task.kind == "late")
    assert Counter(task.about for task in tasks) == Counter(stage.late)
    here = Message.conversation_id == stage.conversation
    entries = await stage.all_of(Message, Message.client_msg_id.like("notice:%"), here)
    assert Counter(entry.client_msg_id for entry in entries) == Counter(
        f"notice:{notice.id}" for notice in [*told, *late]
    )
    about = {notice.id: notice.number for notice in [*told, *late]}
    order: dict[str, list[int]] = {}
    for entry in entries:
        notice = int(entry.client_msg_id.removeprefix("notice:"))
        order.setdefault(about[notice], []).append(notice)
    assert all(notices == sorted(notices) for notices in order.values())


async def _text_messages_are_once(stage: Stage, phone: Path) -> None:
    """A text message for every notice worth one; none left twice, and at most one a kill is uncertain."""
    wanted = await stage.all_of(Notice, Notice.way.like("%sms%"))
    rows = await stage.all_of(SmsMessage)
    assert len(rows) == len(wanted)
    left = Counter(phone.read_text(encoding="utf-8").splitlines()) if phone.exists() else Counter()
    states = Counter(row.state for row in rows)
    assert set(states) <= {SmsState.SENT, SmsState.UNCERTAIN}
    assert states[SmsState.UNCERTAIN] <= 2 * KILLS
    sent = Counter(row.text for row in rows if row.state is SmsState.SENT)
    maybe = Counter(row.text for row in rows if row.state is SmsState.UNCERTAIN)
    assert sent <= left <= sent + maybe
