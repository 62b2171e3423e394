"""What the reports count, checked against a day that is known to the second."""

from __future__ import annotations

from typing import Any

import pytest

from actions.turn import HandOver
from desk.tables import csv_text
from gateway import handover, log
from gateway import sessions as chats
from gateway.services import Services
from records.conversations import Rating
from tests.desk.conftest import Specialist
from tests.gateway.conftest import ADDRESS, SITE, Customer


async def _guest(services: Services) -> Customer:
    opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
    return Customer(services, opened.conversation)


async def _asks(customer: Customer, services: Services, reason: str) -> None:
    async with services.sessions.begin() as session:
        row = await log.lock(session, customer.conversation)
        await handover.hand_over(session, services, row, HandOver(reason), services.clock())


def _pass(services: Services, seconds: float) -> None:
    services.clock.forward(seconds=seconds)  # type: ignore[attr-defined]


@pytest.fixture
async def day(lin: Specialist, he: Specialist, services: Services) -> None:
    """Four conversations: one served and rated, one passed on, one abandoned, one that the bot contained."""
    served, passed, abandoned, _ = [await _guest(services) for _ in range(4)]
    await _asks(served, services, "complaint")
    _pass(services, 20)
    await lin.does("claim", served)
    _pass(services, 10)
    await lin.does("reply", served, client_msg_id="1", text="您好")
    await lin.does("reply", served, client_msg_id="2", text="我来处理")
    _pass(services, 270)
    await lin.does("close", served, reason="resolved")
    async with services.sessions.begin() as session:
        session.add(
            Rating(conversation_id=served.conversation, epoch=3, score=4, created_at=services.clock())
        )
    await _asks(passed, services, "requested")
    _pass(services, 40)
    await lin.does("claim", passed)
    await lin.does("transfer", passed, skill="claim")
    _pass(services, 60)
    await he.does("claim", passed)
    await _asks(abandoned, services, "requested")
    async with services.sessions.begin() as session:
        row = await log.lock(session, abandoned.conversation)
        await handover.cancel_queue(session, services, row, services.clock())


async def _reports(anybody: Specialist) -> dict[str, Any]:
    await anybody.log_in("tang")
    return await anybody.get("/desk/api/reports?from=2026-11-22&to=2026-11-22")


async def test_the_figures_of_the_day(day: None, anybody: Specialist) -> None:
    found = await _reports(anybody)
    totals = found["totals"]
    assert (totals["opened"], totals["contained"]) == (4, 1)
    assert (totals["handed_over"], totals["served"], totals["abandoned"]) == (4, 3, 1)
    assert (totals["wait"]["count"], totals["wait"]["median"]) == (3, 40)
    assert totals["first_reply"] == {"count": 1, "median": 30, "ninth": 30}
    assert (totals["rating"], totals["ratings"]) == (4.0, 1)
    (line,) = found["days"]
    assert (line["day"], line["opened"], line["contained"], line["rating"]) == ("2026-11-22", 4, 1, 4.0)


async def test_the_tables_of_the_day(day: None, anybody: Specialist) -> None:
    found = await _reports(anybody)
    assert {one["reason"]: one["count"] for one in found["reasons"]} == {"requested": 3, "complaint": 1}
    assert found["reasons"][0]["text"] == "客户要求人工"
    ended = {(one["outcome"], one["close_reason"]): one["count"] for one in found["outcomes"]}
    assert ended == {("close", "resolved"): 1, ("transfer", None): 1, ("cancel", None): 1}
    shown = {one["specialist"]: one["served"] for one in found["specialists"]}
    assert shown == {"林专员": 2, "何专员": 1}
    handled = {one["specialist"]: one["handling"] for one in found["specialists"]}
    assert handled["何专员"] is None
    assert {one["score"]: one["count"] for one in found["ratings"]} == {5: 0, 4: 1, 3: 0, 2: 0, 1: 0}


async def test_each_table_leaves_as_csv(day: None, anybody: Specialist) -> None:
    found = await _reports(anybody)
    for name in ("days", "reasons", "outcomes", "specialists", "ratings", "complaints", "intents"):
        path = f"/desk/api/reports/{name}.csv?from=2026-11-22&to=2026-11-22"
        async with anybody.web.get(path) as response:
            assert response.content_type == "text/csv"
            assert len((await response.text()).splitlines()) == len(found[name]) + 1, name


async def test_a_period_that_is_none_is_refused(anybody: Specialist) -> None:
    await anybody.log_in("tang")
    for query in ("from=2026-11-23&to=2026-11-22", "from=yesterday", "from=2020-01-01&to=2026-11-22"):
        await anybody.get(f"/desk/api/reports?{query}", 400)


async def test_the_wall_tells_today_and_the_targets(day: None, anybody: Specialist) -> None:
    await anybody.log_in("tang")
    wall = await anybody.get("/desk/api/wall")
    assert (wall["today"]["opened"], wall["claim_target_seconds"]) == (4, 60)


def test_a_cell_never_becomes_a_formula() -> None:
    table = csv_text(("text", "count"), [{"text": "=HYPERLINK(1)", "count": 1}, {"text": None, "count": -2}])
    assert table.splitlines()[1:] == ["'=HYPERLINK(1),1", ",-2"]
