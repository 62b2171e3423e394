"""The WeChat phone of the demo, our page inside WeChat, and the desk's word on the budget, in a browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from records.channel_accounts import Allowance
from tests.e2e.conftest import Office
from tests.e2e.pages import PHONE
from tests.gateway.scripted_rasa import ScriptedRasa
from tests.gateway.wechat.conftest import Stage, Writer, clock, stage, writer

__all__ = ["clock", "stage", "writer"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]


async def _phone(browser: Browser, stage: Stage, errors: list[str]) -> Page:
    person = await browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = await person.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{stage.wechat.options.page_url}/demo/wechat")
    await expect(page.get_by_role("log").get_by_text("常用的几项")).to_be_visible()
    return page


async def test_the_phone_of_the_demo(browser: Browser, stage: Stage) -> None:
    errors: list[str] = []
    page = await _phone(browser, stage, errors)
    chat = page.get_by_role("log")
    await page.get_by_label("打字", exact=True).fill("重疾险等待期多久")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_text("90天，从合同生效次日起算。")).to_be_visible()
    await chat.get_by_role("button", name="1. 怎么交费").click()
    await expect(chat.get_by_text("收到：ask_payment_method")).to_be_visible()
    await page.get_by_role("button", name="切换到菜单").click()
    await page.get_by_role("button", name="保单服务").click()
    await page.get_by_role("button", name="我的保单", exact=True).click()
    await expect(chat.get_by_text("收到：check_policy")).to_be_visible()
    await page.get_by_role("button", name="发一段语音").click()
    await expect(chat.get_by_text("语音我还听不懂")).to_be_visible()
    await page.get_by_role("button", name="取消关注").click()
    await page.get_by_role("button", name="关注", exact=True).click()
    await expect(chat.get_by_text("常用的几项")).to_be_visible()
    assert errors == []


async def test_the_page_inside_wechat_goes_on_with_the_conversation(browser: Browser, stage: Stage) -> None:
    errors: list[str] = []
    page = await _phone(browser, stage, errors)
    await page.get_by_label("打字", exact=True).fill("在吗")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log").get_by_text("收到：在吗")).to_be_visible()
    await page.get_by_role("button", name="切换到菜单").click()
    await page.get_by_role("button", name="在线客服").click()
    await page.get_by_role("button", name="网页客服", exact=True).click()
    log = page.locator("baodan-chat").get_by_role("log")
    await expect(log.get_by_text("收到：在吗")).to_be_visible()
    await page.locator("baodan-chat").get_by_role("textbox").fill("网页里接着说")
    await page.keyboard.press("Enter")
    await expect(log.get_by_text("收到：网页里接着说")).to_be_visible()
    assert errors == []


async def test_the_desk_says_what_may_still_be_sent_before_it_is_sent(
    writer: Writer, office: Office, rasa: ScriptedRasa
) -> None:
    await writer.says("在吗")
    await writer.gets("收到：在吗")
    customer = await writer.customer()
    lin = await office.specialist("lin")
    await lin.go(customer.conversation)
    await lin.button("接管").click()
    await lin.confirm("接管")
    await expect(lin.page.get_by_text("微信还能发 4 条")).to_be_visible()
    await lin.reply("您好，我是林专员。")
    await writer.gets("您好，我是林专员。", via="custom")
    await expect(lin.page.get_by_text("微信还能发 3 条")).to_be_visible()
    async with writer.stage.services.sessions.begin() as session:
        await session.execute(update(Allowance).values(used=Allowance.granted))
    await lin.go(customer.conversation)
    await lin.page.reload()
    await expect(lin.page.get_by_text("微信的条数用完了")).to_be_visible()
    await lin.reply("还有一句")
    await expect(lin.transcript.get_by_text("发送中")).to_be_visible()
    await writer.says("好的")
    await writer.gets("还有一句")
    await expect(lin.page.get_by_text("微信还能发 5 条")).to_be_visible()
