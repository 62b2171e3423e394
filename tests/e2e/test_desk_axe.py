"""Accessibility: axe finds nothing serious on any page of the desk, light and dark."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from gateway.services import Services
from tests.e2e.accessibility import faults
from tests.e2e.conftest import Office, Visitors
from tests.e2e.test_desk import serving
from tests.e2e.test_desk_work import ask_for_somebody

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]
PAGES = ("投诉", "申请", "待办", "条款更新", "档案", "看板", "报表", "审计")


@pytest.fixture
def check() -> Callable[[Page, str], Awaitable[None]]:
    async def nothing_serious(page: Page, where: str) -> None:
        assert await faults(page) == [], where

    return nothing_serious


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_page_has_a_serious_fault(
    visitors: Visitors,
    office: Office,
    services: Services,
    theme: str,
    check: Callable[[Page, str], Awaitable[None]],
) -> None:
    _, lin = await serving(visitors, office)
    await ask_for_somebody(services, "我的保单", "C001")
    tang = await office.specialist("tang")
    if theme == "dark":
        for one in (lin, tang):
            await one.page.get_by_role("button", name="切换到深色").click()
    await check(lin.page, "a conversation of one's own")
    await lin.page.keyboard.press("/")
    await expect(lin.page.get_by_role("option").first).to_be_visible()
    await check(lin.page, "canned replies")
    await lin.button("存一条自己的").click()
    await expect(lin.page.get_by_role("dialog")).to_be_visible()
    await check(lin.page, "a canned reply of one's own")
    await lin.page.keyboard.press("Escape")
    await expect(lin.page.get_by_role("dialog")).to_have_count(0)
    await lin.page.keyboard.press("Alt+q")
    await lin.page.get_by_role("combobox").fill("等待期")
    await expect(lin.page.get_by_role("option").first).to_be_visible()
    await check(lin.page, "clauses")
    await lin.page.keyboard.press("Escape")
    for name in ("转接", "交回机器人", "结束"):
        await lin.button(name).click()
        await expect(lin.page.get_by_role("dialog")).to_be_visible()
        await check(lin.page, name)
        await lin.page.keyboard.press("Escape")
        await expect(lin.page.get_by_role("dialog")).to_have_count(0)
    await tang.row("我的保单").click()
    await expect(tang.page.get_by_role("heading", name="理赔")).to_be_visible()
    await check(tang.page, "a conversation with the customer's records")
    for name in PAGES:
        await tang.page.get_by_role("link", name=name).click()
        await expect(tang.page.get_by_role("heading", name=name).first).to_be_visible()
        await tang.page.wait_for_timeout(300)
        await check(tang.page, name)
    await tang.page.goto(f"{tang.url}#/security")
    await tang.button("开始绑定").click()
    await expect(tang.page.get_by_alt_text("绑定用的二维码")).to_be_visible()
    await check(tang.page, "log-in security")


async def test_the_log_in_and_the_accounts(
    office: Office, check: Callable[[Page, str], Awaitable[None]]
) -> None:
    admin = await office.browser_of_somebody()
    await admin.page.goto(admin.url)
    await expect(admin.button("登录")).to_be_visible()
    await check(admin.page, "log-in")
    await admin.log_in("admin")
    await admin.page.get_by_role("link", name="账号").click()
    await expect(admin.page.get_by_role("row").nth(1)).to_be_visible()
    await check(admin.page, "accounts")
