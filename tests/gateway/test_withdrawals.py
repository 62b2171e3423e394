"""The customer takes back a request or a complaint: asked once more, own ones only, and not too late."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from actions.progress import WITHDRAW
from gateway import buttons
from gateway.buttons import Offer
from gateway.services import Services
from records import request_review
from records.complaint_steps import create_complaint
from records.complaints import ComplaintCategory, ComplaintState, complaint_by_number
from records.conversations import Message
from records.notices import notices_of
from records.requests import RequestState, request_by_number
from tests.gateway.conftest import Customer
from tests.gateway.test_herald import lin, requested

pytestmark = pytest.mark.usefixtures("demo_insurer")


async def wants_back(customer: Customer, number: str) -> Message:
    """Chooses the button that stands with the state of the matter; what is said to it."""
    services = customer.services
    payload = f"#{WITHDRAW}{json.dumps({'about': number})}"
    async with services.sessions.begin() as session:
        (button,) = await buttons.issue(
            session, customer.conversation, [Offer("撤回申请", payload)], services.clock()
        )
    await customer.chooses(button["token"])
    return (await customer.sees())[-1]


async def chooses(customer: Customer, title: str) -> Message:
    offered = (await customer.sees())[-1].body["buttons"]
    await customer.chooses(next(one["token"] for one in offered if one["title"] == title))
    return (await customer.sees())[-1]


async def test_a_request_is_taken_back_after_a_second_question(
    services: Services, customer: Customer
) -> None:
    number = await requested(services, customer.conversation)
    asked = await wants_back(customer, number)
    assert "要撤回吗" in asked.text
    assert "接着办" in (await chooses(customer, "不撤回")).text
    await wants_back(customer, number)
    assert "已经撤回" in (await chooses(customer, "撤回")).text
    async with services.sessions() as session:
        request = await request_by_number(session, number)
        assert request is not None
        assert request.state is RequestState.WITHDRAWN
        assert await notices_of(session, number) == []
    assert "撤不回来了" in (await wants_back(customer, number)).text


async def test_what_is_being_carried_out_is_not_taken_back(services: Services, customer: Customer) -> None:
    number, who = await requested(services, customer.conversation), await lin(services)
    await wants_back(customer, number)
    async with services.sessions.begin() as session:
        await request_review.approve(session, number, by=who, now=services.clock())
    assert "撤不回来了" in (await chooses(customer, "撤回")).text


async def test_a_complaint_is_taken_back_and_ends_on_the_same_day(
    services: Services, customer: Customer
) -> None:
    async with services.sessions.begin() as session:
        made = await create_complaint(
            session,
            category=ComplaintCategory.CLAIM,
            facts="太慢",
            now=services.clock() - timedelta(days=2),
            answer_days=15,
            conversation_id=customer.conversation,
        )
    await wants_back(customer, made.number)
    await customer.says("撤回")
    assert "已经撤回" in (await customer.sees())[-1].text
    async with services.sessions() as session:
        complaint = await complaint_by_number(session, made.number)
    assert complaint is not None
    assert complaint.state is ComplaintState.WITHDRAWN


async def test_another_persons_matter_cannot_be_taken_back(services: Services, customer: Customer) -> None:
    for number in ("TS202600040001", "BQ202600050002", "TS209900000000"):
        said = await wants_back(customer, number)
        assert "按钮" in said.text
        assert not said.body.get("buttons") or all(one["title"] != "撤回" for one in said.body["buttons"])
