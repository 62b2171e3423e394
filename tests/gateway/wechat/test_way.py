"""A message's way: in with a push, out with its answer or by customer-service message, once and in order."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from app.wechat_demo.platform import BROKEN, Faults
from gateway.channels import delivery
from gateway.channels.wechat import intake, pushes
from records import channel_accounts, deliveries
from records.channel_accounts import Grant, Source
from records.conversations import Origin
from records.deliveries import Delivery, DeliveryState
from tests.gateway.scripted_rasa import ScriptedRasa, spoken
from tests.gateway.wechat.conftest import Writer


def saying(text: str, *titles: str) -> Any:
    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        buttons = [{"title": title, "payload": "/ask_payment_method"} for title in titles]
        message = {"text": text or f"答：{body['text'] or body['intent']['name']}", "buttons": buttons}
        return {**spoken("", "ask_waiting_period"), "messages": [{**message, "citations": []}]}

    return answer


async def test_a_quick_answer_goes_with_the_push(writer: Writer) -> None:
    await writer.says("等待期多久")
    shown = await writer.gets("echo: 等待期多久", via="passive")
    assert "不是真人" in shown.text
    assert [(row.state, row.via) for row in await writer.settled()] == [("sent", "passive")] * 2
    assert writer.stage.platform.phone(writer.openid).left(time.time()) == 5


async def test_a_slow_answer_comes_later(writer: Writer, rasa: ScriptedRasa) -> None:
    writer.stage.wechat.options = writer.options(passive_seconds=1.0)
    rasa.gate.clear()
    await writer.says("等待期多久")
    assert not any("echo" in shown.text for shown in writer.received)
    rasa.gate.set()
    shown = await writer.gets("echo: 等待期多久", via="custom")
    assert "不是真人" in shown.text
    assert [row.via for row in await writer.settled()] == ["customer_service"] * 2
    assert len(writer.received) == 1


async def test_the_greeting_does_not_wait_for_ever(
    writer: Writer, rasa: ScriptedRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_FOR_THE_ANSWER", timedelta(seconds=1.5))
    writer.stage.wechat.options = writer.options(passive_seconds=0.5)
    rasa.gate.clear()
    await writer.says("等待期多久")
    await writer.gets("不是真人", via="custom")
    assert not any("echo" in shown.text for shown in writer.received)
    rasa.gate.set()
    await writer.gets("echo: 等待期多久", via="custom")


async def test_the_customer_sees_that_somebody_writes(writer: Writer, rasa: ScriptedRasa) -> None:
    writer.stage.wechat.options = writer.options(passive_seconds=1.0)
    rasa.gate.clear()
    await writer.says("在吗")
    await writer.meanwhile(lambda: writer.stage.platform.phone(writer.openid).typing)
    rasa.gate.set()
    await writer.gets("echo: 在吗")


async def test_a_push_that_comes_twice_is_one_message(writer: Writer) -> None:
    writer.stage.platform.faults = Faults(duplicated=1.0, seed=1)
    await writer.says("等待期多久")
    await asyncio.sleep(1.3)
    assert [m.text for m in await writer.log() if m.origin is Origin.CUSTOMER] == ["等待期多久"]
    assert [shown.text.count("echo") for shown in writer.received] == [1]


async def test_an_answer_that_was_lost_is_given_to_the_repeated_push(writer: Writer) -> None:
    writer.stage.platform.faults = Faults(unanswered=1.0)
    writer.stage.platform.patience = 2.6
    writer.stage.wechat.options = writer.options(patience_seconds=3.0)
    saying_so = asyncio.create_task(writer.says("等待期多久"))
    await writer.meanwhile(lambda: writer.stage.platform.attempts >= 1)
    writer.stage.platform.faults = Faults()
    await saying_so
    assert [shown.via for shown in writer.received] == ["passive"]
    assert [m.text for m in await writer.log() if m.origin is Origin.CUSTOMER] == ["等待期多久"]
    assert {row.state for row in await writer.settled()} == {"sent"}


async def test_a_push_that_arrives_late_is_not_answered_passively(writer: Writer) -> None:
    """WeChat has hung up; what would be said now, nobody would read."""
    writer.stage.platform.phone(writer.openid).wrote(time.time())
    url, body = writer.push_of("等待期多久", time.time() - 6)
    assert await writer.stage.platform.post(url, body) == "success"
    await writer.gets("echo: 等待期多久", via="custom")


async def test_two_events_in_one_second_are_two(writer: Writer) -> None:
    now = str(int(time.time()))
    base = {"ToUserName": "gh", "FromUserName": "o", "CreateTime": now, "MsgType": "event", "Event": "CLICK"}
    one, other = (pushes.read({**base, "EventKey": key}, int(now)) for key in ("human", "help"))
    again = pushes.read({**base, "EventKey": "human", "Event": "click"}, int(now))
    assert one.key != other.key
    assert one.key == again.key


async def test_buttons_are_a_menu_and_a_tap_is_a_choice(writer: Writer, rasa: ScriptedRasa) -> None:
    rasa.answer = saying("90天。", "怎么交费", "转人工")
    await writer.says("等待期多久")
    shown = await writer.gets("90天。", via="custom")
    assert [item["content"] for item in shown.items] == ["1. 怎么交费", "2. 转人工", "点一下，或者回复序号"]
    rasa.answer = None
    await writer.says(shown.items[0]["content"], menu_id=shown.items[0]["id"])
    await writer.gets("echo: ask_payment_method")
    assert [m.text for m in await writer.log() if m.origin is Origin.CUSTOMER] == ["等待期多久", "怎么交费"]


@pytest.mark.parametrize("typed", ["1", "1.", "１", "怎么交费"])
async def test_a_number_or_a_title_is_a_choice_too(writer: Writer, rasa: ScriptedRasa, typed: str) -> None:
    rasa.answer = saying("90天。", "怎么交费")
    await writer.says("等待期多久")
    await writer.gets("90天。")
    rasa.answer = None
    await writer.says(typed)
    await writer.gets("echo: ask_payment_method")


async def test_a_number_with_nothing_on_offer_is_a_text(writer: Writer) -> None:
    await writer.says("1")
    await writer.gets("echo: 1")


async def test_a_forged_tap_is_only_its_text(writer: Writer) -> None:
    await writer.says("转人工", menu_id="of-another-conversation")
    await writer.gets("echo: 转人工")


async def test_where_no_menu_can_be_sent_buttons_are_numbers_in_the_answer(
    writer: Writer, rasa: ScriptedRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa.answer = saying("90天。", "怎么交费", "转人工")
    nothing = Grant(Source.MESSAGE, messages=5, bot_share=0, lasts=timedelta(hours=48))
    monkeypatch.setattr(pushes, "_MESSAGE", nothing)
    await writer.says("等待期多久")
    shown = await writer.gets("90天。", via="passive")
    assert shown.text.endswith("90天。\n回复序号选择：\n1. 怎么交费\n2. 转人工")


async def test_a_long_answer_comes_in_parts_in_order(writer: Writer, rasa: ScriptedRasa) -> None:
    sentences = [
        f"第{number}条：被保险人在等待期内确诊的，本公司退还已交的保险费，合同终止。" for number in range(50)
    ]
    rasa.answer = saying("".join(sentences))
    await writer.says("念一遍条款")
    received = await writer.until(lambda seen: any("第49条" in one.text for one in seen))
    assert all(len(one.text.encode()) <= 1950 for one in received)
    whole = "".join(one.text for one in received)
    assert [sentence for sentence in sentences if sentence not in whole] == []
    assert [one.text for one in received] == sorted(
        (one.text for one in received), key=lambda text: whole.index(text)
    )
    assert {row.state for row in await writer.settled()} == {"sent"}


async def test_the_budget_is_never_exceeded_and_the_rest_waits(writer: Writer) -> None:
    await writer.says("你好")
    await writer.gets("echo: 你好")
    for number in range(9):
        await writer.bot_says(f"第{number}条消息，" + "很长" * 300)
    await writer.meanwhile(lambda: len(writer.received) == 4)
    await asyncio.sleep(0.5)
    assert [one.via for one in writer.received] == ["passive", "custom", "custom", "custom"]
    waiting = [row for row in await writer.deliveries() if row.state is DeliveryState.PENDING]
    assert {row.reason for row in waiting} == {"quota"}
    await writer.says("然后呢")
    await writer.gets("第3条消息")
    assert writer.stage.platform.refused_calls == []


async def test_the_specialist_still_reaches_the_customer_when_the_bot_has_used_its_share(
    writer: Writer,
) -> None:
    await writer.says("你好")
    await writer.gets("echo: 你好")
    for number in range(3):
        await writer.bot_says(f"第{number}条消息，" + "很长" * 300)
        await writer.gets(f"第{number}条消息")
    await writer.bot_says("还有一句")
    await writer.system_says("专员已接入")
    await writer.gets("专员已接入", via="custom")
    assert writer.stage.platform.refused_calls == []


async def test_an_outcome_nobody_knows_is_said_and_not_repeated(writer: Writer, rasa: ScriptedRasa) -> None:
    rasa.answer = saying("90天。", "怎么交费")
    writer.stage.api.lose_answers = 1
    await writer.says("等待期多久")
    rows = await writer.settled()
    assert {row.state for row in rows} == {"uncertain"}
    assert [one.text.count("90天") for one in writer.received] == [1]
    shown = [message.delivery for message in await writer.log() if message.origin is Origin.BOT]
    assert set(shown) == {"uncertain"}
    await writer.says("在吗")
    await writer.settled()
    assert sum("90天" in one.text for one in writer.received) == 2, "the second is the answer to 在吗"


async def test_a_claim_of_a_dead_process_becomes_uncertain(writer: Writer) -> None:
    """Nobody settles it, so whether it went out nobody knows."""
    await writer.says("你好")
    await writer.settled()
    services, conversation = writer.stage.services, (await writer.customer()).conversation
    async with services.sessions.begin() as session:
        held = await channel_accounts.of_conversation(session, conversation)
        assert held is not None
        held.held_until = services.clock() + timedelta(seconds=30)
    message = await writer.bot_says("一句话")
    async with services.sessions.begin() as session:
        row = await session.get_one(Delivery, message.id)
        deliveries.claim([row], via="customer_service", now=services.clock() - timedelta(minutes=1))
    rows = await writer.settled()
    assert (rows[-1].state, rows[-1].reason) == (DeliveryState.UNCERTAIN, "interrupted")
    assert not any("一句话" in one.text for one in writer.received)


async def test_a_stale_token_is_fetched_once_and_never_in_a_loop(writer: Writer, rasa: ScriptedRasa) -> None:
    rasa.answer = saying("90天。", "怎么交费")
    await writer.says("一")
    await writer.gets("90天。")
    fetched = writer.stage.api.calls["stable_token"]
    writer.stage.platform.expire_tokens()
    await writer.says("二")
    await writer.until(lambda seen: len(seen) == 2)
    assert writer.stage.api.calls["stable_token"] == fetched + 1
    sent = writer.stage.api.calls["message/custom/send"]
    writer.stage.api.fail_next = [40001] * 2
    await writer.says("三")
    await writer.meanwhile(lambda: not writer.stage.api.fail_next)
    assert writer.stage.api.calls["message/custom/send"] == sent + 2
    assert writer.stage.api.calls["stable_token"] == fetched + 2


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (45015, "window_closed"),
        (48002, "refused_by_customer"),
        (43004, "not_following"),
        (48001, "no_permission"),
    ],
)
async def test_what_blocks_an_account_waits_for_the_customer(
    writer: Writer, rasa: ScriptedRasa, code: int, reason: str
) -> None:
    rasa.answer = saying("90天。", "怎么交费")
    writer.stage.api.fail_next = [code]
    await writer.says("等待期多久")
    await writer.blocked_by(reason)
    assert not any("90天" in one.text for one in writer.received)
    rasa.answer = None
    await writer.says("在吗")
    await writer.gets("90天。")
    await writer.gets("echo: 在吗")
    order = "".join(one.text for one in writer.received)
    assert order.index("90天。") < order.index("echo: 在吗")


async def test_busy_is_tried_again_and_a_refusal_is_not(writer: Writer, rasa: ScriptedRasa) -> None:
    rasa.answer = saying("90天。", "怎么交费")
    writer.stage.api.fail_next = [-1]
    await writer.says("等待期多久")
    await writer.gets("90天。")
    rasa.answer = saying("60天。", "怎么交费")
    writer.stage.api.fail_next = [40003]
    await writer.says("医疗险呢")
    rows = await writer.settled()
    assert (rows[-1].state, rows[-1].reason) == (DeliveryState.FAILED, "unknown_account")


async def test_while_the_database_is_away_the_push_is_not_taken(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat repeats it, and nothing has been acknowledged that is not stored."""

    async def away(*_: object) -> None:
        raise ConnectionError("gone")

    writer.stage.platform.patience = 0.3
    with monkeypatch.context() as patch:
        patch.setattr(intake, "take", away)
        await writer.says("等待期多久")
    assert [shown.text for shown in writer.screen if shown.side == "note"] == [BROKEN]
    assert await writer.account() is None
