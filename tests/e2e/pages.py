"""The chat window and the desk in a browser, as those who use them handle them."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Locator, Page, ViewportSize

DESKTOP = ViewportSize(width=1280, height=800)
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
REFUSED = re.compile(r"^Failed to load resource: .* status of (401|409) ")
"""Chromium's note of an answer that says no: a wrong password, a conversation already claimed."""


def listen(page: Page, errors: list[str]) -> None:
    """Writes down whatever the page complains about."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED.match(message.text):
            errors.append(message.text)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", note)


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

    def text(self, text: str | re.Pattern[str]) -> Locator:
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


@dataclass
class Workplace:
    """The desk in one browser, as a specialist handles it."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)

    @property
    def transcript(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def field(self) -> Locator:
        """Where a reply to the customer is written."""
        return self.page.get_by_label("回复客户")

    @property
    def notice(self) -> Locator:
        """Why the last step was refused."""
        return self.page.locator(".notice")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name)

    def row(self, text: str) -> Locator:
        """The conversation in the list that is shown whose line holds this text."""
        return self.page.get_by_role("tabpanel").get_by_role("button").filter(has_text=text)

    async def try_log_in(self, login: str, password: str) -> None:
        await self.page.get_by_label("账号").fill(login)
        await self.page.get_by_role("textbox", name="密码").fill(password)
        await self.button("登录").click()

    async def log_in(self, login: str, password: str = "demo-password") -> None:
        await self.page.goto(self.url)
        await self.try_log_in(login, password)
        await self.page.get_by_text("实时").wait_for()

    async def go(self, conversation: uuid.UUID) -> None:
        """Opens a conversation by its address."""
        await self.page.goto(f"{self.url}#/c/{conversation}")
        await self.transcript.wait_for()

    async def reply(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Control+Enter")

    async def confirm(self, name: str) -> None:
        """Presses a button of the dialog that is open, and waits until it has gone."""
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("button", name=name, exact=True).click()
        await dialog.wait_for(state="hidden")
