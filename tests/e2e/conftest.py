"""Widget and desk in a real browser with the real gateway and database; what Rasa says is scripted."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import HandOver
from desk.web import staff_app
from gateway import handover, log
from gateway.services import Services
from gateway.web import public_app
from records.conversations import Conversation
from records.staff import Staff
from tests.e2e.pages import DESK, DESKTOP, PHONE, Widget, Workplace, listen
from tests.gateway.conftest import ROOT, clock, context, demo_insurer, rasa, services
from tests.gateway.scripted_rasa import ScriptedRasa, spoken
from tests.product import chromium

__all__ = ["clock", "context", "demo_insurer", "rasa", "services"]

DIST = ROOT / "web" / "widget" / "dist"
DESK_DIST = ROOT / "web" / "desk" / "dist"
expect.set_options(timeout=10_000)
CLAUSE = {"title": "安心守护重大疾病保险（2026版）", "clause": "第3.2条", "version": "2026.1"}


@dataclass
class Site:
    """The public listener with the demo page; it can go down and come back on the same port."""

    running: Services
    port: int
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def up(self) -> None:
        self._runner = web.AppRunner(public_app(self.running, DIST), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def down(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@pytest.fixture
async def site(services: Services, free_port: Callable[[], int]) -> AsyncIterator[Site]:
    if not (DIST / "baodan-chat.js").is_file():
        pytest.fail("The widget is not built: make web")
    running = Site(services, free_port())
    await running.up()
    yield running
    await running.down()


@pytest.fixture
def bot(rasa: ScriptedRasa, services: Services) -> ScriptedRasa:
    """Cites the clause on 等待期, hands over on 人工, else echoes."""

    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        said = body["text"] or body["intent"]["name"]
        if "人工" in said:
            services.running[uuid.UUID(body["turn"])].effects.append(HandOver("requested"))
            return spoken("好的，这就帮您转接。", "request_human")
        if "等待期" in said:
            buttons = [{"title": "怎么交费", "payload": "/ask_payment_method"}]
            message = {"text": "90天，从合同生效次日起算。", "buttons": buttons, "citations": [CLAUSE]}
            return {**spoken("", "ask_waiting_period"), "messages": [message]}
        return spoken(f"收到：{said}")

    rasa.answer = answer
    return rasa


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        await started.close()


@dataclass
class Visitors:
    """Browsers of different people; whatever a page complains about fails the test."""

    browser: Browser
    url: str
    opened: list[Widget] = field(default_factory=list)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def person(self, *, phone: bool = False) -> BrowserContext:
        return await self.stack.enter_async_context(
            await self.browser.new_context(
                viewport=PHONE if phone else DESKTOP,
                has_touch=phone,
                is_mobile=phone,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
        )

    async def visit(self, person: BrowserContext | None = None, *, phone: bool = False) -> Widget:
        """The demo page with the chat open."""
        page = await (person or await self.person(phone=phone)).new_page()
        widget = Widget(page)
        page.on("pageerror", lambda error: widget.errors.append(str(error)))
        self.opened.append(widget)
        await page.goto(self.url)
        if phone:
            await widget.button("在线客服").click()
        await widget.box.get_by_role("log").get_by_text("不是真人").wait_for()
        return widget


@pytest.fixture
async def visitors(browser: Browser, site: Site) -> AsyncIterator[Visitors]:
    everybody = Visitors(browser, site.url)
    async with everybody.stack:
        yield everybody
        assert [error for widget in everybody.opened for error in widget.errors] == []


@pytest.fixture
async def desk_url(
    services: Services, demo_insurer: None, free_port: Callable[[], int]
) -> AsyncIterator[str]:
    """The staff listener with the desk's pages."""
    if not (DESK_DIST / "index.html").is_file():
        pytest.fail("The desk is not built: make web")
    runner = web.AppRunner(staff_app(services, DESK_DIST), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/"
    await runner.cleanup()


@dataclass
class Office:
    """Specialists at their browsers; whatever a page complains about fails the test."""

    browser: Browser
    url: str
    opened: list[Workplace] = field(default_factory=list)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def browser_of_somebody(self) -> Workplace:
        person = await self.stack.enter_async_context(
            await self.browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
        )
        place = Workplace(await person.new_page(), self.url)
        listen(place.page, place.errors)
        self.opened.append(place)
        return place

    async def specialist(self, login: str) -> Workplace:
        """Somebody who has logged in."""
        place = await self.browser_of_somebody()
        await place.log_in(login)
        return place


@pytest.fixture
async def office(browser: Browser, desk_url: str) -> AsyncIterator[Office]:
    everybody = Office(browser, desk_url)
    async with everybody.stack:
        yield everybody
        assert [error for place in everybody.opened for error in place.errors] == []


@dataclass
class Desk:
    """林专员 at work on one conversation, without the desk's own pages."""

    services: Services
    conversation: uuid.UUID

    async def _on_row(self) -> tuple[AsyncExitStack, AsyncSession, Conversation, Staff]:
        stack = AsyncExitStack()
        session = await stack.enter_async_context(self.services.sessions.begin())
        row = await log.lock(session, self.conversation)
        lin = (await session.scalars(select(Staff).where(Staff.login == "lin"))).one()
        return stack, session, row, lin

    async def claim(self) -> None:
        stack, session, row, lin = await self._on_row()
        async with stack:
            await handover.claim(session, self.services, row, lin, self.services.clock())

    async def reply(self, text: str) -> None:
        stack, session, row, lin = await self._on_row()
        async with stack:
            await handover.reply(session, row, lin, uuid.uuid4().hex, text, self.services.clock())

    async def close(self) -> None:
        stack, session, row, lin = await self._on_row()
        async with stack:
            now = self.services.clock()
            await handover.close(session, self.services, row, lin, now, reason="solved", summary="")
