"""Every changing call leaves a row in the audit: all routes are called once, with success."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from aiohttp import CookieJar, FormData
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from actions.turn import CallBack, HandOver
from desk.web import all_routes, staff_app
from gateway import handover, log
from gateway.services import Services
from records import audit, request_steps, tasks
from records.audit import AuditEntry
from records.conversations import Conversation
from tests.desk.conftest import Specialist
from tests.desk.papers import PNG, paper_for, raised
from tests.gateway.conftest import ROOT, Customer

SIGN_OF_LIFE = "/desk/api/presence/alive"
"""The one changing call without a row: the page sends it by itself every 15 seconds."""
CHANGE = "BQ202600050002"


@pytest.fixture
async def people(demo_insurer: None, services: Services) -> AsyncIterator[dict[str, Specialist]]:
    """Specialist, supervisor and administrator, logged in."""
    found = {}
    async with TestServer(staff_app(services)) as server:
        for login in ("lin", "tang", "admin"):
            web = TestClient(server, cookie_jar=CookieJar(unsafe=True))
            found[login] = Specialist(web)
            await found[login].log_in(login)
        yield found
        for one in found.values():
            await one.web.session.close()


class Recorder:
    """Calls a route and sees to it that the audit has grown."""

    def __init__(self, services: Services, people: dict[str, Specialist]) -> None:
        self._services = services
        self._people = people
        self.called: set[str] = set()

    async def does(self, who: str, route: str, path: str, **sent: Any) -> dict[str, Any]:
        before = await self._rows()
        answer = await self._people[who].post(f"/desk/api{path}", **sent)
        return await self._counted(route, before, answer)

    async def sends_a_file(self, conversation: Any) -> dict[str, Any]:
        before, lin = await self._rows(), self._people["lin"]
        form = FormData(quote_fields=False)
        form.add_field("file", PNG, filename="说明.png", content_type="image/png")
        path = f"/desk/api/conversations/{conversation}/files"
        async with lin.web.post(path, data=form, headers={"X-CSRF": lin.csrf}) as response:
            assert response.status == 200
            return await self._counted("/conversations/{id}/files", before, await response.json())

    async def _counted(self, route: str, before: int, answer: dict[str, Any]) -> dict[str, Any]:
        assert await self._rows() > before, f"{route} left no row in the audit"
        self.called.add(f"/desk/api{route}")
        return answer

    async def _rows(self) -> int:
        async with self._services.sessions() as session:
            return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0


async def test_every_change_is_written_down_and_the_chains_hold(
    people: dict[str, Specialist], customer: Customer, services: Services
) -> None:
    calls = Recorder(services, people)
    await customer.says("等待期多久")
    await customer.until(lambda seen: any("echo" in message.text for message in seen))
    await _conversations(calls, customer, services)
    await _tasks(calls, customer, services)
    await _requests(calls, services)
    await _complaints(calls, services)
    await _archives(calls)
    await calls.does("lin", "/knowledge/acknowledge", "/knowledge/acknowledge", key="AXZJ", version="2026.1")
    await _own_account(calls, people["lin"], services)
    await _accounts(calls)
    await calls.does("lin", "/logout", "/logout")
    changing = {one.path for one in all_routes() if one.method == "POST" and one.roles is not None}
    assert calls.called == changing - {SIGN_OF_LIFE}
    async with services.sessions() as session:
        found = await audit.verify(session)
        actions = set(await session.scalars(select(AuditEntry.action).distinct()))
    assert found.broken == []
    assert found.entries == await calls._rows()
    assert actions - _named_on_the_page() == set()


def _named_on_the_page() -> set[str]:
    """Actions that the audit page calls by a word."""
    words = (ROOT / "web" / "desk" / "src" / "words" / "audit.ts").read_text(encoding="utf-8")
    _, _, rest = words.partition("    actions: {")
    return set(re.findall(r"^      (\w+): \"", rest.partition("\n    }")[0], re.MULTILINE))


async def _queue(customer: Customer, services: Services) -> None:
    async with services.sessions.begin() as session:
        row = await log.lock(session, customer.conversation)
        await handover.hand_over(session, services, row, HandOver("requested"), services.clock())


async def _conversations(calls: Recorder, customer: Customer, services: Services) -> None:
    here = f"/conversations/{customer.conversation}"
    route = "/conversations/{id}"
    message = (await customer.sees())[1]
    await _queue(customer, services)
    await calls.does("lin", f"{route}/claim", f"{here}/claim")
    file = await calls.sends_a_file(customer.conversation)
    await calls.does("lin", f"{route}/reply", f"{here}/reply", client_msg_id="1", files=[file["file"]])
    await calls.does("lin", f"{route}/note", f"{here}/note", text="记一下")
    await calls.does("lin", f"{route}/mark", f"{here}/mark", message=message.id, kind="wrong_intent")
    await calls.does("tang", f"{route}/whisper", f"{here}/whisper", text="先安抚")
    await calls.does("lin", f"{route}/transfer", f"{here}/transfer", skill="claim")
    await calls.does("tang", f"{route}/assign", f"{here}/assign", to="lin")
    await calls.does("lin", f"{route}/hand_back", f"{here}/hand_back")
    await calls.does("lin", f"{route}/take_over", f"{here}/take_over")
    await _identify(customer, services)
    await calls.does("lin", f"{route}/reveal", f"{here}/reveal", what="phone", reason="回电核实扣款")
    await calls.does("lin", f"{route}/close", f"{here}/close", reason="resolved")
    await customer.says("还有一件事")
    await customer.until(lambda seen: any("还有一件事" in one.text for one in seen[-1:]))
    await _queue(customer, services)
    await calls.does("lin", "/conversations/next", "/conversations/next")


async def _identify(customer: Customer, services: Services) -> None:
    async with services.sessions.begin() as session:
        row = await log.lock(session, customer.conversation)
        row.customer_id = "C001"


async def _tasks(calls: Recorder, customer: Customer, services: Services) -> None:
    async with services.sessions.begin() as session:
        row = await log.lock(session, customer.conversation)
        wish = CallBack("requested", "13800001001", "下午回电")
        await handover.call_back(session, services, row, wish, services.clock())
        number = (await tasks.open_tasks(session, conversation_id=row.id))[0].number
    await calls.does("lin", "/tasks/{number}/take", f"/tasks/{number}/take")
    later = (services.clock() + timedelta(days=1)).isoformat()
    await calls.does("lin", "/tasks/{number}/postpone", f"/tasks/{number}/postpone", due_at=later)
    await calls.does("lin", "/tasks/{number}/finish", f"/tasks/{number}/finish", outcome="已回电")


async def _asked(calls: Recorder, services: Services) -> str:
    due = (services.clock() + timedelta(hours=4)).isoformat()
    sent = {"title": "这张卡能扣款吗", "skill": "underwriting", "about": CHANGE, "due_at": due}
    number: str = (await calls.does("lin", "/tasks", "/tasks", **sent))["task"]["number"]
    return number


async def _requests(calls: Recorder, services: Services) -> None:
    here, route = f"/requests/{CHANGE}", "/requests/{number}"
    file = await paper_for(services, CHANGE)
    task = await _asked(calls, services)
    await calls.does("lin", "/tasks/{number}/pass", f"/tasks/{task}/pass", skill="policy")
    await calls.does("lin", "/tasks/{number}/cancel", f"/tasks/{task}/cancel")
    await calls.does("lin", f"{route}/files/{{file}}/name", f"{here}/files/{file}/name", kind="身份证")
    await calls.does("lin", f"{route}/reveal", f"{here}/reveal", reason="核对证件")
    await calls.does("lin", f"{route}/ask_documents", f"{here}/ask_documents", papers=["银行卡照片"])
    for step in ("take_up", "approve", "finish"):
        await calls.does("lin", f"{route}/{step}", f"{here}/{step}")
    other = "/requests/BQ202600050001"
    await calls.does("lin", f"{route}/reject", f"{other}/reject", text="签名不符")
    await calls.does("lin", f"{route}/withdraw", f"/requests/{await _submitted(services)}/withdraw")


async def _submitted(services: Services) -> str:
    async with services.sessions.begin() as session:
        chat = (await session.scalars(select(Conversation.id).limit(1))).one()
        draft = await request_steps.create_draft(
            session, kind="change_contact", conversation_id=chat, now=services.clock()
        )
        await request_steps.submit(session, draft, actor="customer", now=services.clock())
        return str(draft.number)


async def _complaints(calls: Recorder, services: Services) -> None:
    here, route = "/complaints/TS202600040001", "/complaints/{number}"
    for step in ("ask", "extend"):
        await calls.does("lin", f"{route}/{step}", f"{here}/{step}", text="要等银行回函")
    await calls.does("tang", f"{route}/extend/refuse", f"{here}/extend/refuse")
    await calls.does("lin", f"{route}/extend", f"{here}/extend", text="还是要等")
    await calls.does("tang", f"{route}/extend/approve", f"{here}/extend/approve")
    await calls.does("lin", f"{route}/pause", f"{here}/pause", text="送鉴定")
    await calls.does("lin", f"{route}/resume", f"{here}/resume")
    await calls.does("tang", f"{route}/restart", f"{here}/restart")
    await calls.does("lin", f"{route}/take_up", f"{here}/take_up")
    first, second = await raised(services, "C002"), await raised(services, "C001")
    await calls.does("lin", f"{route}/merge", f"/complaints/{first}/merge", into="TS202600040001")
    await calls.does("lin", f"{route}/withdraw", f"/complaints/{second}/withdraw")
    await calls.does("lin", f"{route}/decide", f"{here}/decide", text="免收滞纳金")
    await calls.does("lin", f"{route}/root_cause", f"{here}/root_cause", cause="process")
    await calls.does("lin", f"{route}/close", f"{here}/close")
    await calls.does("lin", f"{route}/check_again", f"{here}/check_again")


async def _archives(calls: Recorder) -> None:
    made = await calls.does("lin", "/archives/{policy}/papers", "/archives/1/papers", kind="投保单")
    route, paper = "/archives/{policy}/papers/{paper}/move", made["papers"][0]["id"]
    await calls.does("lin", route, f"/archives/1/papers/{paper}/move", to="missing")


async def _own_account(calls: Recorder, lin: Specialist, services: Services) -> None:
    await calls.does("lin", "/presence", "/presence", state="online", cap=3)
    made = await calls.does("lin", "/canned", "/canned", title="常用", text="稍等")
    await calls.does("lin", "/canned/{canned}/remove", f"/canned/{made['id']}/remove")
    secret = (await calls.does("lin", "/second_factor/begin", "/second_factor/begin"))["secret"]
    for step in ("confirm", "remove"):
        code = pyotp.TOTP(secret).at(services.clock())
        await calls.does("lin", f"/second_factor/{step}", f"/second_factor/{step}", code=code)
        services.clock.forward(seconds=60)  # type: ignore[attr-defined]
    other = Specialist(TestClient(lin.web.server, cookie_jar=CookieJar(unsafe=True)))
    await other.log_in("lin")
    items = (await lin.get("/desk/api/sessions"))["items"]
    elsewhere = next(one["id"] for one in items if not one["current"])
    await calls.does("lin", "/sessions/{session}/end", f"/sessions/{elsewhere}/end")
    await other.get("/desk/api/me", 401)
    await other.web.session.close()


async def _accounts(calls: Recorder) -> None:
    for step in ("end_sessions", "reset_second_factor", "close", "open"):
        await calls.does("admin", f"/accounts/{{login}}/{step}", f"/accounts/he/{step}")
