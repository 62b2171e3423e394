"""Every kind of message and event, and what the customer gets for it."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import func, select

from gateway import buttons, handover, log
from gateway.channels.wechat import pushes
from gateway.limits import Allowance, Limits
from records import customers
from records.channel_accounts import ChannelAccount, Push
from records.conversations import ChatToken, Mode, Origin, Rating
from records.documents import Document
from tests.gateway.test_web import PNG
from tests.gateway.wechat.conftest import Stage, Writer


async def _customer_entries(writer: Writer) -> list[str]:
    return [entry.text for entry in await writer.log() if entry.origin is Origin.CUSTOMER]


@pytest.mark.parametrize(
    ("kind", "shown", "says"),
    [
        ("voice", "［语音］", "语音我还听不懂"),
        ("video", "［视频］", "视频我看不了"),
        ("shortvideo", "［视频］", "视频我看不了"),
        ("link", "［链接］", "链接我打不开"),
        ("file", "［文件］", "这种消息我看不了"),
        ("something_new", "［其他消息］", "这种消息我看不了"),
    ],
)
async def test_what_cannot_be_taken_is_declined_with_a_way_on(
    writer: Writer, kind: str, shown: str, says: str
) -> None:
    await writer.stage.platform.other(writer.openid, kind, shown)
    await writer.gets(says, via="passive")
    assert await _customer_entries(writer) == [shown]


async def test_a_place_is_kept_for_the_specialist(writer: Writer) -> None:
    fields = {"Location_X": "31.2", "Location_Y": "121.5", "Scale": "16", "Label": "人民路1号"}
    await writer.stage.platform.other(writer.openid, "location", "位置", **fields)
    await writer.gets("位置收到了")
    assert await _customer_entries(writer) == ["［位置］人民路1号"]


async def test_a_picture_is_fetched_into_our_storage(writer: Writer) -> None:
    await writer.stage.platform.image(writer.openid, PNG, "image/png")
    await writer.gets("文件收到了")
    async with writer.stage.services.sessions() as session:
        document = (await session.scalars(select(Document))).one()
    kept = writer.stage.services.options.files / document.sha256[:2] / document.sha256
    assert kept.read_bytes() == PNG
    assert document.conversation_id == (await writer.customer()).conversation


@pytest.mark.parametrize("content", [b"GIF89a" + bytes(40), b"<html></html>", bytes(11 * 1024 * 1024)])
async def test_a_picture_that_is_none_is_refused(writer: Writer, content: bytes) -> None:
    await writer.stage.platform.image(writer.openid, content, "image/jpeg")
    await writer.until(lambda seen: len(seen) == 1)
    async with writer.stage.services.sessions() as session:
        assert (await session.scalars(select(Document))).all() == []


async def test_a_picture_that_cannot_be_fetched(writer: Writer) -> None:
    phone = writer.stage.platform.phone(writer.openid)
    phone.wrote(time.time())
    fields = {"MsgType": "image", "MediaId": "gone", "MsgId": "77"}
    await writer.stage.platform.push(writer.openid, fields)
    await writer.gets("这张照片没有取到")


async def test_following_is_welcomed_once(writer: Writer) -> None:
    await writer.stage.platform.event(writer.openid, "subscribe", EventKey="qrscene_7", Ticket="t")
    shown = await writer.gets("常用的几项", via="custom")
    assert "不是真人" in shown.text
    assert [item["content"] for item in shown.items[:-1]] == ["1. 我的保单", "2. 我要报案", "3. 转人工"]


async def test_a_click_starts_a_wish(writer: Writer) -> None:
    await writer.stage.platform.event(writer.openid, "CLICK", EventKey="policies")
    await writer.gets("echo: check_policy")
    assert await _customer_entries(writer) == ["我的保单"]


async def test_a_click_on_an_entry_that_is_gone(writer: Writer) -> None:
    await writer.stage.platform.event(writer.openid, "CLICK", EventKey="of_last_year")
    await writer.gets("这个按钮已经过时了")


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "kf_create_session", "brand_new_event"])
async def test_events_that_concern_nobody(writer: Writer, event: str) -> None:
    await writer.stage.platform.event(writer.openid, event, EventKey="x")
    assert writer.screen == []
    assert await writer.account() is None


async def test_a_scan_gives_a_moment(writer: Writer) -> None:
    await writer.says("你好")
    await writer.stage.platform.event(writer.openid, "SCAN", EventKey="7", Ticket="t")
    reach = await writer.reach()
    assert reach.left == 8


async def test_too_fast_is_said_and_not_stored(writer: Writer) -> None:
    writer.stage.services.limits = Limits(Allowance(1, 0.01), Allowance(1, 0.01))
    await writer.says("你好")
    await writer.says("在吗")
    await writer.gets("有点快", via="passive")
    assert await _customer_entries(writer) == ["你好"]


async def test_leaving_takes_all_personal_data_of_the_channel_along(
    writer: Writer, demo_insurer: None
) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    conversation = (await writer.customer()).conversation
    await writer.stage.platform.event(writer.openid, "unsubscribe")
    assert await writer.account() is None
    async with writer.stage.services.sessions() as session:
        for table in (Push, ChatToken, ChannelAccount):
            assert await session.scalar(select(func.count()).select_from(table)) == 0, table
        assert await customers.binding(session, "wechat", writer.openid) is None
        entries = await log.events_after(session, conversation, 0)
    assert any(entry.text == "你好" for entry in entries), "the business log stays"


async def test_following_again_begins_anew(writer: Writer, demo_insurer: None) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    before = (await writer.customer()).conversation
    await writer.stage.platform.event(writer.openid, "unsubscribe")
    await writer.stage.platform.event(writer.openid, "subscribe")
    assert (await writer.customer()).conversation != before
    assert (await writer.stands()).customer_id is None


async def test_a_specialist_is_named_and_rated(writer: Writer, demo_insurer: None) -> None:
    await writer.says("你好")
    await writer.at_the_desk(handover.take_over)
    await writer.gets("林专员（工号")
    await writer.reply("您好，我是林专员。")
    shown = await writer.gets("您好，我是林专员。", via="custom")
    assert shown.text.startswith("【林专员 工号")
    await writer.close()
    await writer.gets("这次服务您满意吗")
    await writer.says("5")
    await writer.gets("谢谢您的评分")
    assert (await writer.stands()).mode is Mode.CLOSED
    async with writer.stage.services.sessions() as session:
        assert (await session.scalars(select(Rating.score))).all() == [5]


async def test_while_a_specialist_serves_the_push_is_answered_at_once(
    writer: Writer, demo_insurer: None
) -> None:
    await writer.says("你好")
    await writer.at_the_desk(handover.take_over)
    before = len(writer.received)
    await asyncio.wait_for(writer.says("我想改地址"), 2)
    assert len(writer.received) <= before + 1
    assert (await writer.stands()).mode is Mode.HUMAN


def test_every_button_command_has_its_word(stage: Stage) -> None:
    for command in (buttons.UNBIND_NOW, buttons.ALLOW_NOTICES, buttons.REFUSE_NOTICES):
        assert stage.services.wording.say(f"utter_button_{command}")


def test_the_menu_names_what_exists(stage: Stage) -> None:
    intents = {
        entry.enter["name"]
        for column in stage.wechat.account.columns
        for entry in column.entries
        if entry.wish
    }
    assert intents
    assert {kind.value for kind in pushes.Kind} >= {"click"}
