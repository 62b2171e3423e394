"""Requests, tasks, archives and complaints, worked on in the browser by those whose work it is."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

from gateway.services import Services
from gateway.web import uploads
from tests.conftest import NOW
from tests.desk.papers import paper_for, raised
from tests.e2e.accessibility import faults
from tests.e2e.conftest import Office
from tests.e2e.pages import Workplace

pytestmark = pytest.mark.browser

BANK = "BQ202600050002"
COMPLAINT = "TS202600040001"


async def accessible(page: Page) -> None:
    """Nothing on the page as it is that axe calls serious."""
    assert await faults(page) == []


async def card_photo(services: Services) -> None:
    """A photo of a bank card that the customer sent for the change of account."""
    image = Image.new("RGB", (860, 540), "#2b5a8c")
    drawn = ImageDraw.Draw(image)
    drawn.rounded_rectangle((20, 20, 840, 520), 36, outline="white", width=3)
    drawn.text((70, 300), "6222 0000 0000 1234", fill="white", font_size=56)
    written = io.BytesIO()
    image.save(written, "PNG")
    await paper_for(services, BANK, "银行卡.png")
    uploads.path_of(services, "ab" * 32).write_bytes(written.getvalue())


async def is_pdf(place: Workplace, name: str) -> None:
    """The link of this name leads to a PDF."""
    address = await place.page.get_by_role("link", name=name).get_attribute("href")
    answer = await place.page.request.get(f"{place.url.rstrip('/')}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF")


async def test_a_request_is_reviewed_beside_its_papers(office: Office, services: Services) -> None:
    await card_photo(services)
    lin = await office.specialist("lin")
    page = lin.page
    await page.get_by_role("link", name="申请").click()
    await page.get_by_role("link", name=BANK).click()
    await page.get_by_role("link", name="审核材料").click()
    photo = page.get_by_role("img", name="银行卡.png")
    await expect(photo).to_be_visible()
    assert await photo.evaluate("image => image.naturalWidth") == 860
    await accessible(page)

    await expect(page.get_by_text("P202400010001")).to_have_count(0)
    await lin.button("显示完整资料").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("核对银行卡照片")
    await lin.confirm("显示完整资料")
    await expect(page.get_by_text("P202400010001")).to_be_visible()

    await lin.button("要求补材料").click()
    await page.get_by_placeholder("其他材料").fill("投保人本人银行卡背面")
    await accessible(page)
    await lin.confirm("要求补材料")
    await expect(page.get_by_text("待补材料", exact=True).first).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="投保人本人银行卡背面").first).to_contain_text(
        "缺"
    )
    await page.get_by_label("这是哪种材料").select_option("投保人本人银行卡背面")
    await expect(page.get_by_role("listitem").filter(has_text="已有投保人本人银行卡背面")).to_be_visible()

    await lin.button("开始审核").click()
    await lin.button("通过").click()
    await lin.confirm("通过")
    await is_pdf(lin, "批单（PDF）")
    await lin.button("办结").click()
    await lin.confirm("办结")
    await expect(page.get_by_text("已办结", exact=True).first).to_be_visible()
    await expect(lin.button("不通过")).to_have_count(0)


async def test_a_refusal_wants_its_reason(office: Office) -> None:
    lin = await office.specialist("lin")
    await lin.page.goto(f"{lin.url}#/requests/{BANK}/review")
    await lin.button("不通过").click()
    dialog = lin.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="不通过").click()
    await expect(dialog).to_contain_text("请写明原因")
    await dialog.get_by_role("textbox").fill("账户不是投保人本人的")
    await lin.confirm("不通过")
    await expect(lin.page.get_by_text("未通过：账户不是投保人本人的")).to_be_visible()


async def test_a_colleague_is_asked_and_the_answer_goes_to_the_customer(office: Office) -> None:
    lin = await office.specialist("lin")
    page = lin.page
    await page.goto(f"{lin.url}#/requests/{BANK}/review")
    await lin.button("问同事").click()
    await page.get_by_label("要问什么").fill("这张卡能做续期扣款吗？")
    await page.get_by_label("答应了客户").check()
    await lin.confirm("问同事")
    await expect(page.get_by_text("这张卡能做续期扣款吗？")).to_be_visible()

    he = await office.specialist("he")
    await he.page.get_by_role("link", name="待办").click()
    row = he.page.get_by_role("row").filter(has_text="这张卡能做续期扣款吗？")
    await expect(row).to_contain_text("客户在等")
    await row.get_by_role("button", name="接手").click()
    await row.get_by_role("button", name="办完").click()
    await he.page.get_by_label("结果：").fill("可以")
    await he.page.get_by_role("dialog").get_by_role("button", name="办完").click()
    await expect(he.page.get_by_role("dialog")).to_contain_text("答应过客户要答复")
    await he.page.get_by_label("答复客户的话").fill("可以的，下个月起从这张卡扣。")
    await accessible(he.page)
    await he.confirm("办完")
    await expect(row).to_have_count(0)


async def test_a_complaint_runs_against_its_statutory_clock(office: Office) -> None:
    he = await office.specialist("he")
    await he.page.clock.set_fixed_time(NOW)
    await he.page.get_by_role("link", name="投诉").click()
    card = he.page.get_by_role("region", name="调查中").get_by_role("listitem")
    await expect(card).to_contain_text("紧急")
    await expect(card).to_contain_text("共 15 天")
    await accessible(he.page)
    await he.page.get_by_role("link", name=COMPLAINT).click()
    await he.button("申请延期").click()
    await he.page.get_by_role("dialog").get_by_role("textbox").fill("要等银行回函")
    await he.confirm("申请延期")
    await expect(he.page.get_by_text("申请延长到 30 天")).to_be_visible()
    await expect(he.button("同意延期")).to_have_count(0)

    tang = await office.specialist("tang")
    await tang.page.get_by_role("link", name="投诉").click()
    await expect(tang.page.get_by_text("1 件延期等您审批")).to_be_visible()
    await tang.page.get_by_role("status").get_by_role("link", name=COMPLAINT).click()
    await tang.button("同意延期").click()
    await expect(tang.page.get_by_text("1 件延期等您审批")).to_have_count(0)
    await expect(card).to_contain_text("共 30 天")

    await he.button("暂停计时").click()
    await he.page.get_by_role("dialog").get_by_role("textbox").fill("送外部鉴定")
    await he.confirm("暂停计时")
    await expect(card).to_contain_text("暂停中")
    await he.button("恢复计时").click()
    await expect(card).not_to_contain_text("暂停中")


async def test_a_complaint_is_decided_with_letter_and_cause(office: Office) -> None:
    he = await office.specialist("he")
    page = he.page
    await page.goto(f"{he.url}#/complaints/{COMPLAINT}")
    await he.button("作出决定").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("扣款失败没有通知您是我们的责任。")
    await he.confirm("作出决定")
    await expect(page.get_by_role("region", name="已决定").get_by_role("listitem")).to_contain_text("已停")
    await is_pdf(he, "处理决定书（PDF）")
    await he.button("填根本原因").click()
    await page.get_by_role("dialog").get_by_text("没有告知").click()
    await he.confirm("填根本原因")
    await expect(page.get_by_role("complementary")).to_contain_text("根本原因：没有告知")
    await he.button("办结").click()
    await expect(page.get_by_role("region", name="已决定").get_by_role("listitem")).to_have_count(0)


async def test_a_repeated_complaint_is_merged(office: Office, services: Services) -> None:
    newer = await raised(services, "C002")
    he = await office.specialist("he")
    await he.page.goto(f"{he.url}#/complaints/{newer}")
    await he.button("合并").click()
    await expect(he.page.get_by_role("dialog")).to_contain_text(COMPLAINT)
    await he.confirm("合并")
    await expect(he.page.get_by_role("complementary")).to_contain_text(f"已并入 {COMPLAINT}")


async def test_the_archive_says_what_is_missing_and_who_has_it(office: Office) -> None:
    lin = await office.specialist("lin")
    page = lin.page
    await page.get_by_role("link", name="档案").click()
    await page.get_by_text("资料不一致").click()
    await expect(page.get_by_role("row").filter(has_text="电话不能用")).to_contain_text("冯*全")
    await page.get_by_label("按保单号查").fill("P202400010001")
    await lin.button("查").click()
    gaps = page.get_by_role("region", name="还缺的材料")
    await expect(gaps).to_contain_text("投保单")
    await lin.button("登记纸质材料").click()
    await page.get_by_label("材料名称").fill("投保单")
    await page.get_by_label("库位").fill("A-03")
    await accessible(page)
    await lin.confirm("登记纸质材料")
    await expect(gaps).not_to_contain_text("投保单")
    await lin.button("借出").click()
    await page.get_by_label("交给谁").fill("核保部 赵工")
    await lin.confirm("借出")
    await expect(page.get_by_role("row").filter(has_text="核保部 赵工")).to_contain_text("已借出")


async def test_an_auditor_reads_cases_and_decides_nothing(office: Office) -> None:
    auditor = await office.specialist("audit")
    await auditor.page.goto(f"{auditor.url}#/requests/{BANK}/review")
    await expect(auditor.page.get_by_text("经过")).to_be_visible()
    for name in ("通过", "不通过", "显示完整资料", "问同事"):
        await expect(auditor.button(name)).to_have_count(0)
    await auditor.page.goto(f"{auditor.url}#/complaints/{COMPLAINT}")
    await expect(auditor.page.get_by_text("希望怎么解决")).to_be_visible()
    await expect(auditor.button("作出决定")).to_have_count(0)
