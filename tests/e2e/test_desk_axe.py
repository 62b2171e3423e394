"""Accessibility: axe finds nothing serious on any page of the desk, light and dark."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from gateway.services import Services
from tests.e2e.accessibility import faults
from tests.e2e.conftest import Office, Visitors
from tests.e2e.pages import Workplace
from tests.e2e.test_desk import serving
from tests.e2e.test_desk_work import ask_for_somebody

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]
PAGES = ("投诉", "申请", "待办", "条款更新", "档案", "看板", "报表", "审计")
both = pytest.mark.parametrize("theme", ["light", "dark"])


async def nothing_serious(page: Page, where: str) -> None:
    assert await faults(page) == [], where


async def put_on(place: Workplace, theme: str) -> None:
    if theme == "dark":
        await place.button("切换到深色").click()


@both
async def test_a_conversation_and_all_that_opens_in_it(
    visitors: Visitors, office: Office, theme: str
) -> None:
    _, lin = await serving(visitors, office)
    page = lin.page
    await put_on(lin, theme)
    await nothing_serious(page, "a conversation of one's own")
    await page.keyboard.press("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    await nothing_serious(page, "canned replies")
    await lin.button("存一条自己的").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await nothing_serious(page, "a canned reply of one's own")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Alt+q")
    await page.get_by_role("combobox").fill("等待期")
    await expect(page.get_by_role("option").first).to_be_visible()
    await nothing_serious(page, "clauses")
    await page.keyboard.press("Escape")
    for name in ("转接", "交回机器人", "结束"):
        await lin.button(name).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await nothing_serious(page, name)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)


@both
async def test_the_pages_of_a_supervisor(office: Office, services: Services, theme: str) -> None:
    await ask_for_somebody(services, "我的保单", "C001")
    tang = await office.specialist("tang")
    page = tang.page
    await put_on(tang, theme)
    await tang.row("我的保单").click()
    await expect(page.get_by_role("heading", name="理赔")).to_be_visible()
    await nothing_serious(page, "a conversation with the customer's records")
    for name in PAGES:
        await page.get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", name=name).first).to_be_visible()
        await page.wait_for_timeout(300)
        await nothing_serious(page, name)
    await page.goto(f"{tang.url}#/security")
    await tang.button("开始绑定").click()
    await expect(page.get_by_alt_text("绑定用的二维码")).to_be_visible()
    await nothing_serious(page, "log-in security")


async def test_the_log_in_and_the_accounts(office: Office) -> None:
    admin = await office.browser_of_somebody()
    await admin.page.goto(admin.url)
    await expect(admin.button("登录")).to_be_visible()
    await nothing_serious(admin.page, "log-in")
    await admin.log_in("admin")
    await admin.page.get_by_role("link", name="账号").click()
    await expect(admin.page.get_by_role("row").nth(1)).to_be_visible()
    await nothing_serious(admin.page, "accounts")
