"""What a customer was told can be shown afterwards: that a machine speaks, which clause, which version."""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import select

from gateway.services import Services
from records.conversations import Message, Origin
from tests.gateway.scripted_rasa import ScriptedRasa, spoken
from tests.gateway.test_web import _open, _socket, _until, web

__all__ = ["web"]
NOTICE = "不是真人"
CITED = {"title": "安心守护重大疾病保险（2026版）", "clause": "第3.2条", "version": "2026.1"}


async def test_a_conversation_says_once_and_first_that_a_machine_speaks(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    for number in range(3):
        await socket.send_json({"type": "message", "client_msg_id": f"m-{number}", "text": "等待期多久"})
        await _until(socket, "turn", state="ended")
    await socket.close()
    again = await _open(web, token=opened["token"])
    events = (await _until(await _socket(web, again["token"]), "welcome"))["events"]
    assert [NOTICE in event.get("text", "") for event in events].count(True) == 1
    assert NOTICE in events[0]["text"]
    assert (
        NOTICE
        in (await _until(await _socket(web, (await _open(web))["token"]), "welcome"))["events"][0]["text"]
    )


async def test_the_log_keeps_which_clause_and_version_was_explained(
    web: TestClient[Any, Any], rasa: ScriptedRasa, services: Services
) -> None:
    async def cites(body: dict[str, Any]) -> dict[str, Any]:
        return spoken("", messages=[{"text": "90天", "buttons": [], "citations": [CITED]}])

    rasa.answer = cites
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    await socket.send_json({"type": "message", "client_msg_id": "m-1", "text": "重疾险等待期多久"})
    await _until(socket, "event", origin="bot", text="90天")
    async with services.sessions() as session:
        kept = (
            await session.scalars(
                select(Message).where(
                    Message.conversation_id == uuid.UUID(opened["conversation"]),
                    Message.origin == Origin.BOT,
                    Message.turn_id.is_not(None),
                )
            )
        ).one()
    assert kept.body["citations"] == [CITED]
