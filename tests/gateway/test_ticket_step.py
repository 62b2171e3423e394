"""A guest follows a complaint, a report or a request by its number and a code to the phone left with it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from actions.turn import RequireIdentity
from gateway.services import Services
from records import sms
from records.claims import report_claim
from records.complaint_steps import create_complaint
from records.complaints import ComplaintCategory
from records.conversations import Message
from records.identity import opened_tickets
from tests.gateway.conftest import Customer, said
from tests.gateway.scripted_rasa import ScriptedRasa, spoken

PHONE = "13900007777"
FOLLOW = "用登记时留的电话查"


@pytest.fixture
async def complaint(services: Services) -> str:
    """Left by a guest some time ago, in another conversation."""
    async with services.sessions.begin() as session:
        made = await create_complaint(
            session,
            category=ComplaintCategory.ATTITUDE,
            facts="没人回电话",
            now=services.clock(),
            answer_days=15,
            contact=PHONE,
        )
    return made.number


@pytest.fixture
def rasa(rasa: ScriptedRasa, request: pytest.FixtureRequest) -> ScriptedRasa:
    """Wants to know who it is before it tells of a matter; entered again, it says what was entered."""

    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        if body["intent"] is not None:
            return spoken(f"entered {body['intent']['name']} {body['intent']['entities']}")
        services: Services = request.getfixturevalue("services")
        turn = services.running[uuid.UUID(body["turn"])]
        turn.effects.append(RequireIdentity(1, "check_complaint", (("request_number", body["text"]),)))
        return spoken("先核对一下", intent="check_complaint")

    rasa.answer = answer
    return rasa


def token(message: Message, title: str) -> str:
    return next(str(one["token"]) for one in message.body["buttons"] if one["title"] == title)


async def asks_after(customer: Customer, number: str) -> Message:
    await customer.says(number)
    return (await customer.until(lambda seen: "姓名和证件号后六位" in seen[-1].text))[-1]


async def code_to(services: Services, phone: str) -> str:
    async with services.sessions() as session:
        message = await sms.newest_code(session, phone)
    assert message is not None
    assert message.code is not None
    assert "查看您登记的事项" in message.text
    return message.code


async def test_the_code_opens_the_matter_and_nothing_else(
    services: Services, customer: Customer, complaint: str
) -> None:
    await customer.chooses(token(await asks_after(customer, complaint), FOLLOW))
    assert said(await customer.sees(), "登记这件事时留的电话")
    code = await code_to(services, PHONE)
    await customer.says(f"验证码{code}")
    seen = await customer.until(lambda seen: said(seen, "entered check_complaint"))
    assert said(seen, complaint)
    assert not said(seen, code)
    stands = await customer.stands()
    assert (stands.identity_step, stands.customer_id) == (None, None)
    async with services.sessions() as session:
        hour_ago = services.clock().replace(hour=0)
        assert await opened_tickets(session, customer.conversation, hour_ago) == [complaint]
        assert await opened_tickets(session, customer.conversation, services.clock()) == []


async def test_a_number_that_never_was_looks_the_same(
    services: Services, customer: Customer, complaint: str
) -> None:
    asked = await asks_after(customer, "TS202699999999")
    await customer.says(FOLLOW)
    never = (await customer.sees())[-1]
    await customer.says("123456")
    assert "还可以再试4次" in (await customer.sees())[-1].text
    await customer.chooses(token(asked, "先不核对"))
    await customer.chooses(token(await asks_after(customer, complaint), FOLLOW))
    real = (await customer.sees())[-1]
    assert (real.text, [one["title"] for one in real.body["buttons"]]) == (
        never.text,
        [one["title"] for one in never.body["buttons"]],
    )


async def test_another_code_is_sent_on_request_and_the_old_one_is_void(
    services: Services, customer: Customer, complaint: str
) -> None:
    await customer.chooses(token(await asks_after(customer, complaint), FOLLOW))
    first = await code_to(services, PHONE)
    await customer.chooses(token((await customer.sees())[-1], "重发验证码"))
    second = await code_to(services, PHONE)
    if first != second:
        await customer.says(first)
        assert "还可以再试" in (await customer.sees())[-1].text
    await customer.says(second)
    await customer.until(lambda seen: said(seen, "entered check_complaint"))


async def test_who_is_a_customer_may_prove_it_by_name_all_the_same(
    services: Services, customer: Customer, complaint: str
) -> None:
    await customer.chooses(token(await asks_after(customer, complaint), FOLLOW))
    await customer.says("张无忌 123456")
    assert said(await customer.sees(), "验证码已发到预留手机")


async def test_a_report_is_followed_by_its_phone_too(services: Services, customer: Customer) -> None:
    async with services.sessions.begin() as session:
        report = await report_claim(session, happened="水管爆了", now=services.clock(), phone=PHONE)
    await customer.chooses(token(await asks_after(customer, report.number), FOLLOW))
    await customer.says(await code_to(services, PHONE))
    await customer.until(lambda seen: said(seen, "entered check_claim"))


async def test_five_wrong_codes_end_it(services: Services, customer: Customer, complaint: str) -> None:
    await customer.chooses(token(await asks_after(customer, complaint), FOLLOW))
    right = await code_to(services, PHONE)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        await customer.says(wrong)
    assert "之前不能再核对身份" in (await customer.sees())[-1].text
    await customer.says(right)
    assert not said(await customer.sees(), "entered check_complaint")
