"""The review of service requests: the queue, a request beside its documents, and what is decided."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from desk import request_view, views
from desk.access import SERVICES, body_of, staff_of
from desk.casework import Casework, Step, Words
from desk.errors import ReasonNeeded
from desk.letters import endorsement_slip
from desk.pdf import pdf_response
from desk.reveal import SHORTEST_REASON
from desk.routing import SERVING, Route, change, read
from gateway.errors import NotFound
from gateway.web import uploads
from records import documents, filing, request_review, requests
from records.customers import Customer
from records.masking import mask_text
from records.numbers import tidy_number

CASE = Casework("request", request_view.detail)
Papers = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=20)]


class PapersBody(BaseModel):
    """Which papers are wanted, and a word to the customer besides."""

    papers: Papers = []
    text: str = ""


class NameBody(BaseModel):
    kind: Annotated[str, Field(min_length=1, max_length=60)]


class ReasonBody(BaseModel):
    reason: Annotated[str, Field(max_length=200)] = ""


def routes() -> list[Route]:
    one = "/requests/{number}"
    return [
        read("/requests", listing),
        read(one, CASE.shown),
        read(f"{one}/files/{{file}}", file),
        read(f"{one}/slip", slip, SERVING),
        change(f"{one}/reveal", reveal),
        change(f"{one}/files/{{file}}/name", name_file),
        change(f"{one}/take_up", CASE.deciding("take_up", Words, take_up)),
        change(f"{one}/ask_documents", CASE.deciding("ask_documents", PapersBody, ask_documents)),
        change(f"{one}/approve", CASE.deciding("approve", Words, approve)),
        change(f"{one}/finish", CASE.deciding("finish", Words, finish)),
        change(f"{one}/reject", CASE.deciding("reject", Words, reject)),
        change(f"{one}/withdraw", CASE.deciding("withdraw", Words, withdraw)),
    ]


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/requests: open ones by due date, then those that have ended."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        found = await requests.submitted_requests(session)
        owners = await views.by_id(session, Customer, (one.customer_id for one in found))
        items = [views.request(one, services, owners.get(one.customer_id)) for one in found]
    return web.json_response({"items": items})


async def file(request: web.Request) -> web.StreamResponse:
    """GET /desk/api/requests/{number}/files/{file}: to be looked at beside the data; audited."""
    services, number = request.app[SERVICES], tidy_number(request.match_info["number"])
    async with services.sessions.begin() as session:
        item = await request_view.found(session, number)
        document = await request_view.document_of(session, item, request.match_info["file"])
        if document.destroyed_at is not None:
            raise NotFound()
        await CASE.written_down(
            session, services, staff_of(request), number, "read_file", document=str(document.id)
        )
    return web.FileResponse(
        uploads.path_of(services, document.sha256),
        headers={
            "Content-Type": document.media_type,
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'self'; object-src 'self'; frame-ancestors 'self'",
            "Cache-Control": "no-store",
        },
    )


async def name_file(request: web.Request) -> web.Response:
    """POST /desk/api/requests/{number}/files/{file}/name {kind}: which paper it is.

    A file that lay in the conversation, belonging to nothing, belongs to this request from then on.
    """
    services, person = request.app[SERVICES], staff_of(request)
    number = tidy_number(request.match_info["number"])
    wish = await body_of(request, NameBody)
    async with services.sessions.begin() as session:
        item = await request_view.found(session, number)
        document = await request_view.document_of(session, item, request.match_info["file"])
        if document.request_id != item.id:
            await filing.assign_document(session, document.id, number, by=person, now=services.clock())
        await documents.name_document(session, document.id, wish.kind, by=person, now=services.clock())
        answer = await request_view.detail(session, services, number)
    return web.json_response(answer)


async def reveal(request: web.Request) -> web.Response:
    """POST /desk/api/requests/{number}/reveal {reason} → data in full, to compare with papers; audited."""
    services, number = request.app[SERVICES], tidy_number(request.match_info["number"])
    reason = (await body_of(request, ReasonBody)).reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonNeeded()
    async with services.sessions.begin() as session:
        item = await request_view.found(session, number)
        await CASE.written_down(
            session, services, staff_of(request), number, "reveal", reason=mask_text(reason)
        )
        answer = await request_view.in_full(session, services, item)
    return web.json_response(answer)


async def slip(request: web.Request) -> web.Response:
    """GET /desk/api/requests/{number}/slip: the endorsement slip (批单) of an approved request; audited."""
    services, number = request.app[SERVICES], tidy_number(request.match_info["number"])
    async with services.sessions.begin() as session:
        item = await request_view.found(session, number)
        letter = await endorsement_slip(session, services, item)
        await CASE.written_down(session, services, staff_of(request), number, "slip")
    return await pdf_response(letter, number)


async def take_up(step: Step[Words]) -> None:
    """POST …/take_up: the review is mine."""
    await request_review.take_up(step.session, step.number, by=step.staff, now=step.now)


async def ask_documents(step: Step[PapersBody]) -> None:
    """POST …/ask_documents {papers, text}: the customer is asked for these papers."""
    await request_review.ask_for_documents(
        step.session,
        step.number,
        papers=step.wish.papers,
        reason=step.wish.text,
        by=step.staff,
        now=step.now,
    )


async def approve(step: Step[Words]) -> None:
    """POST …/approve {text}: the review is passed; who approves what nobody took up is its handler."""
    item = await request_review.lock_request(step.session, step.number)
    if item.handler_id is None:
        await request_review.assign(step.session, step.number, to=step.staff)
    await request_review.approve(step.session, step.number, by=step.staff, now=step.now, note=step.wish.text)


async def finish(step: Step[Words]) -> None:
    """POST …/finish {text}: it has been carried out."""
    await request_review.finish(step.session, step.number, by=step.staff, now=step.now, note=step.wish.text)


async def reject(step: Step[Words]) -> None:
    """POST …/reject {text}: refused, with the reason the customer reads."""
    await request_review.reject(step.session, step.number, reason=step.wish.text, by=step.staff, now=step.now)


async def withdraw(step: Step[Words]) -> None:
    """POST …/withdraw {text}: the customer asked us to take it back."""
    await request_review.withdraw_for(
        step.session, step.number, by=step.staff, now=step.now, reason=step.wish.text
    )
