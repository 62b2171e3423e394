"""WeChat at its worst: pushes dropped, delayed past its patience and doubled, while the server is killed.

Every customer message that reached us is answered exactly once, or its answer bears the honest mark that
nobody knows (one such send at most for each kill and conversation); answers come in order and within the
budget. The server is a process of its own on a real database; Rasa is scripted, so that every answer names
its question. `WECHAT_SOAK=full` (`make soak-wechat`) is 2,000 messages in 200 conversations with two kills.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import func, select

from app.wechat_demo.api import Api
from app.wechat_demo.phones import Shown
from app.wechat_demo.platform import BROKEN, Faults, Platform
from gateway.channels.wechat.crypto import Key
from records.base import Sessions
from records.channel_accounts import ChannelAccount
from records.conversations import Message, Origin
from records.deliveries import Delivery, DeliveryState
from tests.gateway.scripted_rasa import ScriptedRasa, spoken

FULL = os.environ.get("WECHAT_SOAK") == "full"
CONVERSATIONS, MESSAGES, KILLS = (200, 10, 2) if FULL else (24, 4, 1)
FAULTS = Faults(dropped=0.10, delayed=0.10, duplicated=0.20, seed=7)
KEY = Key("wxsoak0000000001", "token-of-the-soak", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
THINKS_SECONDS = 20.0 if FULL else 3.0
SLOW_TURNS = 0.04
MENUS = 0.2
SETTLE_SECONDS = 120.0
QUESTION = re.compile(r"问\d+-\d+。")


@dataclass
class Server:
    """`baodan serve` as a process; a supervisor would start it again as soon as it ends."""

    env: dict[str, str]
    url: str
    log: Path
    process: asyncio.subprocess.Process | None = None
    _keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep())
        await self._ready()

    async def _keep(self) -> None:
        while True:
            with open(self.log, "ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "app", "serve"), env=self.env, stdout=log, stderr=log
                )
            await self.process.wait()

    async def _ready(self) -> None:
        async with aiohttp.ClientSession() as http, asyncio.timeout(60):
            while True:
                try:
                    async with http.get(f"{self.url}/health") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
        await asyncio.gather(*filter(None, [self._keeper]), return_exceptions=True)


@pytest.fixture
def rasa() -> ScriptedRasa:
    """Answers each question by its name: most at once, some too late for the push, some with a menu."""
    chance = random.Random(11)

    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        slow = chance.random() < SLOW_TURNS
        await asyncio.sleep(chance.uniform(3.8, 5.5) if slow else chance.uniform(0.01, 0.3))
        menu = [{"title": "怎么交费", "payload": "/ask_payment_method"}] if chance.random() < MENUS else []
        asked = "".join(QUESTION.findall(body["text"] or ""))
        message = {"text": f"答{asked}", "buttons": menu, "citations": []}
        return {**spoken("", "ask_waiting_period"), "messages": [message]}

    return ScriptedRasa(answer=answer)


@contextmanager
def settings(database_url: str, folder: Path, ports: dict[str, int]) -> Iterator[dict[str, str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAODAN_")}
    yield {
        **kept,
        **{f"BAODAN_{name.upper()}_PORT": str(port) for name, port in ports.items()},
        "BAODAN_VAR_DIR": str(folder / "var"),
        "BAODAN_DEMO": "false",
        "DATABASE_URL": database_url,
        "RASA_TOKEN": "rasa",
        "ACTIONS_TOKEN": "actions",
        "WECHAT_APP_ID": KEY.app_id,
        "WECHAT_APP_SECRET": "secret",
        "WECHAT_TOKEN": KEY.token,
        "WECHAT_AES_KEY": KEY.aes_key,
        "WECHAT_PAGE_URL": f"http://127.0.0.1:{ports['public']}",
        "WECHAT_API_URL": f"http://127.0.0.1:{ports['platform']}",
    }


@dataclass
class World:
    platform: Platform
    server: Server
    sessions: Sessions
    asked: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture
async def world(
    database_url: str,
    sessions: Sessions,
    rasa: ScriptedRasa,
    tmp_path: Path,
    free_port: Callable[[], int],
) -> AsyncIterator[World]:
    ports = {name: free_port() for name in ("public", "staff", "private", "rasa", "postgres", "platform")}
    url = f"http://127.0.0.1:{ports['public']}"
    platform = Platform(KEY, "secret", f"{url}/wechat", faults=FAULTS)
    runners = []
    for app, port in ((rasa.app(), ports["rasa"]), (Api(platform).app(), ports["platform"])):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        runners.append(runner)
    await platform.start()
    with settings(database_url, tmp_path, ports) as env:
        server = Server(env, url, tmp_path / "server.log")
        await server.start()
        yield World(platform, server, sessions)
        await server.stop()
    await platform.stop()
    for runner in runners:
        await runner.cleanup()


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_each_message_is_answered_once(world: World) -> None:
    chance = random.Random(3)
    done = 0

    async def customer(number: int) -> None:
        nonlocal done
        openid = f"oSoak{number:04d}"
        for index in range(MESSAGES):
            text = f"问{number}-{index}。"
            world.asked.setdefault(openid, []).append(text)
            await world.platform.text(openid, text)
            done += 1
            await asyncio.sleep(chance.uniform(0, THINKS_SECONDS))

    async def killer() -> None:
        for kill in range(1, KILLS + 1):
            while done < CONVERSATIONS * MESSAGES * kill / (KILLS + 1):
                await asyncio.sleep(0.05)
            world.server.kill()

    await asyncio.gather(killer(), *(customer(number) for number in range(CONVERSATIONS)))
    await _settled(world)
    uncertain = sum([await _judge(world, openid) for openid in world.asked])
    async with world.sessions() as session:
        why = await session.execute(
            select(Delivery.via, Delivery.state, Delivery.reason, func.count()).group_by(
                Delivery.via, Delivery.state, Delivery.reason
            )
        )
        ways = ", ".join(f"{via} {state.value} {reason or ''}{n}" for via, state, reason, n in why)
    assert world.platform.refused_calls == []
    figures = f"{done} messages, {world.platform.attempts} attempts, {uncertain} uncertain"
    print(f"\n{figures}, {len(world.platform.refused_calls)} beyond the budget; deliveries: {ways}")


async def _settled(world: World) -> None:
    """Waits until nothing awaits a turn and nothing is on its way, three times in a row."""
    quiet = 0
    open_: list[Any] = []
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            while quiet < 3:
                async with world.sessions() as session:
                    open_ = [
                        *await session.execute(
                            select(Message.conversation_id, Message.text).where(Message.awaits_turn)
                        ),
                        *await session.execute(
                            select(Delivery.conversation_id, Delivery.state, Delivery.reason).where(
                                Delivery.state.in_((DeliveryState.PENDING, DeliveryState.CLAIMED))
                            )
                        ),
                    ]
                quiet = 0 if open_ else quiet + 1
                await asyncio.sleep(2)
    except TimeoutError:
        end = world.server.log.read_text(errors="replace")[-3000:]
        pytest.fail(f"{len(open_)} still open, such as {open_[:5]}\n{end}")


async def _judge(world: World, openid: str) -> int:
    """Holds one conversation to the promises; returns how many sends to it are uncertain."""
    screen = world.platform.phone(openid).screen
    async with world.sessions() as session:
        account = (
            await session.scalars(select(ChannelAccount).where(ChannelAccount.account == openid))
        ).one()
        entries = (
            await session.scalars(
                select(Message)
                .where(Message.conversation_id == account.conversation_id, Message.seq.is_not(None))
                .order_by(Message.seq)
            )
        ).all()
        claims = await session.scalars(
            select(Delivery.claim)
            .where(
                Delivery.conversation_id == account.conversation_id,
                Delivery.state == DeliveryState.UNCERTAIN,
            )
            .distinct()
        )
    transcript = _transcript(screen, entries)
    stored = [entry.text for entry in entries if entry.origin is Origin.CUSTOMER]
    assert len(set(stored)) == len(stored), f"stored twice\n{transcript}"
    never = [text for text in world.asked[openid] if text not in stored]
    assert len(never) <= sum(shown.text == BROKEN for shown in screen), f"lost in silence\n{transcript}"

    answers = [entry for entry in entries if entry.text.startswith("答")]
    answered = [text for entry in answers for text in QUESTION.findall(entry.text)]
    assert answered == stored, f"not one answer each, in order\n{transcript}"

    uncertain = [entry for entry in entries if entry.delivery == "uncertain"]
    sends = len(claims.all())
    assert sends <= KILLS, transcript
    doubtful = {text for entry in uncertain for text in QUESTION.findall(entry.text)}
    shown = [text for one in screen if one.side == "them" for text in QUESTION.findall(one.text)]
    sure = [text for text in shown if text not in doubtful]
    assert sure == [text for text in stored if text not in doubtful], transcript
    assert all(shown.count(text) <= 1 for text in doubtful), transcript
    return sends


def _transcript(screen: list[Shown], entries: Any) -> str:
    phone = [f"  {one.at:.2f} {one.side} {one.via}: {one.text}" for one in screen]
    log = [
        f"  {one.seq} {one.origin.value} {one.delivery} {one.created_at:%T.%f}: {one.text}" for one in entries
    ]
    return "\n".join(["phone:", *phone, "log:", *log])
