"""The desk's API on the services of the gateway's tests, with a specialist logged in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from actions.turn import HandOver
from desk.web import staff_app
from gateway import handover, log
from gateway.services import Services
from tests.gateway.conftest import Customer, clock, context, customer, demo_insurer, rasa, services
from tests.openapi import Document

__all__ = ["clock", "context", "customer", "demo_insurer", "rasa", "services"]
DOCUMENT = Document("desk")
PATHS = "/desk/api/conversations/{id}"


@dataclass
class Specialist:
    """Somebody at the desk; every answer is held to the OpenAPI document."""

    web: TestClient[Any, Any]
    csrf: str = ""

    async def log_in(self, login: str, password: str = "demo-password") -> dict[str, Any]:
        body = await self.post("/desk/api/login", login=login, password=password)
        self.csrf = body["csrf"]
        return body

    async def get(self, path: str, status: int = 200) -> dict[str, Any]:
        async with self.web.get(path) as response:
            body: dict[str, Any] = await response.json()
        return _held("GET", path, response.status, status, body)

    async def post(self, path: str, status: int = 200, **sent: Any) -> dict[str, Any]:
        async with self.web.post(path, json=sent, headers={"X-CSRF": self.csrf}) as response:
            body: dict[str, Any] = await response.json()
        return _held("POST", path, response.status, status, body)

    async def does(self, step: str, with_: Customer, status: int = 200, **sent: Any) -> dict[str, Any]:
        return await self.post(f"/desk/api/conversations/{with_.conversation}/{step}", status, **sent)


def _held(method: str, path: str, got: int, expected: int, body: dict[str, Any]) -> dict[str, Any]:
    assert got == expected, body
    DOCUMENT.check(method, DOCUMENT.path_of(method, path.partition("?")[0]), got, body)
    return body


@pytest.fixture
async def anybody(demo_insurer: None, services: Services) -> AsyncIterator[Specialist]:
    """A browser at the desk's address, not logged in."""
    jar = CookieJar(unsafe=True)
    async with TestClient(TestServer(staff_app(services)), cookie_jar=jar) as web:
        yield Specialist(web)


@pytest.fixture
async def lin(anybody: Specialist) -> Specialist:
    await anybody.log_in("lin")
    return anybody


@pytest.fixture
async def he(demo_insurer: None, services: Services) -> AsyncIterator[Specialist]:
    jar = CookieJar(unsafe=True)
    async with TestClient(TestServer(staff_app(services)), cookie_jar=jar) as web:
        colleague = Specialist(web)
        await colleague.log_in("he")
        yield colleague


@pytest.fixture
async def waiting(lin: Specialist, customer: Customer, services: Services) -> Customer:
    """A customer in the queue."""
    await customer.says("等待期多久")
    await customer.until(lambda seen: any("echo" in message.text for message in seen))
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, customer.conversation)
        await handover.hand_over(
            session, services, conversation, HandOver("requested", summary="想要人工"), services.clock()
        )
    return customer
