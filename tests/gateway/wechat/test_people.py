"""Who is behind an account: binding, unbinding, a changed phone, our page, notices, what the desk sees."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import select, update

from actions.turn import RequireIdentity
from gateway.channels import notices, reminders
from gateway.channels.notices import Kind, Route, Way
from gateway.services import Services
from records import channel_accounts, customers, sms
from records.channel_accounts import Allowance
from records.conversations import Message
from records.deliveries import DeliveryState
from records.premiums import premiums_next
from tests.desk.conftest import Specialist, anybody, lin
from tests.gateway.conftest import SITE
from tests.gateway.scripted_rasa import ScriptedRasa, spoken
from tests.gateway.wechat.conftest import Stage, Writer

__all__ = ["anybody", "lin"]


@pytest.fixture
def asks_who(rasa: ScriptedRasa, services: Services) -> None:
    """A turn on 保单 needs level 1."""

    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        turn = services.running[uuid.UUID(body["turn"])]
        if turn.identity.level == 0:
            turn.effects.append(RequireIdentity(1, "check_policy"))
            return spoken("好的。", "check_policy")
        return spoken(f"{turn.identity.customer_id} 有2份保单。", "check_policy")

    rasa.answer = answer


async def _code(services: Services, phone: str) -> str:
    async with services.sessions() as session:
        message = await sms.newest_code(session, phone)
    assert message is not None
    assert message.code is not None
    return message.code


async def _prove(writer: Writer) -> None:
    await writer.says("查保单")
    await writer.gets("证件号后六位")
    await writer.says("王小明 124533")
    await writer.gets("验证码已发到预留手机")
    await writer.says(await _code(writer.stage.services, "13800001001"))
    await writer.gets("C001 有2份保单。")


@pytest.mark.usefixtures("demo_insurer", "asks_who")
async def test_the_identity_step_binds_and_next_time_nothing_is_asked(writer: Writer) -> None:
    await _prove(writer)
    assert any("已绑定您的保单" in one.text for one in writer.received)
    entries = [entry.text for entry in await writer.log()]
    assert "王小明 ［证件］" in entries
    assert "［验证码］" in entries
    writer.stage.services.clock.ahead = 3600  # type: ignore[attr-defined]
    assert (await writer.stands()).level(writer.stage.services.clock()) == 1


@pytest.mark.usefixtures("demo_insurer", "asks_who")
async def test_one_person_may_have_several_accounts(stage: Stage) -> None:
    first, second = stage.writer("oFirst"), stage.writer("oSecond")
    await _prove(first)
    await _prove(second)
    async with stage.services.sessions() as session:
        found = await channel_accounts.of_customer(session, "wechat", "C001")
    assert [account.account for account in found] == ["oSecond", "oFirst"]


@pytest.mark.usefixtures("demo_insurer")
async def test_unbinding_is_asked_for_and_done(writer: Writer) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    await writer.says("解除绑定")
    shown = await writer.gets("要解除吗")
    await writer.says(shown.items[0]["content"], menu_id=shown.items[0]["id"])
    await writer.gets("已经解除绑定")
    assert (await writer.stands()).customer_id is None
    async with writer.stage.services.sessions() as session:
        assert await customers.binding(session, "wechat", writer.openid) is None
    await writer.says("解绑")
    await writer.gets("没有绑定任何人的保单")


@pytest.mark.usefixtures("demo_insurer")
async def test_after_a_change_of_phone_an_old_binding_holds_no_more(writer: Writer) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    services = writer.stage.services
    async with services.sessions.begin() as session:
        now = services.clock()
        await customers.change_contact(session, "C001", actor="staff:1", now=now, phone="13900009999")
    await writer.says("在吗")
    await writer.gets("echo: 在吗")
    assert (await writer.stands()).customer_id is None


@pytest.mark.usefixtures("demo_insurer")
async def test_whoever_changed_the_phone_here_stays_bound(writer: Writer) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    services, now = writer.stage.services, writer.stage.services.clock()
    conversation = (await writer.customer()).conversation
    async with services.sessions.begin() as session:
        row = await session.get_one(type(await writer.stands()), conversation)
        row.verified_until = now + timedelta(minutes=15)
        await customers.change_contact(session, "C001", actor="customer:C001", now=now, phone="13900009999")
    for text in ("在吗", "还在吗"):
        await writer.says(text)
        await writer.gets(f"echo: {text}")
    assert (await writer.stands()).customer_id == "C001"


@pytest.fixture
async def browser(stage: Stage) -> Any:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield http


async def _open_page(stage: Stage, browser: ClientSession, openid: str) -> str:
    """What WeChat's browser does, up to the token that stands in the page."""
    page = f"{stage.wechat.options.page_url}/wechat/page"
    async with browser.get(page, allow_redirects=False) as response:
        assert response.status == 302
        there = response.headers["Location"]
    assert "scope=snsapi_base" in there
    assert there.endswith("#wechat_redirect")
    state = there.partition("state=")[2].partition("#")[0]
    stage.platform.codes["once"] = openid
    async with browser.get(page, params={"code": "once", "state": state}) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Cache-Control"] == "no-store"
        text = await response.text()
    assert f'data-site="{SITE}"' in text
    return text.partition("&quot;token&quot;: &quot;")[2].partition("&quot;")[0]


