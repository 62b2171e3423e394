"""`baodan chat` speaks the widget's protocol: numbers choose buttons, the rest are messages."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from app.errors import AppError
from app.terminal import Conversation, talk

BUTTONS = [{"title": "等待期", "token": "t-wait"}, {"title": "转人工", "token": "t-human"}]


def event(seq: int, text: str, origin: str = "bot", **more: Any) -> dict[str, Any]:
    return {"type": "event", "seq": seq, "kind": "message", "origin": origin, "text": text, **more}


def test_a_number_chooses_a_button_that_is_shown() -> None:
    said: list[str] = []
    conversation = Conversation(said.append)
    assert conversation.frame("1")["type"] == "message"
    conversation.receive(event(1, "想问哪个？", buttons=BUTTONS))
    assert said == ["保单专员：想问哪个？", "  1. 等待期", "  2. 转人工"]
    assert conversation.frame("2")["button"] == "t-human"
    for other in ("3", "0", "２", "1号"):
        assert conversation.frame(other)["type"] == "message"


def test_every_message_has_its_own_id() -> None:
    conversation = Conversation(print)
    assert conversation.frame("你好")["client_msg_id"] != conversation.frame("你好")["client_msg_id"]


def test_shows_who_speaks_and_where_it_stands() -> None:
    said: list[str] = []
    conversation = Conversation(said.append)
    conversation.receive(event(1, "你好", origin="customer"))
    conversation.receive(
        event(2, "90 天", citations=[{"title": "条款", "clause": "第3条", "version": "2026"}])
    )
    conversation.receive(event(3, "我来帮您", origin="specialist", specialist={"name": "林专员"}))
    conversation.receive(event(3, "我来帮您", origin="specialist", specialist={"name": "林专员"}))
    conversation.receive({"type": "error", "code": "too_long", "message": "太长了"})
    assert said == ["保单专员：90 天", "  出处：条款 第3条 2026", "林专员：我来帮您", "［太长了］"]


async def served(answer: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> tuple[web.AppRunner, str]:
    """A chat server whose answers to a frame come from `answer`."""

    async def sessions(request: web.Request) -> web.Response:
        if (await request.json())["site_key"] != "demo-site":
            return web.json_response({"error": {"code": "x", "message": "没有这个站点"}}, status=403)
        return web.json_response({"conversation": "c", "token": "secret"})

    async def chat(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = await socket.receive_json()
        assert hello == {"type": "hello", "token": "secret", "last_seq": 0}
        await socket.send_json({"type": "welcome", "seq": 1, "mode": "bot", "events": [event(1, "您好")]})
        async for packet in socket:
            for frame in answer(packet.json()):
                await socket.send_json(frame)
        return socket

    app = web.Application()
    app.router.add_post("/api/chat/sessions", sessions)
    app.router.add_get("/api/chat/ws", chat)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_lines_from_a_file_wait_for_their_answers() -> None:
    received: list[dict[str, Any]] = []

    def answer(frame: dict[str, Any]) -> list[dict[str, Any]]:
        received.append(frame)
        seq = 10 + len(received)
        return [event(seq, f"第{len(received)}句", buttons=BUTTONS), {"type": "turn", "state": "ended"}]

    runner, url = await served(answer)
    said: list[str] = []
    async with asyncio.timeout(10):
        await talk(url, "demo-site", io.StringIO("等待期多久\n\n2\n"), said.append)
    await runner.cleanup()
    assert [frame.get("text") or frame["button"] for frame in received] == ["等待期多久", "t-human"]
    assert [line for line in said if "：" in line] == ["保单专员：您好", "保单专员：第1句", "保单专员：第2句"]


async def test_a_refused_site_is_told_in_the_server_s_words() -> None:
    runner, url = await served(lambda frame: [])
    with pytest.raises(AppError, match="没有这个站点"):
        await talk(url, "nobody", io.StringIO(""), print)
    await runner.cleanup()


async def test_nobody_there(free_port: Callable[[], int]) -> None:
    with pytest.raises(AppError, match="make run"):
        await talk(f"http://127.0.0.1:{free_port()}", "demo-site", io.StringIO(""), print)
