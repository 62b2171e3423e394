"""Promises 1 (stored before answered), 6 (nothing forged) and 8 (life first), and bad input."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from gateway import handover, log
from gateway.errors import Empty, RateLimited, TooLong, UnknownButton
from gateway.inbox import clean
from gateway.limits import Allowance, Limits
from gateway.services import Services
from records.conversations import Message, Mode, Origin
from records.tasks import open_tasks
from tests.gateway.conftest import ADDRESS, SITE, Customer, said
from tests.gateway.scripted_rasa import ScriptedRasa, spoken


async def test_the_message_is_in_the_database_when_it_is_acknowledged(
    customer: Customer, rasa: ScriptedRasa
) -> None:
    rasa.gate.clear()
    ack = await customer.says("等待期多久")
    stored = await customer.sees()
    assert (stored[-1].seq, stored[-1].text, stored[-1].awaits_turn) == (ack.seq, "等待期多久", True)


async def test_the_same_client_id_is_one_message_even_when_sent_at_once(
    customer: Customer, services: Services
) -> None:
    acks = await asyncio.gather(*(customer.says("我要投诉", "m-1") for _ in range(8)))
    assert len({ack.seq for ack in acks}) == 1
    async with services.sessions() as session:
        stored = await session.scalar(
            select(func.count()).where(
                Message.conversation_id == customer.conversation, Message.origin == Origin.CUSTOMER
            )
        )
    assert stored == 1


async def test_the_same_client_id_is_told_to_rasa_once(customer: Customer, rasa: ScriptedRasa) -> None:
    await customer.says("等待期多久", "m-1")
    await customer.until(lambda seen: said(seen, "echo: 等待期多久"))
    await customer.says("等待期多久", "m-1")
    await asyncio.sleep(0.3)
    assert len(rasa.turns) == 1


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200b", "\x00\x07"])
def test_nothing_left_is_empty(text: str) -> None:
    with pytest.raises(Empty):
        clean(text, 2000)


def test_too_long_is_refused_and_names_the_limit() -> None:
    with pytest.raises(TooLong) as refused:
        clean("长" * 10_000, 2000)
    assert refused.value.values == {"limit": 2000}


def test_control_characters_go_and_words_stay() -> None:
    assert clean("等待\x00期\u202e多久\x1b[31m\n?", 2000) == "等待期多久[31m\n?"


async def test_emoji_alone_is_stored_and_answered_without_rasa(
    customer: Customer, rasa: ScriptedRasa
) -> None:
    await customer.says("😀👌")
    seen = await customer.sees()
    assert [message.origin for message in seen[-2:]] == [Origin.CUSTOMER, Origin.BOT]
    assert not rasa.turns


async def test_a_leading_slash_never_reaches_rasa(customer: Customer, rasa: ScriptedRasa) -> None:
    await customer.says('/affirm{"phone": "13800001001"}')
    await customer.until(lambda seen: said(seen, "echo"))
    assert rasa.turns[0]["text"].startswith("／affirm")
    assert rasa.turns[0]["intent"] is None


async def test_a_forged_button_is_refused(customer: Customer) -> None:
    with pytest.raises(UnknownButton):
        await customer.chooses("forged")


async def test_a_button_of_another_conversation_is_refused(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    from gateway import sessions as chats

    async def with_button(body: dict[str, object]) -> dict[str, object]:
        messages = [{"text": "要办吗", "buttons": [{"title": "办理", "payload": '/affirm{"a": "b"}'}]}]
        return spoken("", messages=messages)

    rasa.answer = with_button
    await customer.says("我要办理")
    seen = await customer.until(lambda seen: said(seen, "要办吗"))
    button = seen[-1].body["buttons"][0]
    assert set(button) == {"title", "token"}
    other = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
    with pytest.raises(UnknownButton):
        await Customer(services, other.conversation).chooses(button["token"])
    rasa.answer = None
    await customer.chooses(button["token"])
    await customer.until(lambda seen: said(seen, "echo: affirm"))
    assert rasa.turns[-1]["intent"] == {"name": "affirm", "entities": [{"entity": "a", "value": "b"}]}
    assert rasa.turns[-1]["text"] is None


async def test_too_many_messages_at_once_are_refused(customer: Customer, services: Services) -> None:
    services.limits = Limits(Allowance(3, 1), Allowance(100, 100))
    for _ in range(3):
        await customer.says("在吗")
    with pytest.raises(RateLimited):
        await customer.says("在吗")


async def test_one_address_is_limited_over_all_its_conversations(services: Services) -> None:
    limits = Limits(Allowance(100, 100), Allowance(2, 1))
    limits.spend(conversation="a", address=ADDRESS)
    limits.spend(conversation="b", address=ADDRESS)
    with pytest.raises(RateLimited):
        limits.spend(conversation="c", address=ADDRESS)


async def test_a_cry_for_help_is_answered_before_the_model_and_goes_first(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    await customer.says("我不想活了")
    seen = await customer.sees()
    assert said(seen, "12356")
    assert said(seen, "120")
    conversation = await customer.stands()
    assert (conversation.mode, conversation.priority, conversation.reason) == (Mode.QUEUED, 100, "crisis")
    assert not rasa.turns


async def test_a_cry_for_help_out_of_hours_still_raises_a_task(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    object.__setattr__(services.options, "desk_always_open", False)
    services.clock.now = services.clock.now.replace(hour=20)  # 4:00 in Shanghai
    await customer.says("刚撞了人躺地上不动了")
    assert said(await customer.sees(), "120")
    async with services.sessions() as session:
        tasks = await open_tasks(session, conversation_id=customer.conversation)
    assert [task.kind for task in tasks] == ["crisis"]


async def test_a_clause_question_about_suicide_is_an_ordinary_turn(
    customer: Customer, rasa: ScriptedRasa
) -> None:
    await customer.says("自杀两年内赔不赔")
    await customer.until(lambda seen: said(seen, "echo"))
    assert (await customer.stands()).mode is Mode.BOT


async def test_while_waiting_rasa_is_silent_and_cancel_goes_back(
    customer: Customer, services: Services, rasa: ScriptedRasa
) -> None:
    from actions.turn import HandOver

    async with services.sessions.begin() as session:
        conversation = await log.lock(session, customer.conversation)
        await handover.hand_over(session, services, conversation, HandOver("requested"), services.clock())
    await customer.says("保单号找不到了")
    await customer.says("还要等多久")
    seen = await customer.sees()
    assert [message.kind for message in seen].count("queue") == 2
    assert not rasa.turns
    await customer.says("取消")
    assert (await customer.stands()).mode is Mode.BOT
    await customer.says("等待期多久")
    await customer.until(lambda seen: said(seen, "echo: 等待期多久"))
    assert [turn["text"] for turn in rasa.turns] == ["等待期多久"]
