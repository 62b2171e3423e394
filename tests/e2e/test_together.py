"""A customer and a specialist in two browsers, with the whole product between them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Office, Visitors
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(600)]


async def test_from_a_question_through_the_own_policies_to_a_person_and_back(
    product: Product, browser: Browser
) -> None:
    visitors = Visitors(browser, product.public_url)
    office = Office(browser, f"{product.staff_url}/")
    async with visitors.stack, office.stack:
        lin = await office.specialist("lin")
        customer = await visitors.visit()
        await customer.say("重疾险等待期多久")
        await expect(customer.text("90天").last).to_be_visible()
        cited = customer.button("安心守护重大疾病保险（2026版）", exact=False).last
        await cited.click()
        await expect(customer.box.locator(".clause-text")).to_contain_text("等待期")

        await customer.say("查一下我的保单")
        await expect(customer.text("证件号后六位").last).to_be_visible()
        await customer.say("王小明 124533")
        await expect(customer.text("验证码已发到预留手机").last).to_be_visible()
        sms = await customer.page.request.get(f"{product.public_url}/demo/sms?phone=13800001001")
        await customer.say((await sms.json())["code"])
        await expect(customer.text("您名下有2份保单").last).to_be_visible()
        said = "\n".join(await customer.bubbles())
        assert "124533" not in said
        assert "P202400010001" not in said

        await customer.say("转人工")
        await expect(customer.text(re.compile(r"您排在第\d+位")).first).to_be_visible()
        await lin.row("王*明").click()
        context = lin.page.get_by_label("客户资料")
        await expect(context).to_contain_text("王*明")
        await expect(context).to_contain_text("安心守护重大疾病保险")
        await expect(lin.page.locator("body")).not_to_contain_text("110105198803124533")
        await lin.button("接入").click()
        await lin.reply("您好，两份保单我都看到了。")
        await expect(customer.text("两份保单我都看到了。").first).to_be_visible()
        await expect(customer.box.locator(".who", has_text="林专员（工号1001）")).to_be_visible()
        await customer.say("好，那没事了")
        await expect(lin.transcript).to_contain_text("好，那没事了")

        await lin.button("交回机器人").click()
        await lin.confirm("交回")
        await expect(lin.button("接管")).to_be_visible()
        await customer.say("百万医疗险等待期多久")
        # Of the version in force when the own policy began: the present one says 30.
        await expect(customer.text("60天").last).to_be_visible()
        assert customer.errors == lin.errors == []
