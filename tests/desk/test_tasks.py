"""Questions to colleagues: asked about a case, answered in time, and told to the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.services import Services
from records import claims, tasks
from tests.desk.conftest import Specialist
from tests.desk.papers import told

ABOUT = "BQ202600050002"


async def _asked(lin: Specialist, services: Services, *, promised: bool) -> dict[str, Any]:
    due = (services.clock() + timedelta(hours=4)).isoformat()
    sent = {"title": "这张卡能不能做续期扣款？", "skill": "underwriting", "about": ABOUT, "due_at": due}
    answer = await lin.post("/desk/api/tasks", **sent, promised=promised)
    task: dict[str, Any] = answer["task"]
    return task


async def test_a_promised_answer_goes_back_to_the_customer(lin: Specialist, services: Services) -> None:
    task = await _asked(lin, services, promised=True)
    assert (task["about"], task["skill"], task["customer"]) == (ABOUT, "underwriting", "王*明")
    assert task["number"] in [
        one["number"] for one in (await lin.get(f"/desk/api/requests/{ABOUT}"))["tasks"]
    ]
    here = f"/desk/api/tasks/{task['number']}"
    assert (await lin.post(f"{here}/finish", 400, outcome="可以"))["error"]["code"] == "missing_reply"
    assert (await lin.post(f"{here}/cancel", 409))["error"]["code"] == "wrong_state"
    done = await lin.post(f"{here}/finish", outcome="可以", reply="可以的，下个月起从这张卡扣。")
    assert done["task"]["state"] == "done"
    (notice,) = await told(services, task["number"])
    assert (notice.topic.value, notice.detail["reply"]) == ("answer", "可以的，下个月起从这张卡扣。")


async def test_who_reported_a_claim_is_called_and_reads_that_it_is_looked_into(
    lin: Specialist, services: Services
) -> None:
    now = services.clock()
    async with services.sessions.begin() as session:
        report = await claims.report_claim(session, happened="水管爆了", now=now, phone="13900002222")
        task = await tasks.create(
            session,
            kind=claims.REPORT_TASK,
            title="x",
            skill="claim",
            about=report.number,
            promised=True,
            due_at=now + timedelta(hours=4),
            detail={"phone": report.phone},
            now=now,
        )
    here = f"/desk/api/tasks/{task.number}"
    assert (await lin.post(f"{here}/take"))["phone"] == "13900002222"
    await lin.post(f"{here}/finish", outcome="已通话", reply="材料清单已经发您")
    async with services.sessions() as session:
        found = await claims.report_by_number(session, report.number)
    assert found is not None
    assert found.state is claims.ReportState.IN_CONTACT


async def test_a_task_is_passed_on_postponed_and_dropped(lin: Specialist, services: Services) -> None:
    here = f"/desk/api/tasks/{(await _asked(lin, services, promised=False))['number']}"
    passed = await lin.post(f"{here}/pass", to="he", skill="claim")
    assert (passed["task"]["assignee"]["login"], passed["task"]["skill"]) == ("he", "claim")
    later = (services.clock() + timedelta(days=1)).isoformat()
    assert (await lin.post(f"{here}/postpone", 409, due_at=later))["error"]["code"] == "already_claimed"
    await lin.post(f"{here}/pass", to=None)
    moved = await lin.post(f"{here}/postpone", due_at=later)
    assert moved["task"]["due_at"][:16] == later[:16]
    past = (services.clock() - timedelta(hours=1)).isoformat()
    await lin.post(f"{here}/postpone", 400, due_at=past)
    assert (await lin.post(f"{here}/cancel"))["task"]["state"] == "cancelled"


async def test_a_task_about_nothing_is_refused(lin: Specialist, services: Services) -> None:
    due = (services.clock() + timedelta(hours=4)).isoformat()
    sent = {"title": "问一下", "skill": "claim", "about": "BQ209900000001", "due_at": due}
    assert (await lin.post("/desk/api/tasks", 404, **sent))["error"]["code"] == "not_found"
