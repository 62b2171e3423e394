"""Promise 9 (secrets stay outside), and the identity step as customers really take it."""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from actions.turn import RequireIdentity
from gateway.services import Services
from records import sms
from records.conversations import Message, Mode
from tests.gateway.conftest import Customer, said
from tests.gateway.scripted_rasa import ScriptedRasa, spoken

NAME, TAIL, PHONE = "王小明", "124533", "13800001001"


@pytest.fixture
async def asked(demo_insurer: None, customer: Customer, services: Services, rasa: ScriptedRasa) -> Customer:
    """A customer who wanted to see a policy and was asked who they are."""

    async def wants_identity(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        if body["intent"] is None and turn.identity.level == 0 and "保单" in body["text"]:
            turn.effects.append(RequireIdentity(2, "check_policy", (("product", "AXZJ"),)))
            return spoken("先核对一下身份", intent="check_policy")
        what = body["text"] or f"{body['intent']['name']} {body['intent']['entities']}"
        return spoken(f"level {turn.identity.level} customer {turn.identity.customer_id}: {what}")

    rasa.answer = wants_identity
    await customer.says("查一下我的保单")
    await customer.until(lambda seen: seen[-1].text.startswith("为了只给您本人"))
    return customer


async def _code(services: Services, phone: str = PHONE) -> str:
    async with services.sessions() as session:
        message = await sms.newest_code(session, phone)
    assert message is not None
    assert message.code is not None
    return message.code


async def _everything_stored(services: Services) -> str:
    async with services.sessions() as session:
        rows = (await session.scalars(select(Message))).all()
    return "\n".join(f"{row.text} {row.body}" for row in rows)


async def test_name_and_tail_then_code_lead_back_to_the_wish(
    asked: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    await asked.says(f"{NAME} {TAIL}")
    code = await _code(services)
    await asked.says(f"验证码{code}")
    seen = await asked.until(lambda seen: said(seen, "level 2 customer C001: check_policy"))
    assert said(seen, "'value': 'AXZJ'")
    assert (await asked.stands()).identity_step is None


async def test_neither_code_nor_tail_is_stored_or_told_to_rasa(
    asked: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    await asked.says(f"我叫{NAME}，身份证110105198803{TAIL}")
    code = await _code(services)
    await asked.says(code)
    await asked.until(lambda seen: said(seen, "level 2"))
    stored = await _everything_stored(services)
    assert "［证件］" in stored
    assert "［验证码］" in stored
    for secret in (TAIL, code):
        assert secret not in stored
        assert secret not in str(rasa.turns)


async def test_the_answer_does_not_tell_whether_the_person_exists(
    asked: Customer, services: Services
) -> None:
    await asked.says(f"{NAME} {TAIL}")
    known = (await asked.sees())[-1].text
    await asked.says("张无忌 123456")
    unknown = (await asked.sees())[-1].text
    assert known == unknown
    await asked.says("000000")
    wrong = (await asked.sees())[-1].text
    assert "不对" in wrong


async def test_name_first_and_tail_later(asked: Customer, services: Services) -> None:
    await asked.says(NAME)
    assert said((await asked.sees())[-1:], "后六位")
    await asked.says(TAIL)
    await asked.says(await _code(services))
    await asked.until(lambda seen: said(seen, "level 2 customer C001"))


async def test_a_question_in_between_is_answered_and_the_step_stays_open(
    asked: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    await asked.says("等待期多久")
    await asked.until(lambda seen: said(seen, "level 0 customer None: 等待期多久"))
    await asked.says(f"{NAME} {TAIL}")
    await asked.says("要是没有理赔过，续保能便宜吗")
    await asked.until(lambda seen: said(seen, "续保能便宜吗"))
    await asked.says(await _code(services))
    await asked.until(lambda seen: said(seen, "level 2 customer C001: check_policy"))


async def test_five_wrong_codes_lock_and_a_person_stays_reachable(
    asked: Customer, services: Services
) -> None:
    await asked.says(f"{NAME} {TAIL}")
    right = await _code(services)
    for _ in range(5):
        await asked.says("000000" if right != "000000" else "111111")
    seen = await asked.sees()
    assert re.search(r"\d\d:\d\d之前不能再核对身份", seen[-1].text)
    await asked.says(f"{NAME} {TAIL}")
    assert "之前不能再核对身份" in (await asked.sees())[-1].text
    assert TAIL not in await _everything_stored(services)
    await asked.says("转人工")
    await asked.until(lambda seen: said(seen, "level 0 customer None: 转人工"))


async def test_a_code_is_dead_after_its_five_minutes(asked: Customer, services: Services) -> None:
    await asked.says(f"{NAME} {TAIL}")
    code = await _code(services)
    services.clock.forward(minutes=6)
    await asked.says(code)
    assert "过期" in (await asked.sees())[-1].text
    await asked.says("没收到验证码，重发一下")
    await asked.says(await _code(services))
    await asked.until(lambda seen: said(seen, "level 2"))


async def test_cancel_leaves_the_step(asked: Customer) -> None:
    await asked.says("算了")
    assert (await asked.stands()).identity_step is None


async def test_level_two_ends_after_fifteen_idle_minutes(asked: Customer, services: Services) -> None:
    await asked.says(f"{NAME} {TAIL}")
    await asked.says(await _code(services))
    await asked.until(lambda seen: said(seen, "level 2"))
    services.clock.forward(minutes=14)
    await asked.says("在吗")
    await asked.until(lambda seen: said(seen, "level 2 customer C001: 在吗"))
    services.clock.forward(minutes=16)
    await asked.says("还在吗")
    await asked.until(lambda seen: said(seen, "level 1 customer C001: 还在吗"))


async def test_a_known_customer_only_needs_the_code(
    asked: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    await asked.says(f"{NAME} {TAIL}")
    await asked.says(await _code(services))
    await asked.until(lambda seen: said(seen, "level 2"))
    services.clock.forward(minutes=30)

    async def again(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        if turn.identity.level < 2:
            turn.effects.append(RequireIdentity(2, "check_payment"))
        return spoken(f"level {turn.identity.level}")

    rasa.answer = again
    await asked.says("下次交多少钱")
    await asked.until(lambda seen: "验证码已发到预留手机" in seen[-1].text)
    await asked.says(await _code(services))
    await asked.until(lambda seen: seen[-1].text == "level 2")


async def test_the_way_to_a_person_is_open_in_the_step(
    asked: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    seen = await asked.sees()
    human = next(button for button in seen[-1].body["buttons"] if button["title"] == "转人工")
    await asked.chooses(human["token"])
    await asked.until(lambda seen: said(seen, "request_human"))
    assert (await asked.stands()).mode is Mode.BOT


async def test_a_name_and_tail_sent_before_the_question_came_are_taken_too(
    demo_insurer: None, customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    async def wants_identity(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        if turn.identity.level == 0:
            turn.effects.append(RequireIdentity(2, "check_policy"))
        return spoken(f"level {turn.identity.level}")

    rasa.answer = wants_identity
    rasa.gate.clear()
    await customer.says("查一下我的保单")
    while not rasa.turns:
        await asyncio.sleep(0.01)
    await customer.says(f"{NAME} {TAIL}")
    rasa.gate.set()
    await customer.until(lambda seen: "验证码已发到预留手机" in seen[-1].text)
    assert TAIL not in await _everything_stored(services)
    assert TAIL not in str(rasa.turns)
    await customer.says(await _code(services))
    await customer.until(lambda seen: said(seen, "level 2"))
