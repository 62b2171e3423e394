"""A file goes where documents are awaited; where that is not plain the bot asks; nothing is lost."""

from __future__ import annotations

import io
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from gateway import inbox
from gateway.services import Services
from gateway.web import public_app, uploads
from records import audit, request_review, tasks
from records.claims import report_claim
from records.conversations import DialogueState, Message
from records.documents import Document, unassigned_in
from records.filing import assign_document, bring_along, place_of
from records.request_steps import create_draft
from records.requests import RequestState, request_by_number
from tests.gateway.conftest import ADDRESS, SITE, Customer
from tests.gateway.test_herald import lin, requested, told
from tests.gateway.test_safe_files import EXE, PHONE, png

pytestmark = pytest.mark.usefixtures("demo_insurer")


async def sends(customer: Customer, name: str = "照片.jpg", content: bytes = PHONE) -> Message:
    """The customer sends a file; returns what the bot says to it."""
    services, conversation = customer.services, customer.conversation
    document = await uploads.store(services, conversation, name, content)
    await inbox.receive_file(services, conversation, uuid.uuid4().hex, uploads.wire(document), ADDRESS)
    return (await customer.sees())[-1]


def titles(message: Message) -> list[str]:
    return [button["title"] for button in message.body.get("buttons", [])]


def token(message: Message, title: str) -> str:
    return next(str(one["token"]) for one in message.body["buttons"] if one["title"] == title)


async def asked_for_papers(services: Services, customer: Customer, *papers: str) -> str:
    number, who = await requested(services, customer.conversation), await lin(services)
    async with services.sessions.begin() as session:
        await request_review.ask_for_documents(session, number, papers=papers, by=who, now=services.clock())
    await told(services)
    return number


async def documents(services: Services) -> list[Document]:
    async with services.sessions() as session:
        return list(await session.scalars(select(Document).order_by(Document.received_at)))


async def test_it_goes_where_documents_are_awaited(services: Services, customer: Customer) -> None:
    number = await asked_for_papers(services, customer, "受益人身份证照片")
    said = await sends(customer)
    assert number in said.text
    assert "要的是：受益人身份证照片。" in said.text
    (document,) = await documents(services)
    assert document.kind == "受益人身份证照片"
    await customer.chooses(token(said, "都发完了"))
    assert "材料交给专员了" in (await customer.sees())[-1].text
    async with services.sessions() as session:
        request = await request_by_number(session, number)
        assert request is not None
        assert (request.state, request.missing, request.id) == (
            RequestState.IN_REVIEW,
            [],
            document.request_id,
        )


