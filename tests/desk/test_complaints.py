"""The complaints board: statutory clocks, extensions, merging, decisions, their letter."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from gateway.services import Services
from tests.desk.conftest import Specialist
from tests.desk.papers import letter, raised, told

OLDER = "TS202600040001"
HERE = f"/desk/api/complaints/{OLDER}"


@pytest.fixture
async def tang(he: Specialist) -> Any:
    supervisor = Specialist(TestClient(he.web.server, cookie_jar=CookieJar(unsafe=True)))
    await supervisor.log_in("tang")
    yield supervisor
    await supervisor.web.session.close()


async def test_complaints_show_what_is_left_of_the_statutory_time(lin: Specialist) -> None:
    items = (await lin.get("/desk/api/complaints"))["items"]
    open_one = next(item for item in items if item["number"] == OLDER)
    assert (open_one["days_left"], open_one["open"], open_one["customer"]) == (2, True, "李*梅")
    clock = {"from": "2026-11-09", "days": 15, "paused_on": None, "stopped": False}
    assert open_one["clock"] == {**clock, "warn_on": ["2026-11-17", "2026-11-21"]}
    assert items.index(open_one) < next(n for n, item in enumerate(items) if not item["open"])


async def test_more_time_needs_a_reason_and_another_person(
    he: Specialist, tang: Specialist, services: Services
) -> None:
    assert (await he.post(f"{HERE}/extend", 400))["error"]["code"] == "missing_reason"
    asked = await tang.post(f"{HERE}/extend", text="要等银行回函")
    assert asked["extension"]["days"] == 30
    assert "extend" not in asked["steps"]
    assert (await he.get("/desk/api/extensions"))["items"][0]["number"] == OLDER
    assert (await tang.post(f"{HERE}/extend/approve", 409))["error"]["code"] == "second_person"
    assert (await he.post(f"{HERE}/extend/approve", 403))["error"]["code"] == "not_allowed"
    assert (await tang.post(f"{HERE}/extend/refuse", 409))["error"]["code"] == "second_person"
    assert (await he.get(HERE))["complaint"]["due_on"] == "2026-11-24"
    assert await told(services, OLDER) == []


async def test_an_approved_extension_moves_the_day_and_is_told(
    he: Specialist, tang: Specialist, services: Services
) -> None:
    await he.post(f"{HERE}/extend", text="要等银行回函")
    refused = await tang.post(f"{HERE}/extend/refuse")
    assert (refused["extension"], refused["complaint"]["due_on"]) == (None, "2026-11-24")
    await he.post(f"{HERE}/extend", text="要等银行回函")
    granted = await tang.post(f"{HERE}/extend/approve")
    assert (granted["complaint"]["due_on"], granted["next_days"]) == ("2026-12-09", 60)
    assert [notice.topic.value for notice in await told(services, OLDER)] == ["complaint_extended"]


async def test_a_pause_is_not_counted(he: Specialist, services: Services) -> None:
    paused = await he.post(f"{HERE}/pause", text="送外部鉴定")
    assert paused["complaint"]["clock"]["paused_on"] == "2026-11-22"
    assert "resume" in paused["steps"]
    assert "pause" not in paused["steps"]
    services.clock.forward(days=5)  # type: ignore[attr-defined]
    await he.log_in("he")
    resumed = await he.post(f"{HERE}/resume")
    assert (resumed["complaint"]["due_on"], resumed["complaint"]["clock"]["days"]) == ("2026-11-29", 20)


async def test_a_repeated_complaint_goes_on_under_the_older_number(
    he: Specialist, services: Services
) -> None:
    newer, stranger = [await raised(services, customer) for customer in ("C002", "C001")]
    case = await he.get(f"/desk/api/complaints/{newer}")
    assert [one["number"] for one in case["same"]] == [OLDER]
    elsewhere = await he.post(f"/desk/api/complaints/{stranger}/merge", 409, into=OLDER)
    assert elsewhere["error"]["code"] == "different_people"
    merged = await he.post(f"/desk/api/complaints/{newer}/merge", into=OLDER)
    assert (merged["complaint"]["state_text"], merged["merged_into"]) == ("已合并", OLDER)
    assert "又扣了一次" in (await he.get(HERE))["complaint"]["facts"]


async def test_a_decision_its_letter_and_its_cause(he: Specialist, services: Services) -> None:
    assert (await he.get(f"{HERE}/letter", 409))["error"]["code"] == "wrong_state"
    await he.post(f"{HERE}/take_up")
    assert (await he.post(f"{HERE}/decide", 400))["error"]["code"] == "missing_decision"
    decided = await he.post(f"{HERE}/decide", text="扣款失败没有通知您是我们的责任，免收滞纳金。")
    assert decided["complaint"]["clock"]["stopped"]
    assert decided["letter"]
    said = await letter(he, f"{HERE}/letter")
    for words in (
        "投诉处理决定书",
        OLDER,
        "李雪梅",
        "扣款失败未通知",
        "免收滞纳金",
        "30日内",
        "12378",
        "何专员",
    ):
        assert words in said, said
    noted = await he.post(f"{HERE}/root_cause", cause="notice_missing", note="短信网关停发")
    assert noted["root_cause"] == {"cause": "notice_missing", "text": "没有告知", "note": "短信网关停发"}
    closed = await he.post(f"{HERE}/close")
    assert (closed["complaint"]["open"], closed["steps"]) == (False, ["check_again", "root_cause"])
    assert [notice.topic.value for notice in await told(services, OLDER)] == [
        "complaint_decided",
        "complaint_state",
    ]
