"""Lists of complaints and requests, and the live stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.desk.conftest import Specialist
from tests.gateway.conftest import Customer


async def test_complaints_show_what_is_left_of_the_statutory_time(lin: Specialist) -> None:
    items = (await lin.get("/desk/api/complaints"))["items"]
    open_one = next(item for item in items if item["number"] == "TS202600040001")
    assert (open_one["days_left"], open_one["open"], open_one["customer"]) == (2, True, "李*梅")
    assert items.index(open_one) < next(n for n, item in enumerate(items) if not item["open"])


async def test_requests_show_kind_state_and_a_masked_policy(lin: Specialist) -> None:
    items = (await lin.get("/desk/api/requests"))["items"]
    shown = {item["number"]: item for item in items}
    assert shown["BQ202600050001"]["missing"] == ["被保险人签名的变更申请书"]
    assert "P201800010007" not in json.dumps(items)


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
