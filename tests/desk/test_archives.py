"""The archive of a policy, the place of its papers, and the list of what does not fit."""

from __future__ import annotations

import json

from gateway.services import Services
from tests.desk.conftest import Specialist

NUMBER = "P202400010001"


async def test_a_paper_that_comes_in_fills_its_gap(lin: Specialist) -> None:
    listed = await lin.get("/desk/api/archives")
    assert len(listed["items"]) > 5
    (line,) = (await lin.get(f"/desk/api/archives?number={NUMBER}"))["items"]
    assert line["policy"] == "P2024****0001"
    assert [gap["kind"] for gap in line["gaps"] if gap["about"] is None] == [
        "投保单",
        "投保人身份证",
        "被保险人身份证",
        "健康及职业告知书",
        "保险合同送达回执",
    ]
    here = f"/desk/api/archives/{line['policy_id']}"
    assert (await lin.get(here))["holder"] == "王*明"
    entered = await lin.post(f"{here}/papers", kind="投保单", shelf="A-03")
    assert "投保单" not in [gap["kind"] for gap in entered["gaps"]]
    assert NUMBER not in json.dumps(entered)
    await lin.get("/desk/api/archives/999999", 404)


async def test_a_lent_paper_says_who_has_it_and_is_missed_in_time(
    lin: Specialist, services: Services
) -> None:
    (line,) = (await lin.get(f"/desk/api/archives?number={NUMBER}"))["items"]
    here = f"/desk/api/archives/{line['policy_id']}/papers"
    (paper,) = (await lin.post(here, kind="投保单", shelf="A-03"))["papers"]
    moving = f"{here}/{paper['id']}/move"
    assert (await lin.post(moving, 400, to="lent"))["error"]["code"] == "missing_holder"
    lent = (await lin.post(moving, to="lent", holder="核保部 赵工", due_back="2026-11-23"))["papers"][0]
    assert (lent["place_text"], lent["holder"], lent["moves"]) == (
        "已借出",
        "核保部 赵工",
        ["archived", "returned", "missing"],
    )
    assert (await lin.post(moving, 409, to="destroyed"))["error"]["code"] == "wrong_state"
    services.clock.forward(days=3)  # type: ignore[attr-defined]
    await lin.log_in("lin")
    late = (await lin.get("/desk/api/archives"))["lent"]
    assert [(one["policy"], one["due_back"]) for one in late] == [
        ("P2016****0008", "2026-11-19"),
        ("P2024****0001", "2026-11-23"),
    ]


async def test_what_does_not_fit_is_listed_masked(lin: Specialist) -> None:
    items = (await lin.get("/desk/api/mismatches"))["items"]
    shown = [(one["kind_text"], one["about"]) for one in items]
    assert ("电话不能用", "冯*全") in shown
    assert ("证件已过期", "吴*") in shown
    assert "1380000" not in json.dumps(items)
