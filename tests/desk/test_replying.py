"""What helps a specialist write: canned replies, clauses, files; and what is marked, seen and whispered."""

from __future__ import annotations

from typing import Any

from aiohttp import FormData

from desk.canned import initials, spelled
from gateway import log
from gateway.services import Services
from knowledge import canned as house
from tests.desk.conftest import Specialist
from tests.desk.test_audited import PNG
from tests.gateway.conftest import Customer, said


def _here(customer: Customer, rest: str) -> str:
    return f"/desk/api/conversations/{customer.conversation}/{rest}"


async def _is(customer: Customer, services: Services, who: str) -> None:
    async with services.sessions.begin() as session:
        (await log.lock(session, customer.conversation)).customer_id = who


async def test_every_canned_reply_of_the_house_can_be_filled(services: Services) -> None:
    known = house.VARIABLES | services.settings.values().keys()
    replies = [reply for group in house.groups() for reply in group.replies]
    assert len({reply.id for reply in replies}) == len(replies)
    for reply in replies:
        assert house.variables(reply.text) <= known, reply.id


async def test_canned_replies_are_filled_for_the_conversation(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    async def hello() -> str:
        items = (await lin.get(_here(waiting, "canned")))["items"]
        return str(next(item["text"] for item in items if item["id"] == "hello"))

    assert (await hello()).startswith("您好，我是林专员，工号1001。")
    await _is(waiting, services, "C002")
    assert (await hello()).startswith("李女士您好")


async def test_own_canned_replies_come_first_and_are_nobody_elses(
    lin: Specialist, he: Specialist, waiting: Customer
) -> None:
    made = await lin.post("/desk/api/canned", title="稍等一下", text="请稍等。")
    first = (await lin.get(_here(waiting, "canned")))["items"][0]
    assert (first["title"], first["pinyin"], first["initials"]) == ("稍等一下", "shaodengyixia", "sdyx")
    assert "稍等一下" not in {i["title"] for i in (await he.get(_here(waiting, "canned")))["items"]}
    await he.post(f"/desk/api/canned/{made['id']}/remove", 404)


async def test_a_brace_that_names_nothing_stays_as_it_was_written(lin: Specialist, waiting: Customer) -> None:
    await lin.post("/desk/api/canned", title="花括号", text="{today}：{还没填} } {")
    first = (await lin.get(_here(waiting, "canned")))["items"][0]
    assert first["text"] == "11月22日：{还没填} } {"


def test_pinyin() -> None:
    assert (spelled("理赔时限"), initials("理赔时限")) == ("lipeishixian", "lpsx")


async def test_a_clause_is_found_and_goes_along_with_the_reply(lin: Specialist, waiting: Customer) -> None:
    items = (await lin.get("/desk/api/knowledge?q=重疾险等待期"))["items"]
    best = items[0]
    assert "等待期" in best["title"] + best["short"]
    assert best["citations"]
    await lin.does("claim", waiting)
    sent: dict[str, Any] = {"client_msg_id": "1", "text": best["short"], "citations": best["citations"]}
    await lin.does("reply", waiting, **sent)
    newest = (await waiting.sees())[-1]
    assert newest.body["citations"] == best["citations"]
    forged = [{"title": "没有的条款", "clause": "第1条", "version": "1"}]
    await lin.does("reply", waiting, 404, client_msg_id="2", text="您好", citations=forged)


async def test_nothing_is_found_for_nothing(lin: Specialist) -> None:
    assert (await lin.get("/desk/api/knowledge?q="))["items"] == []


async def test_a_file_reaches_the_customer_with_the_reply(
    lin: Specialist, he: Specialist, waiting: Customer
) -> None:
    async def upload(who: Specialist, content: bytes) -> Any:
        form = FormData(quote_fields=False)
        form.add_field("file", content, filename="说明.png")
        headers = {"X-CSRF": who.csrf}
        async with who.web.post(_here(waiting, "files"), data=form, headers=headers) as response:
            return response.status, await response.json()

    await lin.does("claim", waiting)
    assert (await upload(he, PNG))[0] == 409
    assert (await upload(lin, b"MZ not a picture"))[0] == 415
    status, file = await upload(lin, PNG)
    assert status == 200
    await lin.does("reply", waiting, client_msg_id="1", files=[file["file"]])
    newest = (await waiting.sees())[-1]
    assert (newest.text, newest.body["files"][0]["name"]) == ("说明.png", "说明.png")


async def test_masked_data_is_shown_for_a_reason_and_nothing_without(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    path = _here(waiting, "reveal")
    assert (await lin.post(path, 404, what="phone", reason="回电核实"))["error"]["code"] == (
        "nothing_to_reveal"
    )
    await _is(waiting, services, "C001")
    detail = await lin.get(_here(waiting, "").rstrip("/"))
    assert detail["customer"]["phone"] == "138****1001"
    assert (await lin.post(path, 400, what="phone", reason="看"))["error"]["code"] == "reason_needed"
    assert (await lin.post(path, what="phone", reason="回电核实"))["value"] == "13800001001"
    masked = detail["policies"][0]["number"]
    full = (await lin.post(path, what="policy", policy=masked, reason="核对申请材料"))["value"]
    assert full.startswith("P2")
    assert "*" not in full
    async with services.sessions() as session:
        from records import audit

        seen = await audit.entries(session, "customer:C001")
    shown = [(entry.detail["what"], entry.detail["reason"]) for entry in seen if entry.action == "reveal"]
    assert shown == [("phone", "回电核实"), ("policy", "核对申请材料")]


async def test_the_panel_tells_of_money_claims_and_earlier_contacts_masked(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    assert (await lin.get(_here(waiting, "customer")))["claims"] == []
    await _is(waiting, services, "C001")
    panel = await lin.get(_here(waiting, "customer"))
    assert panel["premiums"][0]["policy"].count("*") > 3
    assert any(claim["missing"] for claim in panel["claims"])


async def test_earlier_contacts_name_who_served_and_how_it_ended(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    from gateway import sessions as chats
    from tests.gateway.conftest import ADDRESS, SITE

    await _is(waiting, services, "C001")
    await lin.does("claim", waiting)
    await lin.does("close", waiting, reason="resolved", summary="问了等待期，已解释")
    opened = await chats.open_chat(services, site_key=SITE, user_token=None, token=None, address=ADDRESS)
    again = Customer(services, opened.conversation)
    await _is(again, services, "C001")
    (contact,) = (await lin.get(_here(again, "customer")))["contacts"]
    assert contact["id"] == str(waiting.conversation)
    assert (contact["specialist"], contact["close_reason"], contact["summary"]) == (
        "林专员",
        "resolved",
        "问了等待期，已解释",
    )


async def test_a_mark_is_one_click_and_leaves_as_a_table(
    lin: Specialist, anybody: Specialist, he: Specialist, waiting: Customer
) -> None:
    greeting, message = (await waiting.sees())[:2]
    await he.does("mark", waiting, 404, message=greeting.id, kind="wrong_intent")
    await he.does("mark", waiting, message=message.id, kind="wrong_intent", wanted="ask_waiting_period")
    await he.does("mark", waiting, message=message.id, kind="missing_answer")
    await he.does("mark", waiting, 404, message=message.id, kind="wrong_intent", wanted="no_such_intent")
    events = (await he.get(_here(waiting, "").rstrip("/")))["events"]
    marked = next(event for event in events if event["id"] == message.id)
    assert sorted(marked["marks"]) == ["missing_answer", "wrong_intent"]
    await he.does("mark", waiting, message=message.id, kind="missing_answer", off=True)
    await anybody.log_in("tang")
    (line,) = (await anybody.get("/desk/api/marks"))["items"]
    assert (line["kind"], line["wanted"], line["staff"]) == ("wrong_intent", "ask_waiting_period", "何专员")
    async with anybody.web.get("/desk/api/marks.csv") as response:
        table = await response.text()
    assert table.lstrip("\ufeff").splitlines()[0].startswith("at,kind,text")
    assert "等待期多久" in table


async def test_a_whisper_is_for_the_specialist_alone(
    anybody: Specialist, he: Specialist, waiting: Customer
) -> None:
    await he.does("claim", waiting)
    await anybody.log_in("tang")
    await anybody.does("whisper", waiting, text="先安抚，再查扣款")
    assert not said(await waiting.sees(), "先安抚")
    newest = (await he.get(_here(waiting, "").rstrip("/")))["events"][-1]
    assert (newest["whisper"], newest["visibility"], newest["staff"]["login"]) == (True, "note", "tang")


async def test_a_supervisor_decides_who_serves_whatever_the_mode(
    anybody: Specialist, he: Specialist, customer: Customer
) -> None:
    await anybody.log_in("tang")
    moved = await anybody.does("assign", customer, to="he", note="请您接一下")
    assert moved["conversation"]["assignee"]["login"] == "he"
    back = await anybody.does("assign", customer, skill="payment")
    assert (back["conversation"]["mode"], back["conversation"]["skill"]) == ("queued", "payment")
    await he.does("reply", customer, 409, client_msg_id="1", text="您好")
    await anybody.does("assign", customer, to="tang")
    await anybody.does("close", customer, reason="resolved")
    assert (await anybody.does("assign", customer, to="he"))["conversation"]["mode"] == "human"
    await anybody.does("assign", customer, 400, skill="cooking")
    await anybody.does("assign", customer, 404, to="nobody")
    await anybody.does("assign", customer, 400)
