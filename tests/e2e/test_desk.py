"""What a specialist does at the desk, with a customer in the widget at the other end."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from gateway.services import Services
from tests.conftest import NOW
from tests.e2e.conftest import Office, Visitors
from tests.e2e.pages import Widget, Workplace
from tests.gateway.conftest import suggestions
from tests.gateway.scripted_rasa import ScriptedRasa

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]

CLAIMED = "林专员（工号1001）来为您服务了"
BACK = "专员的服务先到这里"


async def waiting(visitors: Visitors) -> Widget:
    """A customer who has asked something and stands in the queue."""
    customer = await visitors.visit()
    await customer.say("重疾险等待期多久")
    await expect(customer.text("90天，从合同生效次日起算。").first).to_be_visible()
    await customer.say("转人工")
    await expect(customer.text("您排在第1位").first).to_be_visible()
    return customer


async def serving(visitors: Visitors, office: Office) -> tuple[Widget, Workplace]:
    """A customer and 林专员, who has claimed the conversation."""
    customer = await waiting(visitors)
    lin = await office.specialist("lin")
    await lin.row("转人工").click()
    await lin.button("接入").click()
    await expect(lin.field).to_be_focused()
    return customer, lin


async def test_logging_in_with_a_wrong_and_the_right_password(office: Office) -> None:
    somebody = await office.browser_of_somebody()
    page = somebody.page
    await page.goto(somebody.url)
    await somebody.try_log_in("lin", "wrong")
    await expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    await expect(page.get_by_role("textbox", name="密码")).to_be_focused()
    await somebody.try_log_in("lin", "demo-password")
    await expect(page.get_by_text("没有客户在等待")).to_be_visible()
    await expect(page.get_by_role("button", name="林专员")).to_be_visible()

    await page.reload()
    await expect(page.get_by_text("没有客户在等待")).to_be_visible()

    await page.get_by_role("button", name="林专员").click()
    await page.get_by_text("退出登录").click()
    await expect(somebody.button("登录")).to_be_visible()
    await page.goto(f"{somebody.url}#/complaints")
    await expect(somebody.button("登录")).to_be_visible()


async def test_an_address_inside_leads_to_the_log_in_and_back(office: Office) -> None:
    somebody = await office.browser_of_somebody()
    await somebody.page.goto(f"{somebody.url}#/complaints")
    await somebody.try_log_in("he", "demo-password")
    await expect(somebody.page.get_by_role("heading", name="投诉")).to_be_visible()


async def test_the_waiting_list_is_live(visitors: Visitors, office: Office) -> None:
    lin = await office.specialist("lin")
    await expect(lin.page.get_by_text("没有客户在等待")).to_be_visible()
    customer = await waiting(visitors)
    await expect(lin.row("转人工")).to_be_visible()
    await expect(lin.tab("等待中")).to_contain_text("1")
    await expect(lin.page).to_have_title("(1) 保单专员工作台")
    await customer.say("我在地铁上，信号不好")
    await expect(lin.row("我在地铁上，信号不好")).to_be_visible()
    await customer.button("取消排队").click()
    await expect(lin.page.get_by_text("没有客户在等待")).to_be_visible()
    await expect(lin.page).to_have_title("保单专员工作台")


async def test_a_customer_and_a_specialist_talk_to_each_other(
    visitors: Visitors, office: Office, rasa: ScriptedRasa
) -> None:
    customer = await waiting(visitors)
    lin = await office.specialist("lin")
    await lin.row("转人工").click()
    await expect(lin.transcript).to_contain_text("重疾险等待期多久")
    await expect(lin.transcript).to_contain_text("90天，从合同生效次日起算。")
    await expect(lin.transcript).to_contain_text("《安心守护重大疾病保险（2026版）》第3.2条")
    await expect(lin.page.get_by_label("客户资料").get_by_text("客户要求人工")).to_be_visible()

    await lin.button("接入").click()
    await expect(customer.text(CLAIMED).first).to_be_visible()
    await expect(lin.tab("我的")).to_have_attribute("aria-selected", "true")
    await lin.reply("您好，我是林专员，等待期的事我来说明。")
    await expect(customer.text("等待期的事我来说明").first).to_be_visible()
    await expect(customer.box.locator(".who", has_text="林专员（工号1001）")).to_be_visible()

    turns = len(rasa.turns)
    await customer.say("等待期里住院赔不赔？")
    await expect(lin.transcript).to_contain_text("等待期里住院赔不赔？")
    await lin.reply("意外住院不受等待期限制。")
    await expect(customer.text("意外住院不受等待期限制。").first).to_be_visible()
    assert len(rasa.turns) == turns

    await lin.button("交回机器人").click()
    await lin.confirm("交回")
    await expect(customer.text(BACK).first).to_be_visible()
    await customer.say("谢谢")
    await expect(customer.text("收到：谢谢").first).to_be_visible()
    await expect(lin.transcript).to_contain_text("收到：谢谢")
    await expect(lin.button("接管")).to_be_visible()


async def test_taking_over_from_the_bot_in_the_middle_of_its_answer(
    visitors: Visitors, office: Office, rasa: ScriptedRasa, services: Services
) -> None:
    customer = await visitors.visit()
    await customer.say("您好")
    await expect(customer.text("收到：您好").first).to_be_visible()
    lin = await office.specialist("lin")
    await lin.tab("机器人").click()
    await lin.row("您好").click()
    await lin.button("接管").click()

    rasa.gate.clear()
    await customer.say("等待期多久")
    await expect(lin.transcript).to_contain_text("等待期多久")
    await lin.confirm("接管")
    await expect(customer.text(CLAIMED).first).to_be_visible()
    rasa.gate.set()

    suggested = lin.transcript.locator(".suggestion")
    await expect(suggested).to_contain_text("90天，从合同生效次日起算。")
    assert await suggestions(services, await customer.conversation()) == ["90天，从合同生效次日起算。"]
    await suggested.get_by_role("button", name="放进输入框").click()
    await expect(lin.field).to_have_value("90天，从合同生效次日起算。")
    await lin.field.press("Control+Enter")
    await expect(customer.text("90天，从合同生效次日起算。")).to_have_count(1)
    await expect(customer.box.locator(".who", has_text="林专员（工号1001）")).to_be_visible()


async def test_a_note_stays_among_colleagues(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    await lin.page.keyboard.press("Alt+i")
    await lin.page.get_by_label("写给同事看的备注").fill("客户情绪不好，先听。")
    await lin.page.keyboard.press("Control+Enter")
    await expect(lin.transcript.locator(".note")).to_contain_text("客户情绪不好，先听。")
    await lin.reply("我在。")
    await expect(customer.text("我在。").first).to_be_visible()
    await customer.page.reload()
    await expect(customer.text("我在。").first).to_be_visible()
    await expect(customer.text("客户情绪不好")).to_have_count(0)

    he = await office.specialist("he")
    await he.go(await customer.conversation())
    await expect(he.transcript.locator(".note")).to_contain_text("客户情绪不好，先听。")
    await expect(he.page.get_by_text("林专员 正在接待这位客户")).to_be_visible()


async def test_closing_asks_the_customer_for_a_rating(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    await lin.reply("已经帮您核对好了。")
    await expect(customer.text("已经帮您核对好了。").first).to_be_visible()
    await lin.page.keyboard.press("Alt+e")
    await lin.page.get_by_label("小结").fill("等待期已说明。")
    await lin.confirm("结束会话")
    await expect(customer.text("这次服务结束了").first).to_be_visible()
    await customer.text("很满意").click()
    await customer.button("提交评价").click()
    await expect(customer.text("谢谢，您的评价：5 分（很满意）").first).to_be_visible()
    await expect(lin.page.get_by_text("会话已结束", exact=True)).to_be_visible()
    await expect(lin.transcript.locator(".note")).to_contain_text("等待期已说明。")
    await lin.tab("已结束").click()
    await expect(lin.row("访客")).to_be_visible()


async def test_of_two_who_claim_one_wins_and_the_other_reads_who(visitors: Visitors, office: Office) -> None:
    customer = await waiting(visitors)
    lin, he = await office.specialist("lin"), await office.specialist("he")
    for somebody in (lin, he):
        await somebody.row("转人工").click()
    held: asyncio.Future[Route] = asyncio.get_running_loop().create_future()
    await he.page.route("**/claim", lambda route: held.set_result(route))
    await he.button("接入").click()
    late = await held
    await lin.button("接入").click()
    await expect(lin.field).to_be_visible()
    await late.continue_()
    await expect(he.notice).to_contain_text("已被林专员接入")
    await expect(he.page.get_by_text("林专员 正在接待这位客户")).to_be_visible()
    await expect(he.field).to_have_count(0)
    await expect(customer.text(CLAIMED)).to_have_count(1)


async def test_enter_makes_a_line_and_only_ctrl_enter_sends(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    keyboard = lin.page.keyboard
    await keyboard.type("第一行")
    await keyboard.press("Enter")
    await keyboard.type("第二行")
    composing = (
        "new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true})"
    )
    await lin.field.evaluate(f"field => field.dispatchEvent({composing})")
    await expect(lin.field).to_have_value("第一行\n第二行")
    assert not any("第一行" in said for said in await customer.bubbles())
    await keyboard.press("Control+Enter")
    await expect(customer.text("第一行").first).to_be_visible()
    assert "第一行\n第二行" in await customer.bubbles()
    await expect(lin.field).to_have_value("")
    await expect(lin.field).to_be_focused()


async def test_a_draft_survives_a_reload_and_stays_with_its_conversation(
    visitors: Visitors, office: Office
) -> None:
    customer, lin = await serving(visitors, office)
    await lin.field.fill("正在查，请稍等")
    await waiting(visitors)
    await lin.page.reload()
    await expect(lin.field).to_have_value("正在查，请稍等")
    await lin.tab("等待中").click()
    await lin.row("转人工").click()
    await lin.button("接入").click()
    await expect(lin.field).to_have_value("")
    await lin.go(await customer.conversation())
    await expect(lin.field).to_have_value("正在查，请稍等")
    await lin.field.press("Control+Enter")
    await expect(customer.text("正在查，请稍等").first).to_be_visible()
    await lin.page.reload()
    await expect(lin.field).to_have_value("")


async def test_a_reply_that_finds_no_server_is_kept_and_sent_once(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    await lin.page.route("**/reply", lambda route: route.abort())
    await lin.reply("材料收到了")
    await expect(lin.page.get_by_text("还没确认发出")).to_be_visible(timeout=15_000)
    await lin.page.unroute("**/reply")
    assert all("net::ERR_FAILED" in error for error in lin.errors)
    lin.errors.clear()
    await lin.button("重试").click()
    await expect(customer.text("材料收到了").first).to_be_visible()
    await expect(lin.transcript.get_by_text("材料收到了")).to_have_count(1)


async def test_transferred_to_a_colleague(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    he = await office.specialist("he")
    await lin.button("转接").click()
    dialog = lin.page.get_by_role("dialog")
    await dialog.get_by_text("转给专员").click()
    await dialog.get_by_role("combobox").click()
    await lin.page.get_by_role("option", name="何专员").click()
    await dialog.get_by_role("button", name="转接").click()
    await expect(dialog).to_contain_text("请写一句交接说明")
    await dialog.get_by_label("告诉接手的人").fill("客户问等待期里的住院。")
    await lin.confirm("转接")
    await expect(customer.text("何专员（工号1002）来为您服务了").first).to_be_visible()
    await he.tab("我的").click()
    await he.row("访客").click()
    await expect(he.transcript).to_contain_text("客户问等待期里的住院。")
    await he.reply("您好，我是何专员。")
    await expect(customer.text("您好，我是何专员。").first).to_be_visible()


async def test_the_demo_complaints_with_their_deadlines(office: Office) -> None:
    he = await office.specialist("he")
    page = he.page
    await page.clock.set_fixed_time(NOW)
    await page.get_by_role("link", name="投诉").click()
    row = page.get_by_role("listitem").filter(has_text="TS202600040001")
    await expect(row).to_contain_text("扣款失败未通知")
    await expect(row).to_contain_text("李*梅")
    await expect(row).to_contain_text(re.compile(r"剩 \d+ 天"))
    await expect(page.get_by_text("TS202600040002")).to_have_count(0)
    await page.get_by_text("全部", exact=True).click()
    await expect(page.get_by_text("TS202600040002")).to_be_visible()
    await page.get_by_role("link", name="TS202600040001").click()
    await expect(page.get_by_role("complementary")).to_contain_text("希望怎么解决")
    await page.get_by_label("搜编号").fill("没有这件")
    await expect(page.get_by_text("没有符合的记录")).to_be_visible()


async def test_the_demo_requests_with_what_is_missing(office: Office) -> None:
    lin = await office.specialist("lin")
    page = lin.page
    await page.get_by_role("link", name="申请").click()
    await expect(page.get_by_text("BQ202600050002")).to_be_visible()
    await page.get_by_role("link", name="BQ202600050001").click()
    detail = page.get_by_role("complementary")
    await expect(detail).to_contain_text("被保险人签名的变更申请书")
    await expect(detail).to_contain_text("周*英")
    await expect(page.get_by_text("330106195509093127")).to_have_count(0)


async def test_an_auditor_looks_but_does_not_act(visitors: Visitors, office: Office) -> None:
    await waiting(visitors)
    auditor = await office.specialist("audit")
    await auditor.row("转人工").click()
    await expect(auditor.transcript).to_contain_text("重疾险等待期多久")
    await expect(auditor.button("接入")).to_have_count(0)
    await expect(auditor.button("备注")).to_have_count(0)


async def test_markup_of_a_customer_stays_text(visitors: Visitors, office: Office) -> None:
    customer, lin = await serving(visitors, office)
    await customer.say("<img src=x onerror=alert(1)><b>粗</b>")
    await expect(lin.transcript).to_contain_text("<img src=x onerror=alert(1)><b>粗</b>")
    await expect(lin.transcript.locator("img")).to_have_count(0)
