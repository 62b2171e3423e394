"""The web protocol over real sockets: sessions, WebSocket, long-poll, files, and how it answers bad input."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import ClientWebSocketResponse, FormData
from aiohttp.test_utils import TestClient, TestServer

from gateway.services import Services
from gateway.web import public_app
from tests.gateway.conftest import SECRET, SITE
from tests.gateway.scripted_rasa import ScriptedRasa
from tests.gateway.test_safe_files import png

PNG = png(1, 1)


@pytest.fixture
async def web(services: Services) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(public_app(services))) as client:
        yield client


async def _open(web: TestClient[Any, Any], **more: Any) -> dict[str, Any]:
    response = await web.post("/api/chat/sessions", json={"site_key": SITE, **more})
    assert response.status == 200, await response.text()
    opened: dict[str, Any] = await response.json()
    return opened


async def _socket(web: TestClient[Any, Any], token: str, last_seq: int = 0) -> ClientWebSocketResponse:
    socket = await web.ws_connect("/api/chat/ws")
    await socket.send_json({"type": "hello", "token": token, "last_seq": last_seq})
    return socket


async def _until(socket: ClientWebSocketResponse, kind: str, **fields: Any) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = await socket.receive_json(timeout=5)
        if frame["type"] == kind and all(frame.get(key) == value for key, value in fields.items()):
            return frame


def _user_token(services: Services, secret: str = SECRET, **claims: Any) -> str:
    now = services.clock()
    usual = {"iss": SITE, "sub": "C001", "exp": now + timedelta(minutes=5), "jti": uuid.uuid4().hex}
    return jwt.encode(usual | claims, secret, algorithm="HS256")


async def test_a_conversation_over_the_websocket(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    welcome = await _until(socket, "welcome")
    assert welcome["mode"] == "bot"
    assert "不是真人" in welcome["events"][0]["text"]
    await socket.send_json({"type": "message", "client_msg_id": "m-1", "text": "等待期多久"})
    assert (await _until(socket, "ack"))["client_msg_id"] == "m-1"
    answer = await _until(socket, "event", origin="bot")
    assert answer["text"] == "echo: 等待期多久"
    assert set(answer) >= {"seq", "kind", "origin", "text", "buttons", "citations", "files", "at"}
    await _until(socket, "turn", state="ended")


async def test_the_bot_is_seen_to_work(web: TestClient[Any, Any], rasa: ScriptedRasa) -> None:
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    rasa.gate.clear()
    await socket.send_json({"type": "message", "client_msg_id": "m-1", "text": "在吗"})
    await _until(socket, "turn", state="started")
    rasa.gate.set()
    await _until(socket, "turn", state="ended")


async def test_history_after_a_reload_and_only_what_is_missing(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    await socket.send_json({"type": "message", "client_msg_id": "m-1", "text": "你好"})
    last = (await _until(socket, "event", origin="bot", text="echo: 你好"))["seq"]
    await socket.close()
    again = await _open(web, token=opened["token"])
    assert again == opened
    whole = await _until(await _socket(web, again["token"]), "welcome")
    assert [event["seq"] for event in whole["events"]] == list(range(1, last + 1))
    rest = await _until(await _socket(web, again["token"], last_seq=last), "welcome")
    assert rest["events"] == []


async def test_two_tabs_show_the_same(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    first, second = await _socket(web, opened["token"]), await _socket(web, opened["token"])
    await _until(first, "welcome")
    await _until(second, "welcome")
    await first.send_json({"type": "message", "client_msg_id": "m-1", "text": "你好"})
    seen = [await _until(tab, "event", origin="bot") for tab in (first, second)]
    assert seen[0] == seen[1]


async def test_the_same_conversation_without_a_websocket(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    headers = {"Authorization": f"Bearer {opened['token']}"}
    body = {"type": "message", "client_msg_id": "m-1", "text": "你好"}
    sent = await (await web.post("/api/chat/messages", json=body, headers=headers)).json()
    after = sent["ack"]["seq"]
    polled = await (
        await web.get("/api/chat/events", params={"after": str(after), "wait": "5"}, headers=headers)
    ).json()
    assert polled["events"][0]["text"] == "echo: 你好"
    repeated = await (await web.post("/api/chat/messages", json=body, headers=headers)).json()
    assert repeated == sent


async def test_the_long_poll_waits_and_ends_empty(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    headers = {"Authorization": f"Bearer {opened['token']}"}
    polled = await (await web.get("/api/chat/events?after=1&wait=0.2", headers=headers)).json()
    assert (polled["events"], polled["mode"]) == ([], "bot")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "bad_request"),
        ("[1, 2]", "bad_request"),
        ('{"type": "shout"}', "bad_request"),
        ('{"type": "message", "text": "no id"}', "bad_request"),
        ('{"type": "message", "client_msg_id": "m-1", "text": "   "}', "empty"),
        ('{"type": "message", "client_msg_id": "m-1", "text": "%s"}' % ("长" * 10_000), "too_long"),
        ('{"type": "choose", "client_msg_id": "m-1", "button": "forged"}', "unknown_button"),
        ('{"type": "file", "client_msg_id": "m-1", "file": "nothing"}', "not_found"),
    ],
)
async def test_a_bad_frame_gets_a_sentence_and_the_socket_lives_on(
    web: TestClient[Any, Any], frame: str, code: str
) -> None:
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    await _until(socket, "welcome")
    await socket.send_str(frame)
    error = await _until(socket, "error")
    assert error["code"] == code
    assert error["message"].endswith(("。", "！"))
    await socket.send_json({"type": "ping"})
    await _until(socket, "pong")


async def test_the_first_frame_must_be_a_hello_with_a_token(web: TestClient[Any, Any]) -> None:
    for frame in ({"type": "ping"}, {"type": "hello", "token": "forged"}):
        socket = await web.ws_connect("/api/chat/ws")
        await socket.send_json(frame)
        await _until(socket, "error")
        await socket.receive(timeout=5)
        assert socket.closed


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b'{"site_key": 1}', 400, "bad_request"),
        (b'{"site_key": "strange"}', 403, "unknown_site"),
        (b'{"site_key": "demo-site", "user_token": "forged"}', 401, "unauthorised"),
    ],
)
async def test_a_session_that_may_not_be_opened(
    web: TestClient[Any, Any], body: bytes, status: int, code: str
) -> None:
    response = await web.post("/api/chat/sessions", data=body)
    assert response.status == status
    assert (await response.json())["error"]["code"] == code


async def test_no_token_no_events(web: TestClient[Any, Any]) -> None:
    for headers in ({}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic x"}):
        response = await web.get("/api/chat/events", headers=headers)
        assert response.status == 401


async def test_a_foreign_page_is_refused_and_an_allowed_one_is_not(web: TestClient[Any, Any]) -> None:
    refused = await web.post(
        "/api/chat/sessions", json={"site_key": SITE}, headers={"Origin": "https://evil.example"}
    )
    assert (refused.status, (await refused.json())["error"]["code"]) == (403, "origin_refused")
    allowed = await web.post(
        "/api/chat/sessions", json={"site_key": SITE}, headers={"Origin": "https://insurer.example"}
    )
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://insurer.example"


async def test_a_signed_customer_is_known_and_resumes_on_another_device(
    demo_insurer: None, web: TestClient[Any, Any], services: Services
) -> None:
    first = await _open(web, user_token=_user_token(services))
    second = await _open(web, user_token=_user_token(services))
    assert first["conversation"] == second["conversation"]
    assert first["token"] != second["token"]


async def test_a_user_token_works_once_and_only_for_ten_minutes(
    demo_insurer: None, web: TestClient[Any, Any], services: Services
) -> None:
    token = _user_token(services)
    await _open(web, user_token=token)
    stale = _user_token(services, exp=services.clock() - timedelta(seconds=1))
    long = _user_token(services, exp=services.clock() + timedelta(hours=1))
    forged = _user_token(services, secret="another-secret-that-is-long-enough-for-it")
    nobody = _user_token(services, sub="C999")
    for bad in (token, stale, long, forged, nobody):
        response = await web.post("/api/chat/sessions", json={"site_key": SITE, "user_token": bad})
        assert response.status == 401


async def test_a_photo_travels_and_is_only_for_this_conversation(web: TestClient[Any, Any]) -> None:
    opened, other = await _open(web), await _open(web)
    headers = {"Authorization": f"Bearer {opened['token']}"}
    form = FormData(quote_fields=False)
    form.add_field("file", PNG, filename="出院小结.png", content_type="application/octet-stream")
    sent = await (await web.post("/api/chat/files", data=form, headers=headers)).json()
    assert (sent["type"], sent["size"], sent["name"]) == ("image/png", len(PNG), "出院小结.png")
    frame = {"type": "file", "client_msg_id": "m-1", "file": sent["file"]}
    await web.post("/api/chat/messages", json=frame, headers=headers)
    got = await web.get(f"/api/chat/files/{sent['file']}", headers=headers)
    assert await got.read() == PNG
    assert got.headers["Content-Disposition"].startswith("attachment")
    foreign = {"Authorization": f"Bearer {other['token']}"}
    assert (await web.get(f"/api/chat/files/{sent['file']}", headers=foreign)).status == 404


async def test_a_file_is_judged_by_its_content(web: TestClient[Any, Any]) -> None:
    opened = await _open(web)
    form = FormData()
    form.add_field("file", b"<script>alert(1)</script>", filename="photo.png", content_type="image/png")
    response = await web.post(
        "/api/chat/files", data=form, headers={"Authorization": f"Bearer {opened['token']}"}
    )
    assert (response.status, (await response.json())["error"]["code"]) == (415, "file_type")


async def test_the_newest_code_can_be_read_in_the_demo_only(
    demo_insurer: None, web: TestClient[Any, Any], services: Services
) -> None:
    assert (await web.get("/demo/sms?phone=13800001001")).status == 404
    assert (await web.get("/demo/sms?phone=abc")).status == 400
    object.__setattr__(services.options, "demo", False)
    async with TestClient(TestServer(public_app(services))) as real:
        assert (await real.get("/demo/sms?phone=13800001001")).status == 404
        assert (await real.get("/demo/sms?phone=abc")).status == 404


async def test_a_lost_database_is_told_and_nothing_is_acknowledged(
    web: TestClient[Any, Any], services: Services
) -> None:
    opened = await _open(web)
    socket = await _socket(web, opened["token"])
    await _until(socket, "welcome")
    real = services.sessions

    class Gone:
        def begin(self) -> Any:
            raise ConnectionError("gone")

        def __call__(self) -> Any:
            raise ConnectionError("gone")

    services.sessions = Gone()  # type: ignore[assignment]
    await socket.send_json({"type": "message", "client_msg_id": "m-1", "text": "你好"})
    assert (await _until(socket, "error", client_msg_id="m-1"))["code"] == "unavailable"
    services.sessions = real
    await asyncio.sleep(0.1)
    await socket.send_json({"type": "message", "client_msg_id": "m-1", "text": "你好"})
    await _until(socket, "ack", client_msg_id="m-1")
    await _until(socket, "event", text="echo: 你好")
