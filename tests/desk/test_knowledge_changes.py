"""Colleagues see what changed in the texts, and the desk knows who has read it."""

from __future__ import annotations

from tests.desk.conftest import Specialist

CHANGES = "/desk/api/knowledge/changes"


async def test_a_new_version_is_shown_against_the_one_before(lin: Specialist) -> None:
    body = await lin.get(f"{CHANGES}?since=2025-12-31")
    product = next(item for item in body["items"] if item["key"] == "AXZJ")
    assert (product["version"], product["earlier"]) == ("2026.1", "2019.1")
    waiting = next(one for one in product["changes"] if one["title"] == "等待期")
    assert waiting["kind"] == "changed"
    assert "180天" in waiting["before"]
    assert "90天" in waiting["since"]


async def test_who_has_read_it_is_remembered_once(lin: Specialist, he: Specialist) -> None:
    for _ in range(2):
        await lin.post("/desk/api/knowledge/acknowledge", key="AXZJ", version="2026.1")
    body = await he.get(f"{CHANGES}?since=2025-12-31")
    product = next(item for item in body["items"] if item["key"] == "AXZJ")
    assert product["read_by"] == ["林专员"]
    assert product["read"] is False


async def test_what_does_not_exist_cannot_be_read(lin: Specialist) -> None:
    await lin.post("/desk/api/knowledge/acknowledge", status=404, key="AXZJ", version="1999.1")


async def test_a_day_that_is_none_is_refused(lin: Specialist) -> None:
    await lin.get(f"{CHANGES}?since=gestern", status=400)
