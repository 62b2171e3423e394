"""A specialist's day in a real browser: presence, writing, records, the supervisor, the keyboard."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from actions.turn import CallBack, HandOver
from gateway import attendance, handover, log
from gateway import sessions as chats
from gateway.services import Services
from records.conversations import Conversation, Mode
from tests.e2e.conftest import Office, Visitors
from tests.e2e.pages import Workplace
from tests.e2e.test_desk import serving
from tests.gateway.conftest import ADDRESS, SITE, Customer, said

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]
CURSOR = """(() => {
  const at = document.activeElement;
  const own = ['A', 'BUTTON'].includes(at.tagName) ? at.textContent : '';
  return (at.getAttribute('aria-label') || '') + (at.labels?.[0]?.textContent || '') + own;
})()"""
"""What the thing with the cursor is called."""
TABS = 60
"""More presses of Tab than any page here needs."""


@pytest.fixture
async def attending(services: Services) -> AsyncIterator[None]:
    """What `app.bootstrap` runs beside the listeners: assignment, and looking for who has gone."""
    task = asyncio.create_task(attendance.run_forever(services))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def ask_for_somebody(services: Services, words: str, customer_id: str | None = None) -> Customer:
    """A customer in the queue, without a browser."""
    opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
    customer = Customer(services, opened.conversation)
    await customer.says(words)
    await customer.until(lambda seen: said(seen, "收到："))
    async with services.sessions.begin() as session:
        row = await log.lock(session, customer.conversation)
        row.customer_id = customer_id
        await handover.hand_over(session, services, row, HandOver("requested"), services.clock())
    return customer


async def test_who_comes_to_the_desk_is_given_customers_up_to_the_cap(
    office: Office, services: Services, attending: None
) -> None:
    lin = await office.specialist("lin")
    await ask_for_somebody(services, "第一位")
    await expect(lin.row("第一位")).to_be_visible()
    await expect(lin.page.get_by_text("您还没上线")).to_be_visible()
    await lin.button("上线接待").click()
    await lin.tab("我的").click()
    await expect(lin.row("第一位")).to_be_visible()
    await lin.page.get_by_role("button", name="接待状态").click()
    await lin.page.get_by_role("spinbutton", name="同时接待上限").fill("1")
    await lin.page.keyboard.press("Enter")
    await lin.page.keyboard.press("Escape")
    await expect(lin.page.get_by_role("button", name="接待状态")).to_contain_text("1/1")
    await ask_for_somebody(services, "第二位")
    await lin.tab("等待中").click()
    await expect(lin.row("第二位")).to_be_visible()
    await lin.button("接下一位").click()
    await expect(lin.page.get_by_role("button", name="接待状态")).to_contain_text("2/1")


async def test_a_canned_reply_by_pinyin_and_a_clause_with_its_source(
    visitors: Visitors, office: Office
) -> None:
    customer, lin = await serving(visitors, office)
    await lin.page.keyboard.press("/")
    await lin.page.keyboard.type("wenhao")
    await expect(lin.page.get_by_role("option").first).to_contain_text("问好")
    await lin.page.keyboard.press("Enter")
    await expect(lin.field).to_have_value(re.compile("您好，我是林专员，工号1001"))
    await lin.field.fill("")
    await lin.page.keyboard.insert_text("、")
    await expect(lin.page.get_by_role("combobox")).to_be_focused()
    await lin.page.keyboard.press("Escape")
    await expect(lin.field).to_have_value("")
    await lin.page.keyboard.press("Alt+q")
    await lin.page.keyboard.type("安心守护等待期")
    await expect(lin.page.get_by_role("option").first).to_contain_text("等待期")
    await lin.page.keyboard.press("Enter")
    await expect(lin.field).to_be_focused()
    cited = lin.page.locator(".extras li").first
    await expect(cited).to_contain_text("《安心守护重大疾病保险（2026版）》")
    await lin.page.reload()
    await expect(cited).to_contain_text("《安心守护重大疾病保险（2026版）》")
    await lin.field.press("Control+Enter")
    await expect(lin.transcript.locator(".specialist .cited").first).to_contain_text("《安心守护")
    await expect(customer.box.locator(".specialist .citations").first).to_be_visible()
    await expect(cited).to_have_count(0)


async def test_a_canned_reply_of_ones_own(visitors: Visitors, office: Office) -> None:
    _, lin = await serving(visitors, office)
    keys = lin.page.keyboard
    await lin.field.fill("{customer}您好，材料已齐，{today}起5个工作日内有结果。")
    await lin.button("快捷回复").click()
    await lin.button("存一条自己的").click()
    dialog = lin.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="存下来").click()
    await expect(dialog).to_contain_text("请起个名字")
    await dialog.get_by_label("名字").fill("材料已齐")
    await lin.confirm("存下来")
    await lin.page.get_by_role("combobox").fill("clyq")
    await expect(lin.page.get_by_role("option")).to_have_count(1)
    await lin.field.fill("")
    await keys.press("/")
    await keys.type("clyq")
    await expect(lin.page.get_by_role("option")).to_have_count(1)
    await keys.press("Enter")
    await expect(lin.field).to_have_value("您好，材料已齐，11月22日起5个工作日内有结果。")
    await keys.press("Control+a")
    await keys.press("Delete")
    await lin.button("快捷回复").click()
    await lin.page.get_by_role("option").first.get_by_role("button", name="删除").click()
    await expect(lin.page.get_by_role("option").filter(has_text="材料已齐")).to_have_count(0)


async def test_a_file_is_sent_and_the_customer_can_open_it(
    visitors: Visitors, office: Office, tmp_path: Path
) -> None:
    customer, lin = await serving(visitors, office)
    paper = tmp_path / "变更说明.pdf"
    paper.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    await lin.page.get_by_label("附件").last.set_input_files(paper)
    await expect(lin.page.locator(".extras")).to_contain_text("变更说明.pdf")
    await lin.reply("请看附件。")
    shown = customer.box.locator(".file", has_text="变更说明.pdf")
    await expect(shown).to_be_visible()
    async with customer.page.expect_download() as download:
        await shown.click()
    assert (await download.value).suggested_filename == "变更说明.pdf"


async def test_records_are_masked_until_a_reason_is_given(office: Office, services: Services) -> None:
    customer = await ask_for_somebody(services, "我的保单", "C001")
    lin = await office.specialist("lin")
    await lin.go(customer.conversation)
    panel = lin.page.get_by_label("客户资料")
    await expect(panel.get_by_text("138****1001")).to_be_visible()
    await expect(panel.get_by_role("heading", name="理赔")).to_be_visible()
    await lin.page.get_by_role("button", name="查看手机").click()
    dialog = lin.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="查看", exact=True).click()
    await expect(dialog).to_contain_text("请写明查看原因")
    await dialog.get_by_role("button", name="回电核实").click()
    await lin.confirm("查看")
    await expect(panel.get_by_text("13800001001")).to_be_visible()


async def test_somebody_else_is_looking(office: Office, services: Services) -> None:
    customer = await ask_for_somebody(services, "在吗")
    lin, he = await office.specialist("lin"), await office.specialist("he")
    for one in (lin, he):
        await one.button("上线接待").click()
        await one.go(customer.conversation)
    await expect(lin.page.get_by_text("何专员 也在看")).to_be_visible()
    await he.page.get_by_role("link", name="投诉").click()
    await expect(lin.page.get_by_text("何专员 也在看")).to_have_count(0)


async def test_a_supervisor_whispers_and_decides_who_serves(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    tang = await office.specialist("tang")
    await tang.go(await customer.conversation())
    await tang.button("悄悄话").click()
    await tang.page.get_by_label("只给接待的专员看").fill("先安抚，再查扣款")
    await tang.page.keyboard.press("Control+Enter")
    await expect(lin.transcript.locator(".whisper")).to_contain_text("先安抚，再查扣款")
    await expect(lin.page.get_by_role("alert").filter(has_text="主管提醒")).to_be_visible()
    assert not any("先安抚" in text for text in await customer.bubbles())
    await tang.button("改派").click()
    dialog = tang.page.get_by_role("dialog")
    await dialog.get_by_role("combobox").click()
    await tang.page.get_by_role("option", name="何专员").click()
    await dialog.get_by_label("告诉接手的人").fill("理赔问题，请何专员接。")
    await tang.confirm("改派")
    await expect(customer.text("何专员（工号1002）来为您服务了").first).to_be_visible()
    await expect(lin.page.get_by_text("何专员 正在接待这位客户")).to_be_visible()


async def test_a_wrong_intent_is_marked_with_one_click(visitors: Visitors, office: Office) -> None:
    _, lin = await serving(visitors, office)
    line = lin.transcript.locator(".customer", has_text="重疾险等待期多久")
    await line.hover()
    await line.get_by_role("button", name="理解错了").click()
    await expect(line.get_by_role("button", name="已标：理解错了")).to_be_visible()
    tang = await office.specialist("tang")
    await tang.page.get_by_role("link", name="报表").click()
    await tang.page.get_by_text("标记清单").click()
    await expect(tang.page.get_by_role("row").filter(has_text="重疾险等待期多久")).to_contain_text("林专员")


async def test_the_wall_and_the_reports(visitors: Visitors, office: Office, services: Services) -> None:
    _, lin = await serving(visitors, office)
    await lin.reply("您好")
    await ask_for_somebody(services, "还要等多久")
    tang = await office.specialist("tang")
    page = tang.page
    await page.get_by_role("link", name="看板").click()
    await expect(page.locator(".figure", has_text="正在等待").first).to_contain_text("1")
    await expect(page.locator(".figure", has_text="人工接待中")).to_contain_text("1")
    await expect(page.get_by_role("row").filter(has_text="林专员")).to_contain_text("1/5")
    await page.get_by_role("link", name="报表").click()
    await page.get_by_label("从").fill("2026-11-20")
    await page.get_by_role("textbox", name="到").fill("2026-11-22")
    await expect(page.locator("figure").first).to_contain_text("11-20")
    await expect(page.locator("figure").first).not_to_contain_text("11-23")
    await expect(page.get_by_role("img", name=re.compile("客户要求人工 2"))).to_be_visible()
    await expect(page.locator("figure svg").first).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="导出 CSV").first.click()
    assert (await download.value).suggested_filename == "days.csv"


async def test_the_audit_is_read_and_verified(visitors: Visitors, office: Office) -> None:
    await serving(visitors, office)
    auditor = await office.specialist("audit")
    page = auditor.page
    await page.get_by_role("link", name="审计").click()
    await expect(page.get_by_role("row").filter(has_text="接入")).to_contain_text("林专员")
    await auditor.button("校验全部").click()
    await expect(page.get_by_text("全部完整")).to_be_visible()
    await page.get_by_role("link", name="账号").click()
    await expect(page.get_by_role("row").filter(has_text="tang")).to_contain_text("主管")
    await expect(page.get_by_role("button", name="停用")).to_have_count(0)


async def test_an_administrator_throws_somebody_out(office: Office) -> None:
    lin, admin = await office.specialist("lin"), await office.specialist("admin")
    await admin.page.get_by_role("link", name="账号").click()
    row = admin.page.get_by_role("row").filter(has_text="林专员")
    await row.get_by_role("button", name="强制下线").click()
    await admin.page.get_by_role("button", name="确定").click()
    await expect(row).to_contain_text("0")
    await lin.tab("我的").click()
    await lin.page.get_by_role("button", name="接待状态").click()
    await lin.page.get_by_text("手上的会话继续").click()
    await expect(lin.page.get_by_text("登录已过期")).to_be_visible()


async def test_a_second_factor_from_setting_up_to_logging_in(office: Office, services: Services) -> None:
    tang = await office.specialist("tang")
    page = tang.page
    await page.get_by_role("button", name="唐主管").click()
    await page.get_by_text("登录安全").click()
    await expect(page.get_by_text("这是演示环境")).to_be_visible()
    await tang.button("开始绑定").click()
    secret = await page.locator(".secret code").inner_text()
    await page.get_by_label("6 位动态码").fill(pyotp.TOTP(secret).at(services.clock()))
    await tang.button("确认绑定").click()
    await expect(page.get_by_text("已绑定。登录时除了密码")).to_be_visible()
    await page.get_by_role("button", name="唐主管").click()
    await page.get_by_text("退出登录").click()
    await tang.try_log_in("tang", "demo-password")
    await expect(page.get_by_label("动态码")).to_be_focused()
    services.clock.forward(seconds=60)  # type: ignore[attr-defined]
    await page.keyboard.type(pyotp.TOTP(secret).at(services.clock()))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("实时")).to_be_visible()


async def test_a_call_back_is_taken_and_done(office: Office, services: Services) -> None:
    customer = await ask_for_somebody(services, "晚上没人吗", "C001")
    async with services.sessions.begin() as session:
        row = await log.lock(session, customer.conversation)
        wish = CallBack("requested", None, "想问理赔进度")
        await handover.call_back(session, services, row, wish, services.clock())
    lin = await office.specialist("lin")
    await lin.page.get_by_role("link", name="待办").click()
    row_shown = lin.page.get_by_role("row").filter(has_text="想问理赔进度")
    await expect(row_shown).to_contain_text("138****1001")
    await expect(row_shown).to_contain_text(re.compile("剩|已超"))
    await row_shown.get_by_role("button", name="接手").click()
    await expect(row_shown).to_contain_text("13800001001")
    await row_shown.get_by_role("button", name="办完").click()
    await lin.page.get_by_label("结果").fill("已回电，告诉了要补的材料。")
    await lin.confirm("办完")
    await expect(row_shown).to_have_count(0)


async def tab_to(page: Page, name: str) -> None:
    """Presses Tab until something of this name has the cursor."""
    for _ in range(TABS):
        label = await page.evaluate(CURSOR)
        if name in label:
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"Tab never came to {name}")


async def test_a_shift_of_ten_conversations_by_keyboard_alone(office: Office, services: Services) -> None:
    customers = [await ask_for_somebody(services, f"问题{number}") for number in range(10)]
    place: Workplace = await office.browser_of_somebody()
    page, keys = place.page, place.page.keyboard
    await page.goto(place.url)
    await expect(page.get_by_label("账号")).to_be_focused()
    await keys.type("lin")
    await keys.press("Tab")
    await keys.type("demo-password")
    await keys.press("Enter")
    await expect(page.get_by_text("实时")).to_be_visible()
    for number, customer in enumerate(customers):
        await keys.press("Alt+a")
        await expect(place.transcript).to_contain_text(f"问题{number}")
        await expect(place.field).to_be_focused()
        if number % 3 == 0:
            await keys.press("/")
            await keys.type("zzcx")
            await expect(page.get_by_role("option")).to_have_count(1)
            await keys.press("Enter")
            await expect(place.field).to_have_value(re.compile("我正在帮您查"))
        await keys.type(f"回答{number}")
        await keys.press("Control+Enter")
        await expect(place.transcript.locator(".specialist")).to_contain_text(f"回答{number}")
        if number == 4:
            await keys.press("Alt+i")
            await keys.type("客户很着急")
            await keys.press("Control+Enter")
            await expect(place.transcript.locator(".note")).to_contain_text("客户很着急")
        if number == 5:
            await keys.press("Alt+t")
            await tab_to(page, "告诉接手的人")
            await keys.type("请理赔同事接")
            await keys.press("Control+Enter")
        else:
            await keys.press("Alt+e")
            await expect(page.get_by_role("dialog")).to_be_visible()
            await tab_to(page, "小结")
            await keys.type("答完")
            await keys.press("Control+Enter")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        seen = await customer.until(lambda log_, n=number: said(log_, f"回答{n}"))  # type: ignore[misc]
        assert seen
    await keys.press("?")
    await expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    await keys.press("Escape")
    modes = [await _mode(services, customer.conversation) for customer in customers]
    assert modes.count(Mode.CLOSED) == 9
    assert modes[5] is Mode.QUEUED


async def test_alt_n_j_and_k_walk_through_the_list(office: Office, services: Services) -> None:
    for number in range(3):
        await ask_for_somebody(services, f"问题{number}")
    lin = await office.specialist("lin")
    await expect(lin.row("问题2")).to_be_visible()
    for key, shown in (("n", 0), ("j", 1), ("j", 2), ("k", 1)):
        await lin.page.keyboard.press(f"Alt+{key}")
        await expect(lin.transcript).to_contain_text(f"问题{shown}")


async def _mode(services: Services, conversation: uuid.UUID) -> Mode:
    async with services.sessions() as session:
        return (await session.get_one(Conversation, conversation)).mode


async def test_a_dropped_line_comes_back_with_what_was_missed(
    visitors: Visitors, office: Office, services: Services
) -> None:
    lin = await office.specialist("lin")
    await lin.page.context.set_offline(True)
    await expect(lin.page.get_by_text("连接中")).to_be_visible()
    await ask_for_somebody(services, "断线时来的")
    await lin.page.context.set_offline(False)
    lin.errors.clear()
    await expect(lin.row("断线时来的")).to_be_visible(timeout=20_000)
    lin.errors.clear()
