"""The live stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.desk.conftest import Specialist
from tests.gateway.conftest import Customer


async def test_the_stream_brings_a_message_as_it_happens(lin: Specialist, customer: Customer) -> None:
    async with lin.web.get("/desk/api/events") as stream:
        await stream.content.readline()
        await customer.says("等待期多久")
        event = await asyncio.wait_for(_next(stream, "message"), 5)
    assert event["conversation"] == str(customer.conversation)
    assert event["event"]["text"] == "等待期多久"


async def _next(stream: Any, name: str) -> dict[str, Any]:
    while True:
        line = (await stream.content.readline()).decode().strip()
        if line == f"event: {name}":
            data = (await stream.content.readline()).decode()
            found: dict[str, Any] = json.loads(data.removeprefix("data: "))
            return found
