"""The complaints board: every ticket with its statutory clock, and what is decided about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, Field

from desk import complaint_view, views
from desk.access import SERVICES, staff_of
from desk.casework import Casework, Step, Words
from desk.letters import decision_letter
from desk.pdf import pdf_response
from desk.routing import LEADING, SERVING, Handler, Route, change, read
from records import complaint_clock, complaint_handling, complaints
from records.complaint_handling import lock_complaint
from records.complaints import Complaint, RootCause
from records.customers import Customer
from records.numbers import tidy_number
from records.staff import Staff

CASE = Casework("complaint", complaint_view.detail)
B = TypeVar("B", bound=BaseModel)


class MergeBody(BaseModel):
    into: Annotated[str, Field(min_length=1, max_length=24)]


class CauseBody(BaseModel):
    cause: RootCause
    note: Annotated[str, Field(max_length=500)] = ""


def routes() -> list[Route]:
    one = "/complaints/{number}"
    return [
        read("/complaints", listing),
        read("/extensions", extensions),
        read(one, CASE.shown),
        read(f"{one}/letter", letter, SERVING),
        change(f"{one}/take_up", _step("take_up", Words, take_up)),
        change(f"{one}/ask", _step("ask", Words, ask)),
        change(f"{one}/decide", _step("decide", Words, decide)),
        change(f"{one}/close", _step("close", Words, close)),
        change(f"{one}/withdraw", _step("withdraw", Words, withdraw)),
        change(f"{one}/check_again", _step("check_again", Words, check_again)),
        change(f"{one}/merge", CASE.deciding("merge", MergeBody, merge)),
        change(f"{one}/pause", _step("pause", Words, pause)),
        change(f"{one}/resume", _step("resume", Words, resume)),
        change(f"{one}/extend", _step("extend", Words, extend)),
        change(f"{one}/extend/approve", _step("extend_approve", Words, approve), LEADING),
        change(f"{one}/extend/refuse", _step("extend_refuse", Words, refuse), LEADING),
        change(f"{one}/restart", _step("restart", Words, restart), LEADING),
        change(f"{one}/root_cause", _step("root_cause", CauseBody, root_cause)),
    ]


def _step(action: str, body: type[B], act: Callable[[Step[B], Complaint], Awaitable[None]]) -> Handler:
    """The handler of a step on one complaint, which it gets locked."""

    async def on_locked(step: Step[B]) -> None:
        await act(step, await lock_complaint(step.session, step.number))

    return CASE.deciding(action, body, on_locked)


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/complaints: open ones first, the nearest statutory day on top."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        found = await complaints.all_complaints(session)
        owners = await views.by_id(session, Customer, (one.customer_id for one in found))
        items = [views.complaint(one, services, owners.get(one.customer_id)) for one in found]
    return web.json_response({"items": sorted(items, key=lambda item: (not item["open"], item["due_on"]))})


async def extensions(request: web.Request) -> web.Response:
    """GET /desk/api/extensions: who asks for more time and waits for a supervisor."""
    async with request.app[SERVICES].sessions() as session:
        waiting = await complaint_clock.extensions_waiting(session)
        people = await views.by_id(session, Staff, (one.asked_by_id for one, _ in waiting))
        items = [
            {
                "number": complaint.number,
                "due_on": complaint.due_on.isoformat(),
                **complaint_view.extension(one, people[one.asked_by_id]),
            }
            for one, complaint in waiting
        ]
    return web.json_response({"items": items})


async def letter(request: web.Request) -> web.Response:
    """GET /desk/api/complaints/{number}/letter: the written decision; audited."""
    services, number = request.app[SERVICES], tidy_number(request.match_info["number"])
    async with services.sessions.begin() as session:
        content = await decision_letter(session, services, await complaint_view.found(session, number))
        await CASE.written_down(session, services, staff_of(request), number, "letter")
    return await pdf_response(content, number)


async def take_up(step: Step[Words], complaint: Complaint) -> None:
    """POST …/take_up: I look into it."""
    await complaint_handling.take_up(step.session, complaint, by=step.staff, now=step.now)


async def ask(step: Step[Words], complaint: Complaint) -> None:
    """POST …/ask {text}: a question to the customer; the clock runs on."""
    await complaint_handling.ask_customer(
        step.session, complaint, question=step.wish.text, by=step.staff, now=step.now
    )


async def decide(step: Step[Words], complaint: Complaint) -> None:
    """POST …/decide {text}: the decision as the customer reads it; signed by its handler, if it has one."""
    complaint.handler_id = complaint.handler_id or step.staff.id
    await complaint_handling.decide(
        step.session, complaint, decision=step.wish.text, by=step.staff, now=step.now
    )


async def close(step: Step[Words], complaint: Complaint) -> None:
    """POST …/close: what was decided has been carried out."""
    await complaint_handling.close(step.session, complaint, by=step.staff, now=step.now)


async def withdraw(step: Step[Words], complaint: Complaint) -> None:
    """POST …/withdraw {text}: the customer takes it back."""
    await complaint_handling.withdraw(
        step.session, complaint, actor=step.staff.actor, now=step.now, reason=step.wish.text
    )


async def check_again(step: Step[Words], complaint: Complaint) -> None:
    """POST …/check_again {text}: the customer asked the superior office to check the decision."""
    await complaint_handling.check_again(
        step.session, complaint, by=step.staff, now=step.now, reason=step.wish.text
    )


async def merge(step: Step[MergeBody]) -> None:
    """POST …/merge {into}: goes on under an earlier number of the same customer; locked in one order."""
    into = tidy_number(step.wish.into)
    locked = {one: await lock_complaint(step.session, one) for one in sorted({step.number, into})}
    await complaint_handling.merge(
        step.session, locked[step.number], locked[into], actor=step.staff.actor, now=step.now
    )


async def pause(step: Step[Words], complaint: Complaint) -> None:
    """POST …/pause {text}: an appraisal, test or mediation outside is awaited."""
    await complaint_clock.pause(step.session, complaint, reason=step.wish.text, by=step.staff, now=step.now)


async def resume(step: Step[Words], complaint: Complaint) -> None:
    """POST …/resume: the clock runs again."""
    await complaint_clock.resume(step.session, complaint, by=step.staff, now=step.now)


async def extend(step: Step[Words], complaint: Complaint) -> None:
    """POST …/extend {text}: asks a supervisor for the next length the law allows."""
    await complaint_clock.ask_extension(
        step.session,
        complaint,
        reason=step.wish.text,
        steps=step.services.settings.complaint_steps,
        by=step.staff,
        now=step.now,
    )


async def approve(step: Step[Words], complaint: Complaint) -> None:
    """POST …/extend/approve: a supervisor who did not ask for it."""
    await complaint_clock.approve_extension(step.session, complaint, by=step.staff, now=step.now)


async def refuse(step: Step[Words], complaint: Complaint) -> None:
    """POST …/extend/refuse: the day stays."""
    await complaint_clock.refuse_extension(step.session, complaint, by=step.staff, now=step.now)


async def restart(step: Step[Words], complaint: Complaint) -> None:
    """POST …/restart: new facts, the clock starts anew; supervisors only."""
    first = step.services.settings.complaint_days
    await complaint_clock.restart(step.session, complaint, first=first, by=step.staff, now=step.now)


async def root_cause(step: Step[CauseBody], complaint: Complaint) -> None:
    """POST …/root_cause {cause, note}: why it came to it; only colleagues read it."""
    await complaint_handling.set_root_cause(
        step.session, complaint, step.wish.cause, note=step.wish.note, by=step.staff, now=step.now
    )