async def test_the_page_is_the_same_conversation(writer: Writer, browser: ClientSession) -> None:
    stage = writer.stage
    await writer.says("你好")
    await writer.gets("echo: 你好")
    token = await _open_page(stage, browser, writer.openid)
    api = f"{stage.wechat.options.page_url}/api/chat"
    head = {"Authorization": f"Bearer {token}"}
    async with browser.get(f"{api}/events", headers=head) as response:
        events = (await response.json())["events"]
    assert [event["text"] for event in events][-2:] == ["你好", "echo: 你好"]
    frame = {"type": "message", "client_msg_id": "p-1", "text": "网页里说"}
    async with browser.post(f"{api}/messages", json=frame, headers=head) as response:
        assert response.status == 200
    customer = await writer.customer()
    seen = await customer.until(lambda all_: any("echo: 网页里说" in m.text for m in all_))
    async with browser.post(f"{api}/messages", json={"type": "read", "seq": seen[-1].seq}, headers=head):
        pass
    rows = await writer.settled()
    assert (rows[-1].state, rows[-1].via) == (DeliveryState.SENT, "page")
    assert not any("网页里说" in one.text for one in writer.received)


async def test_a_code_of_another_browser_opens_nothing(stage: Stage, browser: ClientSession) -> None:
    stage.platform.codes["stolen"] = "oVictim"
    page = f"{stage.wechat.options.page_url}/wechat/page"
    async with browser.get(
        page, params={"code": "stolen", "state": "guessed"}, allow_redirects=False
    ) as response:
        assert response.status == 302
    assert "stolen" in stage.platform.codes


async def test_a_citation_leads_to_its_clause(
    writer: Writer, rasa: ScriptedRasa, browser: ClientSession
) -> None:
    knowledge = writer.stage.services.context.knowledge
    section = next(one for one in knowledge.library.sections if one.body and one.clause.startswith("第"))
    citation = {"title": section.source.title, "clause": section.clause, "version": section.source.version}

    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        message = {"text": "90天。", "buttons": [], "citations": [citation]}
        return {**spoken("", "ask_waiting_period"), "messages": [message]}

    rasa.answer = answer
    await writer.says("等待期")
    shown = await writer.gets("90天。")
    url = shown.text.partition('<a href="')[2].partition('"')[0]
    async with browser.get(url) as response:
        text = await response.text()
    assert section.source.title in text
    assert section.body.strip()[:8] in text
    async with browser.get(url[:-1] + "_") as response:
        assert response.status == 404


async def _close_window(writer: Writer) -> None:
    writer.stage.platform.phone(writer.openid).close_window()
    async with writer.stage.services.sessions.begin() as session:
        await session.execute(update(Allowance).values(used=Allowance.granted))


async def _route(writer: Writer, kind: Kind = Kind.REQUEST_STATE) -> Route:
    services = writer.stage.services
    async with services.sessions() as session:
        account = await notices.account_for(session, "C001", None)
        assert account is not None
        return await notices.route(services, session, account, kind, services.clock())


def _shanghai(services: Services, hour: int) -> float:
    """Seconds until the next time it is this hour in Shanghai."""
    now = services.clock()
    local = now + timedelta(hours=8)
    wanted = local.replace(hour=hour, minute=30, second=0, microsecond=0)
    return ((wanted - local).total_seconds()) % 86_400


async def _tell(writer: Writer, kind: Kind = Kind.REQUEST_STATE, key: str = "r-1") -> Message:
    services = writer.stage.services
    values = {"title": "变更联系方式", "number": "BQ20260001", "state": "已办结", "changed_on": "今天"}
    async with services.sessions.begin() as session:
        account = await notices.account_for(session, "C001", None)
        assert account is not None
        assert account.conversation_id is not None
        return await notices.append(
            session,
            account.conversation_id,
            kind=kind,
            text="您的申请 BQ20260001 已办结。",
            values=values,
            key=key,
            now=services.clock(),
        )


@pytest.mark.usefixtures("demo_insurer")
async def test_nobody_unknown_is_notified(writer: Writer) -> None:
    await writer.says("你好")
    async with writer.stage.services.sessions() as session:
        assert await notices.account_for(session, "C001", None) is None


@pytest.mark.usefixtures("demo_insurer")
async def test_an_open_window_takes_a_notice_as_a_message_once(writer: Writer) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    assert (await _route(writer)).way is Way.MESSAGE
    await _tell(writer)
    await _tell(writer)
    await writer.gets("BQ20260001 已办结", via="custom")
    await writer.settled()
    assert sum("BQ20260001" in one.text for one in writer.received) == 1


