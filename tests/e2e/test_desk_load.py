"""Two specialists with forty conversations each: every message on every screen, and soon."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import select

from gateway import handover, log
from gateway import sessions as chats
from gateway.services import Services
from records.staff import Staff
from tests.e2e.conftest import Office
from tests.e2e.pages import Workplace
from tests.gateway.conftest import ADDRESS, SITE, Customer

pytestmark = [pytest.mark.browser, pytest.mark.shift, pytest.mark.slow, pytest.mark.usefixtures("bot")]
EACH = 40
MESSAGES = 150
PER_SECOND = 5
P95_SECONDS = 0.5
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


async def test_every_message_is_on_every_screen_soon(office: Office, services: Services) -> None:
    customers = [one for login in ("lin", "he") for one in await _held(services, login)]
    screens = [await _screen(office, login) for login in ("lin", "he")]
    sent: dict[str, float] = {}
    began = time.monotonic()
    for number in range(MESSAGES):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        token = f"m{number}m"
        sent[token] = time.time() * 1000
        await customers[number * 7 % len(customers)].says(token)
    await asyncio.sleep(2)
    for screen in screens:
        heard: dict[str, Any] = await screen.page.evaluate("window.heard")
        assert heard.keys() == sent.keys()
        delays = sorted((heard[token] - sent[token]) / 1000 for token in sent)
        p95 = delays[int(len(delays) * 0.95)]
        print(f"\n{len(delays)} messages, median {delays[len(delays) // 2]:.3f} s, p95 {p95:.3f} s")
        assert p95 < P95_SECONDS
    shown = await screens[0].page.get_by_role("tabpanel").get_by_role("listitem").count()
    assert shown == EACH


async def _screen(office: Office, login: str) -> Workplace:
    place = await office.browser_of_somebody()
    await place.page.add_init_script(HEARD)
    await place.log_in(login)
    await place.tab("我的").click()
    return place
