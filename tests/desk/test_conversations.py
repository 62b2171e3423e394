"""What a specialist sees of a conversation and may do with it."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.services import Services
from records import audit
from records.conversations import Mode
from tests.desk.conftest import Specialist
from tests.gateway.conftest import Customer, said
from tests.gateway.scripted_rasa import ScriptedRasa


async def _listed(who: Specialist, state: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await who.get(f"/desk/api/conversations?state={state}"))["items"]
    return items


async def test_the_waiting_list_says_why_and_how_long(lin: Specialist, waiting: Customer) -> None:
    (item,) = await _listed(lin, "queued")
    assert (item["reason"], item["reason_text"], item["preview"]) == (
        "requested",
        "客户要求人工",
        "等待期多久",
    )
    assert item["waiting_seconds"] >= 0
    assert item["customer"] == {"name": None, "level": 0}


async def test_an_unknown_list_is_refused(lin: Specialist) -> None:
    await lin.get("/desk/api/conversations?state=all", 400)


async def test_claim_answer_and_wrap_up(lin: Specialist, waiting: Customer, rasa: ScriptedRasa) -> None:
    await lin.does("claim", waiting)
    assert said(await waiting.sees(), "林专员")
    before = len(rasa.turns)
    await waiting.says("您好")
    await lin.does("reply", waiting, client_msg_id="r-1", text="您好，我是林专员。")
    await lin.does("reply", waiting, client_msg_id="r-1", text="您好，我是林专员。")
    seen = await waiting.sees()
    assert [message.text for message in seen].count("您好，我是林专员。") == 1
    assert len(rasa.turns) == before
    assert [item["id"] for item in await _listed(lin, "mine")] == [str(waiting.conversation)]
    await lin.does("close", waiting, reason="solved", summary="问了等待期")
    assert [message.kind for message in (await waiting.sees())[-2:]] == ["closed", "rating_request"]
    assert len(await _listed(lin, "closed")) == 1


async def test_two_claims_at_once_and_one_wins(lin: Specialist, he: Specialist, waiting: Customer) -> None:
    async def claim(who: Specialist) -> int:
        path = f"/desk/api/conversations/{waiting.conversation}/claim"
        async with who.web.post(path, json={}, headers={"X-CSRF": who.csrf}) as response:
            return response.status

    assert sorted(await asyncio.gather(claim(lin), claim(he))) == [200, 409]


async def test_the_loser_is_told_by_whom(lin: Specialist, he: Specialist, waiting: Customer) -> None:
    await lin.does("claim", waiting)
    error = (await he.does("claim", waiting, 409))["error"]
    assert (error["code"], error["message"]) == ("already_claimed", "已被林专员接入。")


async def test_only_the_holder_speaks(lin: Specialist, he: Specialist, waiting: Customer) -> None:
    assert (await he.does("reply", waiting, 409, client_msg_id="r-1", text="您好"))["error"][
        "code"
    ] == "wrong_mode"
    await lin.does("claim", waiting)
    assert (await he.does("reply", waiting, 409, client_msg_id="r-1", text="您好"))["error"][
        "code"
    ] == "not_yours"
    assert not said(await waiting.sees(), "您好")


async def test_take_over_from_the_bot_and_hand_back(
    lin: Specialist, customer: Customer, rasa: ScriptedRasa
) -> None:
    await lin.does("take_over", customer)
    await customer.says("在吗")
    await asyncio.sleep(0.2)
    assert not rasa.turns
    await lin.does("hand_back", customer, note="客户问等待期")
    assert (await customer.stands()).mode is Mode.BOT
    await customer.says("等待期多久")
    await customer.until(lambda seen: said(seen, "echo: 等待期多久"))
    assert [turn["text"] for turn in rasa.turns] == ["等待期多久"]


async def test_a_note_is_not_for_the_customer(lin: Specialist, waiting: Customer) -> None:
    await lin.does("note", waiting, text="客户很急")
    assert not said(await waiting.sees(), "客户很急")
    events = (await lin.get(f"/desk/api/conversations/{waiting.conversation}"))["events"]
    note = events[-1]
    assert (note["visibility"], note["seq"], note["staff"]["login"]) == ("note", None, "lin")


async def test_transfer_to_a_colleague_and_to_a_skill(
    lin: Specialist, he: Specialist, waiting: Customer
) -> None:
    await lin.does("claim", waiting)
    moved = await lin.does("transfer", waiting, to="he", note="理赔问题")
    assert moved["conversation"]["assignee"]["login"] == "he"
    back = await he.does("transfer", waiting, skill="payment")
    assert (back["conversation"]["mode"], back["conversation"]["skill"]) == ("queued", "payment")
    await lin.does("transfer", waiting, 409, to="he")


async def test_the_packet_tells_what_was_asked_and_how_it_was_understood(
    lin: Specialist, waiting: Customer
) -> None:
    detail = await lin.get(f"/desk/api/conversations/{waiting.conversation}")
    assert detail["packet"]["reason"] == "客户要求人工"
    assert detail["packet"]["summary"] == "想要人工"
    assert [one["text"] for one in detail["packet"]["understood"]] == ["等待期多久"]
    assert detail["customer"] is None


async def test_a_conversation_nobody_has(lin: Specialist) -> None:
    await lin.get("/desk/api/conversations/6b0f3f0e-0000-4000-8000-000000000000", 404)
    await lin.get("/desk/api/conversations/nonsense", 404)


async def test_every_step_is_audited_and_the_chain_holds(
    lin: Specialist, waiting: Customer, services: Services
) -> None:
    await lin.does("claim", waiting)
    await lin.does("hand_back", waiting)
    subject = f"conversation:{waiting.conversation}"
    async with services.sessions() as session:
        entries = await audit.entries(session, subject)
        assert await audit.first_broken(session, subject) is None
    assert [entry.action for entry in entries] == ["hand_over", "claim", "hand_back"]
    assert entries[1].actor.startswith("staff:")
