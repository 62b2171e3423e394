"""The review of requests: list, papers beside the data, decisions, the endorsement slip."""

from __future__ import annotations

import json

from gateway.services import Services
from records import audit
from tests.desk.conftest import Specialist
from tests.desk.papers import PNG, letter, paper_for, told

BANK = "BQ202600050002"
BENEFICIARY = "BQ202600050001"
HERE = f"/desk/api/requests/{BANK}"


async def test_requests_show_kind_state_and_a_masked_policy(lin: Specialist) -> None:
    items = (await lin.get("/desk/api/requests"))["items"]
    shown = {item["number"]: item for item in items}
    assert shown[BENEFICIARY]["missing"] == ["被保险人签名的变更申请书"]
    assert "P201800010007" not in json.dumps(items)


async def test_requests_say_from_when_on_they_are_warned_of(lin: Specialist) -> None:
    items = (await lin.get("/desk/api/requests"))["items"]
    shown = {item["number"]: item for item in items}
    assert (shown[BANK]["due_on"], shown[BANK]["warn_on"]) == ("2026-11-27", ["2026-11-25", "2026-11-26"])
    assert (shown[BANK]["paused"], shown[BENEFICIARY]["paused"]) == (False, True)


async def test_a_paper_is_looked_at_beside_the_data_and_named(lin: Specialist, services: Services) -> None:
    file = await paper_for(services, BANK)
    case = await lin.get(HERE)
    assert [(one["id"], one["own"], one["kind"]) for one in case["files"]] == [(str(file), True, None)]
    assert "*" in case["record"]["customer"]["id_number"]
    assert "*" in case["record"]["customer"]["phone"]
    async with lin.web.get(f"{HERE}/files/{file}") as response:
        assert await response.read() == PNG
        assert response.headers["Content-Disposition"] == "inline"
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    named = await lin.post(f"{HERE}/files/{file}/name", kind="身份证")
    assert named["files"][0]["kind"] == "身份证"
    await lin.get(f"/desk/api/requests/{BENEFICIARY}/files/{file}", 404)


async def test_the_data_in_full_only_for_a_reason_that_is_written_down(
    lin: Specialist, services: Services
) -> None:
    refused = await lin.post(f"{HERE}/reveal", 400, reason="看")
    assert refused["error"]["code"] == "reason_needed"
    full = await lin.post(f"{HERE}/reveal", reason="核对证件照片")
    assert full["record"]["policy"]["number"] == "P202400010001"
    assert full["record"]["customer"]["phone"] == "13800001001"
    async with services.sessions() as session:
        rows = await audit.search(
            session, subject=f"request:{BANK}", actor=None, action=None, before=None, limit=5
        )
    assert [(row.action, row.detail["reason"]) for row in rows] == [("request_reveal", "核对证件照片")]


async def test_asking_for_papers_tells_the_customer_which(lin: Specialist, services: Services) -> None:
    assert (await lin.post(f"{HERE}/ask_documents", 400, papers=[" "]))["error"]["code"] == "missing_papers"
    case = await lin.post(f"{HERE}/ask_documents", papers=["银行卡正面照片"], text="照片反光看不清")
    assert (case["request"]["state"], case["request"]["missing"]) == ("needs_documents", ["银行卡正面照片"])
    assert {"kind": "银行卡正面照片", "there": False} in case["papers"]
    (notice,) = await told(services, BANK)
    assert (notice.detail["missing"], notice.detail["reason"]) == (["银行卡正面照片"], "照片反光看不清")


async def test_approval_brings_a_slip_that_says_what_changed(lin: Specialist, services: Services) -> None:
    assert (await lin.get(f"{HERE}/slip", 409))["error"]["code"] == "wrong_state"
    await lin.post(f"{HERE}/take_up")
    approved = await lin.post(f"{HERE}/approve", text="资料齐全")
    assert (approved["slip"], approved["steps"], approved["handler"]) == (
        True,
        ["finish"],
        {"login": "lin", "name": "林专员"},
    )
    said = await letter(lin, f"{HERE}/slip")
    for words in ("保险合同批单", BANK, "P202400010001", "王小明", "林专员（工号1001）", "2026年11月22日"):
        assert words in said, said
    done = await lin.post(f"{HERE}/finish")
    assert (done["request"]["open"], done["steps"]) == (False, [])
    assert [notice.detail["state"] for notice in await told(services, BANK)] == ["approved", "done"]


async def test_a_refusal_needs_its_reason_and_ends_it(lin: Specialist) -> None:
    assert (await lin.post(f"{HERE}/reject", 400))["error"]["code"] == "missing_reason"
    case = await lin.post(f"{HERE}/reject", text="账户不是投保人本人的")
    assert case["request"]["state_text"] == "未通过"
    assert case["events"][-1]["reason"] == "账户不是投保人本人的"
    assert case["events"][-1]["actor_name"] == "林专员"
    late = await lin.post(f"{HERE}/approve", 409)
    assert late["error"] == {
        "code": "wrong_state",
        "message": "它现在的状态是“未通过”，不能做这一步。请刷新看看，也许同事刚办过。",
    }