async def test_the_same_photo_twice_is_one_file_on_disk(services: Services, customer: Customer) -> None:
    await asked_for_papers(services, customer, "受益人身份证照片")
    await sends(customer)
    said = await sends(customer)
    assert "一共2个" in said.text
    kept = [path for path in services.options.files.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"Secret" not in kept[0].read_bytes()


async def test_where_two_wait_the_bot_asks_which(services: Services, customer: Customer) -> None:
    number = await asked_for_papers(services, customer, "受益人身份证照片")
    await asked_for_papers(services, customer, "申请书")
    said = await sends(customer)
    assert titles(said)[:2] == ["变更受益人", "变更受益人"]
    async with services.sessions() as session:
        assert len(await unassigned_in(session, customer.conversation)) == 1
    await customer.chooses(said.body["buttons"][0]["token"])
    assert number in (await customer.sees())[-1].text
    async with services.sessions() as session:
        assert await unassigned_in(session, customer.conversation) == []


async def test_where_nothing_is_open_the_bot_asks_what_for(services: Services, customer: Customer) -> None:
    said = await sends(customer)
    assert titles(said) == ["我要报案", "我要投诉", "给专员看"]


async def test_photos_sent_before_the_report_go_along_with_it(services: Services, customer: Customer) -> None:
    await sends(customer)
    now = services.clock()
    async with services.sessions.begin() as session:
        report = await report_claim(session, happened="追尾", now=now, conversation_id=customer.conversation)
        place = await place_of(session, report.number)
        assert place is not None
        moved = await bring_along(
            session,
            place,
            draft_id=uuid.uuid4(),
            conversation_id=customer.conversation,
            since=now.replace(hour=0),
            now=now,
        )
    assert moved == 1
    assert [document.report_id for document in await documents(services)] == [report.id]
    said = await sends(customer)
    assert titles(said)[0] == "报案"


async def test_a_photo_sent_while_a_form_is_open_belongs_to_its_draft(
    services: Services, customer: Customer
) -> None:
    now = services.clock()
    async with services.sessions.begin() as session:
        draft = await create_draft(
            session, kind="report_claim", conversation_id=customer.conversation, now=now
        )
        session.add(
            DialogueState(
                conversation_id=customer.conversation,
                state={"slots": {"service_draft": str(draft.id)}},
                turn_id=uuid.uuid4(),
                updated_at=now,
            )
        )
    said = await sends(customer)
    assert "会跟“报案”一起交" in said.text
    async with services.sessions.begin() as session:
        report = await report_claim(session, happened="追尾", now=now, conversation_id=customer.conversation)
        here = {"draft_id": draft.id, "conversation_id": customer.conversation}
        place = await place_of(session, report.number)
        assert place is not None
        assert await bring_along(session, place, since=now, now=now, **here) == 1
    (document,) = await documents(services)
    assert (document.request_id, document.report_id) == (None, report.id)


async def test_papers_of_a_claim_become_a_task_of_the_claims_colleagues(
    services: Services, customer: Customer
) -> None:
    await known_as(customer, "C001")
    await customer.chooses(token(await sends(customer), "同意"))
    said = (await customer.sees())[-1]
    assert "CLM202600030001" in said.text
    for _ in range(2):
        await customer.chooses(token(said, "都发完了"))
    async with services.sessions() as session:
        (task,) = await tasks.open_tasks(session, about="CLM202600030001", skill="claim")
    assert task.kind == "claim_documents"


async def known_as(customer: Customer, person: str) -> None:
    async with customer.services.sessions.begin() as session:
        stands = await customer.stands()
        stands.customer_id = person
        await session.merge(stands)


async def test_papers_about_health_wait_for_one_consent(services: Services, customer: Customer) -> None:
    await known_as(customer, "C001")
    asked = await sends(customer)
    assert "同意才放进“住院医疗”（CLM202600030001）" in asked.text
    assert titles(asked) == ["同意", "不同意", "转人工"]
    reminded = await sends(customer, "出院小结.jpg")
    assert "有2个文件先给您存着" in reminded.text
    assert {one.claim_id for one in await documents(services)} == {None}
    await customer.says("同意")
    said = (await customer.sees())[-1]
    assert "现在一共2个文件" in said.text
    first, second = await documents(services)
    assert first.claim_id == second.claim_id is not None
    async with services.sessions() as session:
        (kept,) = await audit.entries(session, "claim:CLM202600030001")
    assert (kept.action, kept.actor) == ("consent_given", "customer:C001")
    assert kept.detail == {"consent": "health_consent", "version": "2026.1", "kind": "住院医疗"}
    assert "现在一共3个文件" in (await sends(customer)).text


async def test_without_consent_files_stay_outside_and_are_not_lost(
    services: Services, customer: Customer
) -> None:
    await known_as(customer, "C001")
    await customer.chooses(token(await sends(customer), "不同意"))
    told = (await customer.sees())[-1]
    assert "不放进“住院医疗”" in told.text
    assert titles(told) == ["同意", "转人工"]
    assert "不放进“住院医疗”" in (await sends(customer)).text
    assert {one.claim_id for one in await documents(services)} == {None}
    await customer.chooses(token((await customer.sees())[-1], "同意"))
    assert {one.claim_id is not None for one in await documents(services)} == {True}


async def test_all_sent_waits_for_the_answer_to_the_consent(services: Services, customer: Customer) -> None:
    number = await asked_for_papers(services, customer, "申请书")
    filed = await sends(customer)
    who = await lin(services)
    async with services.sessions.begin() as session:
        await request_review.take_up(session, number, by=who, now=services.clock())
        await request_review.ask_for_documents(
            session, number, papers=["体检报告"], by=who, now=services.clock()
        )
    await told(services)
    await sends(customer)
    await customer.chooses(token(filed, "都发完了"))
    reminded = (await customer.sees())[-1]
    assert "有1个文件先给您存着" in reminded.text
    await customer.chooses(token(reminded, "同意"))
    await customer.chooses(token((await customer.sees())[-1], "都发完了"))
    assert "材料交给专员了" in (await customer.sees())[-1].text


async def test_papers_that_tell_nothing_of_health_need_no_consent(
    services: Services, customer: Customer
) -> None:
    await known_as(customer, "C003")
    said = await sends(customer)
    await customer.chooses(token(said, "车损"))
    assert "现在一共1个文件" in (await customer.sees())[-1].text


async def test_another_persons_number_is_not_filed_to(services: Services, customer: Customer) -> None:
    await sends(customer)
    (document,) = await documents(services)
    async with services.sessions.begin() as session:
        place = await assign_document(
            session, document.id, "CLM202600030002", by=await lin(services), now=services.clock()
        )
    assert place.number == "CLM202600030002"
    async with services.sessions() as session:
        assert await place_of(session, "CLM209900000001") is None
        found = await session.get(Document, document.id)
        assert found is not None
        assert found.claim_id is not None


class Huge(io.BytesIO):
    """A PDF of 30 MB, which a failing test does not print."""

    def __init__(self) -> None:
        super().__init__(b"%PDF-1.7\n" + bytes(30 * 2**20))


HUGE = Huge()


@pytest.fixture
async def web(services: Services) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(public_app(services))) as client:
        yield client


@pytest.mark.parametrize(
    ("name", "content", "status", "code", "words"),
    [
        ("大.pdf", HUGE, 413, "file_too_large", "超过10MB"),
        ("照片.jpg", EXE, 415, "file_type", "只能收JPG、PNG照片和PDF"),
        ("炸弹.png", png(60_000, 60_000), 413, "picture_too_large", "尺寸太大"),
        ("半张.jpg", PHONE[:200], 422, "file_damaged", "打不开"),
    ],
    ids=["30 MB", "exe named jpg", "image bomb", "half a photo"],
)
async def test_bad_files_get_a_sentence_that_says_what_to_do(
    web: TestClient[Any, Any],
    services: Services,
    name: str,
    content: bytes,
    status: int,
    code: str,
    words: str,
) -> None:
    opened = await (await web.post("/api/chat/sessions", json={"site_key": SITE})).json()
    form = FormData(quote_fields=False)
    body = content if isinstance(content, io.BytesIO) else io.BytesIO(content)
    form.add_field("file", body, filename=name, content_type="image/jpeg")
    headers = {"Authorization": f"Bearer {opened['token']}"}
    response = await web.post("/api/chat/files", data=form, headers=headers)
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (status, code)
    assert words in error["message"]
    assert await documents(services) == []
    assert [path for path in Path(services.options.files).rglob("*") if path.is_file()] == []
