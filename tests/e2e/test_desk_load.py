"""Two specialists, many conversations each: every message on every screen. How soon is printed, not judged.

`make load-desk` runs it at full size; see docs/measurements.md.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest
from playwright.async_api import Page
from sqlalchemy import select

from gateway import handover, log
from gateway import sessions as chats
from gateway.services import Services
from records.staff import Staff
from tests.e2e.conftest import Office
from tests.e2e.pages import Workplace
from tests.gateway.conftest import ADDRESS, SITE, Customer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("bot")]
EACH, MESSAGES = (40, 150) if os.environ.get("DESK_LOAD") == "full" else (10, 50)
PER_SECOND = 5
PATIENCE_SECONDS = 20
HEARD = """
(() => {
  const Source = window.EventSource;
  window.heard = {};
  window.EventSource = class extends Source {
    constructor(...all) {
      super(...all);
      super.addEventListener('conversation', (event) => {
        const token = JSON.parse(event.data).preview.match(/^m\\d+m$/)?.[0];
        if (token) setTimeout(() => { window.heard[token] ??= Date.now(); });
      });
    }
  };
})();
"""
"""Notes when a message had gone through the page's own handlers, by the wall clock both sides share."""


async def _held(services: Services, login: str) -> list[Customer]:
    customers = []
    for _ in range(EACH):
        opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
        async with services.sessions.begin() as session:
            row = await log.lock(session, opened.conversation)
            staff = (await session.scalars(select(Staff).where(Staff.login == login))).one()
            await handover.take_over(session, services, row, staff, services.clock())
        customers.append(Customer(services, opened.conversation))
    return customers


async def test_every_message_is_on_every_screen(office: Office, services: Services) -> None:
    customers = [one for login in ("lin", "he") for one in await _held(services, login)]
    screens = [await _screen(office, login) for login in ("lin", "he")]
    sent: dict[str, float] = {}
    newest: dict[int, str] = {}
    began = time.monotonic()
    for number in range(MESSAGES):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        token, whose = f"m{number}m", number * 7 % len(customers)
        sent[token] = time.time() * 1000
        newest[whose] = token
        await customers[whose].says(token)
    for screen, own in zip(screens, (range(EACH), range(EACH, 2 * EACH)), strict=True):
        heard = await _heard(screen.page, len(sent))
        assert heard.keys() == sent.keys()
        _report([(heard[token] - sent[token]) / 1000 for token in sent])
        rows = await screen.page.get_by_role("tabpanel").get_by_role("listitem").all_inner_texts()
        assert len(rows) == EACH
        assert [newest[one] for one in own if not any(newest[one] in row for row in rows)] == []


async def _heard(page: Page, wanted: int) -> dict[str, Any]:
    """What the page has been told; as soon as it is as much as wanted, or when patience ends."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        heard: dict[str, Any] = await page.evaluate("window.heard")
        if len(heard) >= wanted or time.monotonic() > ends:
            return heard
        await asyncio.sleep(0.2)


def _report(delays: list[float]) -> None:
    delays.sort()
    middle, late = (delays[int(len(delays) * part)] for part in (0.5, 0.95))
    print(f"\n{2 * EACH} conversations, {len(delays)} messages, median {middle:.3f} s, p95 {late:.3f} s")


async def _screen(office: Office, login: str) -> Workplace:
    place = await office.browser_of_somebody()
    await place.page.add_init_script(HEARD)
    await place.log_in(login)
    await place.tab("我的").click()
    return place