@pytest.mark.usefixtures("demo_insurer")
async def test_without_consent_a_notice_waits_until_the_customer_writes(writer: Writer) -> None:
    await writer.says("你好")
    await writer.bind("C001")
    await _close_window(writer)
    assert await _route(writer) == Route(Way.WAITS, "no_consent")
    await _tell(writer)
    await asyncio.sleep(1.5)
    assert (await writer.deliveries())[-1].reason == "no_consent"
    await writer.says("在吗")
    await writer.gets("BQ20260001 已办结")


@pytest.mark.usefixtures("demo_insurer")
@pytest.mark.parametrize("kind", list(Kind))
async def test_with_consent_it_goes_as_a_template_and_its_arrival_is_reported(
    writer: Writer, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "next_waking", lambda _, now: now)
    services = writer.stage.services
    services.options = _with_kinds(services)
    await writer.says("开启通知")
    await writer.gets("已开启")
    await writer.bind("C001")
    await _close_window(writer)
    assert (await _route(writer, kind)).way is Way.TEMPLATE
    writer.stage.platform.phone(writer.openid).refuses = True
    await _tell(writer, kind)
    rows = await writer.settled()
    async with asyncio.timeout(10):
        while (rows := await writer.deliveries())[-1].state is not DeliveryState.FAILED:
            await asyncio.sleep(0.05)
    assert rows[-1].reason == "failed:user_block"
    writer.stage.platform.phone(writer.openid).refuses = False
    await _tell(writer, kind, key="r-2")
    shown = await writer.until(lambda seen: any(one.via == "template" for one in seen))
    assert "已办结" in shown[-1].text or kind is Kind.PREMIUM_DUE
    async with asyncio.timeout(10):
        while (await writer.deliveries())[-1].reason is not None:
            await asyncio.sleep(0.05)
    assert (await writer.deliveries())[-1].state is DeliveryState.SENT


@pytest.mark.usefixtures("demo_insurer")
async def test_at_night_it_waits_for_the_morning(writer: Writer) -> None:
    services = writer.stage.services
    services.options = _with_kinds(services)
    await writer.says("开启通知")
    await writer.gets("已开启")
    await writer.bind("C001")
    await _close_window(writer)
    services.clock.ahead = _shanghai(services, 23)  # type: ignore[attr-defined]
    route = await _route(writer)
    assert (route.way, route.reason) == (Way.WAITS, "quiet_hours")
    assert route.until is not None
    assert (route.until.hour, route.until.minute) == (8, 0)


def _with_kinds(services: Services) -> Any:
    return replace(services.options, notice_kinds=frozenset(kind.value for kind in Kind))


@pytest.mark.usefixtures("demo_insurer")
async def test_a_premium_is_told_of_once(writer: Writer) -> None:
    services = writer.stage.services
    await writer.says("开启通知")
    await writer.gets("已开启")
    await writer.bind("C001")
    async with services.sessions() as session:
        today = services.settings.today(services.clock())
        due = (await _due(session, today))[0]
    days = (due - today).days - 3
    services.clock.ahead = _shanghai(services, 12) + days * 86_400  # type: ignore[attr-defined]
    told = await reminders.remind(services)
    assert told >= 1
    assert await reminders.remind(services) == 0
    entries = [entry.text for entry in await writer.log()]
    assert sum(text.startswith("交费提醒") for text in entries) == told


async def _due(session: Any, today: Any) -> list[Any]:
    return [one.due_on for one in await premiums_next(session, "C001", today) if one.amount is not None]


async def test_the_desk_is_told_what_may_still_be_sent(lin: Specialist, writer: Writer) -> None:
    await writer.says("你好")
    await writer.gets("echo: 你好")
    conversation = (await writer.customer()).conversation
    path = f"/desk/api/conversations/{conversation}"
    before = (await lin.get(path))["conversation"]["reach"]
    assert (before["left"], before["blocked"]) == (5, None)
    customer = await writer.customer()
    await lin.does("take_over", customer)
    await writer.gets("林专员（工号")
    await lin.does("reply", customer, client_msg_id="r-1", text="您好，我来帮您。")
    await writer.gets("您好，我来帮您。", via="custom")
    await writer.settled()
    after = (await lin.get(path))["conversation"]["reach"]
    assert after["left"] == 3
    await _close_window(writer)
    assert (await lin.get(path))["conversation"]["reach"]["left"] == 0
    await lin.does("reply", customer, client_msg_id="r-2", text="还有一句")
    await asyncio.sleep(0.5)
    events = (await lin.get(path))["events"]
    assert events[-1]["delivery"] == "pending"
    await writer.says("好的")
    await writer.gets("还有一句")
    await writer.settled()
    async with writer.stage.services.sessions() as session:
        shown = await session.scalar(select(Message.delivery).where(Message.client_msg_id == "r-2"))
    assert shown == "sent"
