"""The widget in a real browser with the real gateway and database; what Rasa says is scripted."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, async_playwright
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import handover, log
from gateway.services import Services
from gateway.web import public_app
from records.conversations import Conversation
from records.staff import Staff
from tests.gateway.conftest import ROOT, clock, context, demo_insurer, rasa, services
from tests.product import chromium

__all__ = ["clock", "context", "demo_insurer", "rasa", "services"]

DIST = ROOT / "web" / "widget" / "dist"
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


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


@dataclass
class Widget:
    """The chat window on one page, as a customer handles it."""

    page: Page
    errors: list[str] = field(default_factory=list)

    @property
    def box(self) -> Locator:
        return self.page.locator("baodan-chat")

    @property
    def input(self) -> Locator:
        return self.box.get_by_role("textbox")

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.box.get_by_role("button", name=name, exact=exact)

    def text(self, text: str) -> Locator:
        return self.box.get_by_text(text)

    async def say(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")

    async def bubbles(self) -> list[str]:
        """What was said, from top to bottom."""
        return await self.box.locator(".bubble").all_inner_texts()

    async def conversation(self) -> uuid.UUID:
        kept = await self.page.evaluate("localStorage.getItem('baodan:demo-site:session')")
        return uuid.UUID(json.loads(kept)["conversation"])


@pytest.fixture
async def site(services: Services, free_port: Callable[[], int]) -> AsyncIterator[Site]:
    if not (DIST / "baodan-chat.js").is_file():
        pytest.fail("The widget is not built: make build")
    running = Site(services, free_port())
    await running.up()
    yield running
    await running.down()


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
    site: Site
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
        await page.goto(self.site.url)
        if phone:
            await widget.button("在线客服").click()
        await widget.box.get_by_role("log").get_by_text("不是真人").wait_for()
        return widget


@pytest.fixture
async def visitors(browser: Browser, site: Site) -> AsyncIterator[Visitors]:
    everybody = Visitors(browser, site)
    async with everybody.stack:
        yield everybody
        assert [error for widget in everybody.opened for error in widget.errors] == []


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
