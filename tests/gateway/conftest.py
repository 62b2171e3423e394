"""Services of the gateway on a real database, with a Rasa whose timing the test decides."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from actions.turn import Context
from gateway import inbox, log
from gateway import sessions as chats
from gateway.dispatcher import Dispatcher
from gateway.feed import Feed
from gateway.limits import Allowance, Limits
from gateway.rasa import RasaClient
from gateway.services import Options, Services
from knowledge.crisis import CrisisSigns
from records.base import Sessions
from records.conversations import Conversation, Message, Visibility
from tests.conftest import NOW
from tests.gateway.scripted_rasa import ScriptedRasa

ROOT = Path(__file__).resolve().parents[2]
SITE = "demo-site"
SECRET = "a-secret-of-the-insurers-own-site-for-tests"
ADDRESS = "192.0.2.1"


@dataclass
class Clock:
    """Time that moves when the test says so."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def context() -> Context:
    return Context.load(ROOT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def rasa() -> ScriptedRasa:
    return ScriptedRasa()


@pytest.fixture
async def services(
    sessions: Sessions,
    database_url: str,
    rasa: ScriptedRasa,
    context: Context,
    clock: Clock,
    tmp_path: Path,
) -> AsyncIterator[Services]:
    """Everything running but the listeners; Rasa is scripted."""
    server = TestServer(rasa.app())
    await server.start_server()
    client = RasaClient([str(server.make_url("")).rstrip("/")], "token", seconds=2.0)
    built = Services(
        sessions=sessions,
        context=context,
        crisis=CrisisSigns.load(ROOT / "knowledge" / "crisis.yml"),
        feed=Feed(database_url),
        rasa=client,
        limits=Limits(Allowance(500, 6000), Allowance(500, 6000)),
        options=Options(
            site_secrets={SITE: SECRET},
            allowed_origins=frozenset({"https://insurer.example"}),
            demo=True,
            desk_always_open=True,
            files=tmp_path / "files",
            turn_seconds=2.0,
            retry_pause_seconds=0.01,
            scan_seconds=0.1,
        ),
        actions_url="http://127.0.0.1:1",
        clock=clock,
    )
    await built.feed.start()
    await client.start()
    dispatcher = Dispatcher(built)
    await dispatcher.start()
    yield built
    rasa.gate.set()
    await dispatcher.stop()
    await built.feed.stop()
    await client.stop()
    await server.close()


@pytest.fixture
def demo_insurer() -> None:
    """A test that asks for it finds the demo insurer in its database (`tests.conftest.database_url`)."""


@dataclass
class Customer:
    """One customer in one conversation, as the tests speak for them."""

    services: Services
    conversation: uuid.UUID

    async def says(self, text: str, client_msg_id: str | None = None) -> inbox.Ack:
        return await inbox.receive_text(
            self.services, self.conversation, client_msg_id or uuid.uuid4().hex, text, ADDRESS
        )

    async def chooses(self, token: str) -> inbox.Ack:
        return await inbox.receive_choice(self.services, self.conversation, uuid.uuid4().hex, token, ADDRESS)

    async def sees(self) -> list[Message]:
        """The log as the customer may see it."""
        async with self.services.sessions() as session:
            return list(await log.events_after(session, self.conversation, 0))

    async def stands(self) -> Conversation:
        async with self.services.sessions() as session:
            return await session.get_one(Conversation, self.conversation)

    async def until(self, holds: Callable[[list[Message]], bool], seconds: float = 5.0) -> list[Message]:
        """The log once it satisfies the condition; fails the test when it does not in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    seen = await self.sees()
                    if holds(seen):
                        return seen
                    await asyncio.sleep(0.02)
        lines = [f"{m.seq} {m.kind} {m.origin}: {m.text}" for m in await self.sees()]
        pytest.fail("the log never became what was expected:\n" + "\n".join(lines))


@pytest.fixture
async def customer(services: Services) -> Customer:
    """A guest who has just opened the chat."""
    opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
    return Customer(services, opened.conversation)


def said(messages: list[Message], text: str) -> bool:
    """Whether something with this text was said to or by the customer."""
    return any(text in message.text for message in messages)


async def suggestions(services: Services, conversation: uuid.UUID) -> list[str]:
    """What the bot would have said but was not let to."""
    from sqlalchemy import select

    async with services.sessions() as session:
        return list(
            await session.scalars(
                select(Message.text).where(
                    Message.conversation_id == conversation,
                    Message.visibility == Visibility.SUGGESTION,
                )
            )
        )
