"""The chat API is what docs/openapi/chat.yml says, route by route and body by body."""

from __future__ import annotations

from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from gateway.services import Services
from gateway.web import public_app
from tests.gateway.conftest import SITE
from tests.gateway.scripted_rasa import ScriptedRasa, spoken
from tests.gateway.test_web import PNG, web
from tests.openapi import Document, routes

__all__ = ["web"]
DOCUMENT = Document("chat")


async def test_every_route_stands_in_the_document_and_back(services: Services) -> None:
    assert routes(public_app(services)) == DOCUMENT.operations()


async def test_every_body_fits_its_schema(
    demo_insurer: None, web: TestClient[TestServer, Any], services: Services, rasa: ScriptedRasa
) -> None:
    async def call(method: str, path: str, template: str = "", **sent: Any) -> dict[str, Any]:
        async with web.request(method, path, **sent) as response:
            body: dict[str, Any] = await response.json()
            DOCUMENT.check(method, template or path.partition("?")[0], response.status, body)
            return body

    async def with_everything(body: dict[str, Any]) -> dict[str, Any]:
        cited = {"title": "安心守护重大疾病保险（2026版）", "clause": "第3.2条", "version": "2026.1"}
        message = {
            "text": "90天",
            "buttons": [{"title": "转人工", "payload": "/request_human"}],
            "citations": [cited],
        }
        return spoken("", messages=[message])

    rasa.answer = with_everything
    opened = await call("POST", "/api/chat/sessions", json={"site_key": SITE})
    headers = {"Authorization": f"Bearer {opened['token']}"}
    form = FormData(quote_fields=False)
    form.add_field("file", PNG, filename="photo.png")
    file = await call("POST", "/api/chat/files", data=form, headers=headers)
    for frame in (
        {"type": "message", "client_msg_id": "m-1", "text": "等待期多久"},
        {"type": "file", "client_msg_id": "m-2", "file": file["file"]},
        {"type": "rate", "score": 5},
        {"type": "ping"},
    ):
        await call("POST", "/api/chat/messages", json=frame, headers=headers)
    await call("GET", "/api/chat/events?after=3&wait=5", headers=headers)
    events = (await call("GET", "/api/chat/events", headers=headers))["events"]
    clause = next(event["citations"][0] for event in events if event.get("citations"))
    async with web.get("/api/chat/clauses", params=clause) as response:
        DOCUMENT.check("GET", "/api/chat/clauses", response.status, await response.json())
    await call("GET", "/api/chat/clauses?title=x&clause=y&version=z", template="/api/chat/clauses")
    await call("GET", "/demo/sms?phone=13800001001")
    await call("GET", "/health")
    await call("POST", "/api/chat/messages", json={"type": "shout"}, headers=headers)
    await call("GET", f"/api/chat/files/{opened['conversation']}", "/api/chat/files/{file}", headers=headers)
