"""Makes the pictures of the README from a running product: real conversations, real answers.

Without addresses it starts a Baodan of its own in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.pages import DESK, DESKTOP, PHONE, Widget, Workplace  # noqa: E402
from tests.product import Product, chromium  # noqa: E402

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 300_000
PATIENCE_MS = 20_000
QUEUE = (
    ("上个月扣了我两次钱，36.6元，怎么回事", "转人工"),
    ("我要投诉，业务员骗我说三年就能全部拿回来", "找真人"),
    ("住院了怎么理赔，要什么材料", "我想跟专员说"),
)


async def visit(browser: Browser, url: str, viewport: ViewportSize, scale: float = 1) -> Widget:
    """The chat window, open."""
    phone = viewport == PHONE
    person = await browser.new_context(
        viewport=viewport,
        device_scale_factor=scale,
        is_mobile=phone,
        has_touch=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    widget = Widget(await person.new_page())
    await widget.page.goto(url)
    if phone:
        await widget.button("在线客服").click()
    await widget.box.get_by_role("log").get_by_text("不是真人").wait_for()
    return widget


async def ask(widget: Widget, text: str, answer: str) -> None:
    await widget.say(text)
    await expect(widget.box.get_by_role("log").get_by_text(answer).last).to_be_visible(timeout=PATIENCE_MS)


async def own_policies(widget: Widget, url: str, name: str, id_tail: str, phone: str) -> None:
    """Through the identity step to the customer's own policies."""
    await ask(widget, "查一下我的保单", "证件号后六位")
    await ask(widget, f"{name} {id_tail}", "验证码已发到预留手机")
    sms = await widget.page.request.get(f"{url}/demo/sms", params={"phone": phone})
    await ask(widget, (await sms.json())["code"], "您名下有")


async def queue_up(browser: Browser, url: str, asked: str, wish: str) -> None:
    """One more customer in the waiting list."""
    widget = await visit(browser, url, DESKTOP)
    await ask(widget, asked, "转人工")
    await ask(widget, wish, "您排在第")


async def keep(page: Page, name: str) -> None:
    """Writes the picture once nothing moves any more."""
    await page.evaluate("document.fonts.ready")
    await page.mouse.move(1, 1)
    await page.wait_for_timeout(800)
    path = IMAGES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)} {size // 1000} kB")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES // 1000} kB")


async def picture_of_widget(browser: Browser, url: str) -> None:
    for name, viewport, scale in (("widget", DESKTOP, 1.0), ("widget-phone", PHONE, 1.5)):
        widget = await visit(browser, url, viewport, scale)
        await own_policies(widget, url, "王小明", "124533", "13800001001")
        if viewport == PHONE:
            await ask(widget, "下次什么时候交钱", "6,800元")
        await ask(widget, "重疾险等待期多久", "从合同生效次日起算")
        await keep(widget.page, name)


async def picture_of_wechat(browser: Browser, url: str) -> None:
    """The demo's phone with WeChat, without the bench beside it."""
    person = await browser.new_context(
        viewport={"width": 1000, "height": 930}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = await person.new_page()
    await page.goto(f"{url}/demo/wechat")
    chat = page.get_by_role("log")
    await expect(chat.get_by_text("常用的几项")).to_be_visible(timeout=PATIENCE_MS)
    for text, answer in (("重疾险等待期多久", "90天"), ("2", "您排在第"), ("取消", "已经取消排队")):
        await page.get_by_label("打字", exact=True).fill(text)
        await page.keyboard.press("Enter")
        await expect(chat.get_by_text(answer).last).to_be_visible(timeout=PATIENCE_MS)
    await page.get_by_role("button", name="切换到菜单").click()
    await page.get_by_role("button", name="保单服务").click()
    await keep(page, "wechat")


async def picture_of_desk(browser: Browser, url: str, desk_url: str, password: str) -> None:
    customer = await visit(browser, url, DESKTOP)
    await ask(customer, "重疾险等待期多久", "90天")
    await own_policies(customer, url, "王小明", "124533", "13800001001")
    await ask(customer, "我要改手机号", "新手机号是多少")
    await ask(customer, "我不太会弄，找个人帮我", "您排在第")
    for asked, wish in QUEUE:
        await queue_up(browser, url, asked, wish)

    person = await browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
    desk = Workplace(await person.new_page(), f"{desk_url}/")
    await desk.log_in("lin", password)
    await desk.go(await customer.conversation())
    await desk.button("接入").click()
    greeting = "王先生您好，我是林专员。新号码您直接发给我，我来帮您登记。"
    await desk.reply(greeting)
    await expect(customer.text(greeting)).to_be_visible()
    await ask(customer, "好的，新号码是13900002222", "13900002222")
    await expect(desk.transcript.get_by_text("好的，新号码是").last).to_be_visible()
    await desk.field.fill("收到。稍后这个号码会收到一条验证码短信，")
    await desk.tab("等待中").click()
    await expect(desk.row("转人工")).to_be_visible()
    await keep(desk.page, "desk")


@contextmanager
def own_product() -> Iterator[Product]:
    """A Baodan with an empty database, and the models of this clone."""

    def free_port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder), free_port)
        try:
            product.start()
            yield product
        finally:
            product.stop()


async def make(public_url: str, staff_url: str, password: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        await picture_of_widget(browser, public_url)
        await picture_of_wechat(browser, public_url)
        await picture_of_desk(browser, public_url, staff_url, password)
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", help="public address of a running Baodan")
    parser.add_argument("--staff", help="its staff address")
    parser.add_argument("--password", help="password of its demo staff")
    given = parser.parse_args()
    if given.public and given.staff and given.password:
        asyncio.run(make(given.public, given.staff, given.password))
        return
    if given.public or given.staff or given.password:
        parser.error("--public, --staff and --password go together")
    with own_product() as product:
        asyncio.run(make(product.public_url, product.staff_url, product.password))


if __name__ == "__main__":
    main()
