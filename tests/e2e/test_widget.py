"""What a customer does with the widget, on a desktop and on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import FilePayload, expect

from gateway.services import Services
from tests.e2e.conftest import Desk, Site, Visitors
from tests.gateway.scripted_rasa import ScriptedRasa
from tests.gateway.test_safe_files import png

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("bot")
async def test_an_answer_with_its_clause_and_buttons(visitors: Visitors) -> None:
    widget = await visitors.visit()
    await expect(widget.text("发消息前请知道").first).to_be_visible()
    await widget.say("重疾险等待期多久")
    await expect(widget.text("90天，从合同生效次日起算。").first).to_be_visible()

    cite = widget.button("《安心守护重大疾病保险（2026版）》第3.2条")
    await expect(cite).to_have_attribute("aria-expanded", "false")
    await cite.click()
    await expect(cite).to_have_attribute("aria-expanded", "true")
    await expect(widget.box.locator(".clause-text")).to_contain_text("等待期")

    await widget.button("怎么交费").click()
    await expect(widget.text("收到：ask_payment_method").first).to_be_visible()
    await expect(widget.button("怎么交费")).to_have_count(0)
    await expect(widget.text("可选：怎么交费").first).to_be_visible()
    assert "怎么交费" in await widget.bubbles()


async def test_history_is_there_once_after_a_reload(visitors: Visitors) -> None:
    widget = await visitors.visit()
    for text in ("第一句", "第二句"):
        await widget.say(text)
        await expect(widget.text(f"echo: {text}").first).to_be_visible()
    before = await widget.bubbles()
    await widget.page.reload()
    await expect(widget.text("echo: 第二句").first).to_be_visible()
    assert await widget.bubbles() == before


async def test_what_is_written_while_the_server_is_away_arrives_once(
    visitors: Visitors, site: Site, rasa: ScriptedRasa
) -> None:
    widget = await visitors.visit()
    await site.down()
    await widget.say("地铁里写的")
    await expect(widget.text("等网络恢复后自动发送").first).to_be_visible()
    await expect(widget.text("连接中断，正在重连").first).to_be_visible()
    await site.up()
    await expect(widget.text("echo: 地铁里写的").first).to_be_visible(timeout=15_000)
    assert (await widget.bubbles()).count("地铁里写的") == 1
    assert [turn["text"] for turn in rasa.turns] == ["地铁里写的"]


async def test_what_is_written_while_the_server_is_away_survives_a_reload(
    visitors: Visitors, site: Site, rasa: ScriptedRasa
) -> None:
    widget = await visitors.visit()
    await widget.page.route("**/api/chat/**", lambda route: route.abort())
    await site.down()
    await widget.say("地铁里写的")
    await site.up()
    await widget.page.reload()
    await expect(widget.text("地铁里写的").first).to_be_visible()
    await widget.page.unroute("**/api/chat/**")
    await expect(widget.text("echo: 地铁里写的").first).to_be_visible(timeout=15_000)
    assert [turn["text"] for turn in rasa.turns] == ["地铁里写的"]


async def test_without_websockets_it_goes_on_by_long_polling(visitors: Visitors) -> None:
    person = await visitors.person()
    await person.route_web_socket("**/api/chat/ws", lambda socket: socket.close())
    widget = await visitors.visit(person)
    await widget.say("您好")
    await expect(widget.text("echo: 您好").first).to_be_visible(timeout=10_000)


async def test_two_tabs_show_the_same(visitors: Visitors, rasa: ScriptedRasa) -> None:
    person = await visitors.person()
    one, two = await visitors.visit(person), await visitors.visit(person)
    await one.say("从第一个标签")
    await expect(two.text("echo: 从第一个标签").first).to_be_visible()
    await two.say("从第二个标签")
    await expect(one.text("echo: 从第二个标签").first).to_be_visible()
    assert await one.bubbles() == await two.bubbles()
    assert len(rasa.turns) == 2


async def test_the_token_stands_in_no_address(visitors: Visitors) -> None:
    person = await visitors.person()
    addresses: list[str] = []
    person.on("request", lambda request: addresses.append(request.url))
    person.on("page", lambda page: page.on("websocket", lambda socket: addresses.append(socket.url)))
    widget = await visitors.visit(person)
    token = await widget.page.evaluate("JSON.parse(localStorage.getItem('baodan:demo-site:session')).token")
    assert any("/api/chat/ws" in address for address in addresses)
    assert not any(token in address for address in addresses)


@pytest.mark.usefixtures("demo_insurer", "bot")
async def test_a_specialist_takes_over_and_is_rated(visitors: Visitors, services: Services) -> None:
    widget = await visitors.visit()
    await widget.button("转人工").click()
    await expect(widget.text("正在为您转接专员，您排在第 1 位").first).to_be_visible()
    await expect(widget.button("取消排队")).to_be_visible()

    desk = Desk(services, await widget.conversation())
    await desk.claim()
    await desk.reply("您好，我是林专员。")
    await expect(widget.text("您好，我是林专员。").first).to_be_visible()
    await expect(widget.box.locator(".who", has_text="林专员（工号1001）")).to_be_visible()
    await expect(widget.button("取消排队")).to_be_hidden()

    await desk.close()
    await widget.text("很满意").click()
    await widget.button("提交评价").click()
    await expect(widget.text("谢谢，您的评价：5 分（很满意）").first).to_be_visible()
    await widget.page.reload()
    await expect(widget.text("谢谢，您的评价：5 分（很满意）").first).to_be_visible()


@pytest.mark.usefixtures("demo_insurer", "bot")
async def test_leaving_the_queue(visitors: Visitors) -> None:
    widget = await visitors.visit()
    await widget.button("转人工").click()
    await widget.button("取消排队").click()
    await expect(widget.text("已经取消排队").first).to_be_visible()
    await expect(widget.box.locator(".status")).to_have_text("智能助手，不是真人")


async def test_unread_messages_are_counted_while_it_is_closed(visitors: Visitors, rasa: ScriptedRasa) -> None:
    widget = await visitors.visit()
    rasa.gate.clear()
    await widget.say("您好")
    await widget.button("收起").click()
    rasa.gate.set()
    await expect(widget.box.locator(".badge")).to_contain_text("1")
    await widget.button("在线客服", exact=False).click()
    await expect(widget.box.locator(".badge")).to_be_hidden()


async def test_the_keyboard_is_enough(visitors: Visitors) -> None:
    widget = await visitors.visit()
    keyboard = widget.page.keyboard
    await widget.input.focus()
    await keyboard.type("第一行")
    await keyboard.press("Shift+Enter")
    await keyboard.type("第二行")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    await widget.input.evaluate(f"field => field.dispatchEvent({composing})")
    assert await widget.input.input_value() == "第一行\n第二行"
    await keyboard.press("Enter")
    await expect(widget.text("echo: 第一行").first).to_be_visible()

    await keyboard.press("Escape")
    launcher = widget.button("在线客服", exact=False)
    await expect(launcher).to_be_focused()
    await expect(launcher).to_have_attribute("aria-expanded", "false")
    await keyboard.press("Enter")
    await expect(widget.input).to_be_focused()


async def test_a_screen_reader_finds_its_way(visitors: Visitors) -> None:
    widget = await visitors.visit()
    await expect(widget.box.get_by_role("dialog")).to_have_accessible_name("安和保险（演示） 在线客服")
    transcript = widget.box.get_by_role("log")
    await expect(transcript).to_have_attribute("aria-live", "polite")
    await widget.say("您好")
    await expect(transcript).to_contain_text("您")
    await expect(transcript).to_contain_text("智能助手")
    small = await widget.page.evaluate(
        """() => [...document.querySelector("baodan-chat").shadowRoot.querySelectorAll("button, textarea")]
            .filter(part => part.offsetParent && (part.offsetWidth < 44 || part.offsetHeight < 44))
            .map(part => part.className)"""
    )
    assert small == []


@pytest.mark.usefixtures("demo_insurer", "bot")
async def test_markup_stays_text(visitors: Visitors, services: Services) -> None:
    widget = await visitors.visit()
    await widget.button("转人工").click()
    await expect(widget.button("取消排队")).to_be_visible()
    desk = Desk(services, await widget.conversation())
    await desk.claim()
    await desk.reply("<img src=x onerror=alert(1)> javascript:alert(1) https://example.com/a")
    await expect(widget.text("<img src=x onerror=alert(1)>").first).to_be_visible()
    assert await widget.box.locator(".bubble img").count() == 0
    link = widget.box.locator(".bubble a")
    await expect(link).to_have_attribute("href", "https://example.com/a")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")


async def test_too_long_a_message_is_not_sent_and_says_so(visitors: Visitors, rasa: ScriptedRasa) -> None:
    widget = await visitors.visit()
    await widget.input.fill("字" * 1990)
    await expect(widget.text("还可以输入 10 字").first).to_be_visible()
    await widget.say("字" * 2010)
    await expect(widget.text("最多 2000 字，现在多了 10 字").first).to_be_visible()
    assert await widget.input.input_value() == "字" * 2010
    assert rasa.turns == []


async def test_large_letters_stay(visitors: Visitors) -> None:
    widget = await visitors.visit()
    size = "field => getComputedStyle(field).fontSize"
    assert await widget.input.evaluate(size) == "16px"
    await widget.button("大字").click()
    assert await widget.input.evaluate(size) == "20px"
    await widget.page.reload()
    await expect(widget.button("大字")).to_have_attribute("aria-pressed", "true")
    assert await widget.input.evaluate(size) == "20px"


async def test_on_a_phone_it_fills_the_screen(visitors: Visitors) -> None:
    widget = await visitors.visit(phone=True)
    await widget.say("您好，" * 60)
    await expect(widget.text("echo:").first).to_be_visible()
    panel = await widget.box.get_by_role("dialog").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 390, "height": 844}
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await widget.page.evaluate(sideways) == 0
    await expect(widget.button("转人工")).to_be_visible()
    await expect(widget.input).to_be_in_viewport()
    await widget.button("收起聊天").click()
    await expect(widget.button("在线客服", exact=False)).to_be_visible()


async def test_a_transcript_to_keep(visitors: Visitors) -> None:
    widget = await visitors.visit()
    await widget.say("等待期多久")
    await expect(widget.text("echo: 等待期多久").first).to_be_visible()
    await widget.button("更多").click()
    async with widget.page.expect_download() as download:
        await widget.button("保存聊天记录").click()
    saved = await (await download.value).path()
    text = saved.read_text(encoding="utf-8")
    assert "您\n等待期多久" in text.replace("\r\n", "\n")
    assert "智能助手\necho: 等待期多久" in text.replace("\r\n", "\n")


async def test_a_photo(visitors: Visitors) -> None:
    widget = await visitors.visit()
    photo = png(1, 1)
    picker = widget.box.locator("input[type=file]")
    await picker.set_input_files({"name": "发票.png", "mimeType": "image/png", "buffer": photo})
    await expect(widget.button("文件：发票.png", exact=False)).to_be_visible()
    async with widget.page.expect_download() as download:
        await widget.button("文件：发票.png", exact=False).click()
    assert (await (await download.value).path()).read_bytes() == photo
    sheet = FilePayload(name="表格.xls", mimeType="application/vnd.ms-excel", buffer=b"x")
    await picker.set_input_files(sheet)
    await expect(widget.text("目前只能收 JPG、PNG 照片和 PDF 文件").first).to_be_visible()
