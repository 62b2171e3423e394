"""Things to do by a time: call-backs, questions to claims or underwriting, promises to customers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES, body_of, staff_of
from desk.routing import Route, change, read
from gateway import feed
from gateway.errors import AlreadyClaimed, BadRequest, NotFound
from records import audit, claims, complaints, requests, tasks
from records.customers import Customer
from records.masking import mask_name, mask_phone, mask_text
from records.staff import Staff
from records.tasks import Task, TaskState

Skill = Literal["policy", "payment", "claim", "underwriting", "complaint", "supervisor"]


class CreateBody(BaseModel):
    """A question to colleagues about a case; `promised`: the customer waits for the answer."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    skill: Skill
    about: Annotated[str, Field(max_length=40)]
    due_at: AwareDatetime
    promised: bool = False


class FinishBody(BaseModel):
    """What came of it; `reply` goes to the customer in these words."""

    outcome: Annotated[str, Field(max_length=500)] = ""
    reply: Annotated[str, Field(max_length=500)] = ""


class PostponeBody(BaseModel):
    due_at: AwareDatetime


class PassBody(BaseModel):
    """To a colleague by login, or with `to` None back into the queue of a skill."""

    to: str | None = None
    skill: Skill | None = None


def routes() -> list[Route]:
    return [
        read("/tasks", listing),
        change("/tasks", create),
        change("/tasks/{number}/take", take),
        change("/tasks/{number}/finish", finish),
        change("/tasks/{number}/postpone", postpone),
        change("/tasks/{number}/pass", pass_on),
        change("/tasks/{number}/cancel", cancel),
    ]


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/tasks → what is open, the most urgent first."""
    async with request.app[SERVICES].sessions() as session:
        found = await tasks.open_tasks(session)
        items = await lines(session, found)
    return web.json_response({"items": items})


async def create(request: web.Request) -> web.Response:
    """POST /desk/api/tasks {title, skill, about, due_at, promised} → {task}; the time must come."""
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, CreateBody)
    if wish.due_at <= services.clock():
        raise BadRequest()
    async with services.sessions.begin() as session:
        about, customer_id, conversation_id = await _case(session, wish.about)
        task = await tasks.create(
            session,
            kind="question",
            title=wish.title,
            due_at=wish.due_at,
            now=services.clock(),
            skill=wish.skill,
            about=about,
            promised=wish.promised,
            conversation_id=conversation_id,
            customer_id=customer_id,
            actor=person.actor,
        )
        return await _told(session, task)


async def _case(session: AsyncSession, number: str) -> tuple[str, str | None, uuid.UUID | None]:
    """Number, customer and conversation of a request or complaint; NotFound."""
    case = await requests.request_by_number(session, number) or await complaints.complaint_by_number(
        session, number
    )
    if case is None or case.number is None:
        raise NotFound()
    return case.number, case.customer_id, case.conversation_id


async def lines(session: AsyncSession, found: Iterable[Task]) -> list[dict[str, Any]]:
    """How tasks look at the desk, personal data masked."""
    listed = list(found)
    owners = await views.by_id(session, Customer, (one.customer_id for one in listed))
    staff = await views.by_id(session, Staff, (one.assignee_id for one in listed))
    return [_line(one, owners.get(one.customer_id), staff.get(one.assignee_id)) for one in listed]


def _line(task: Task, owner: Customer | None, assignee: Staff | None) -> dict[str, Any]:
    phone = _phone(task, owner)
    return {
        "number": task.number,
        "kind": task.kind,
        "title": task.title,
        "skill": task.skill,
        "about": task.about,
        "promised": task.promised,
        "escalated": task.escalated_at is not None,
        "answer": mask_text(task.answer),
        "state": task.state.value,
        "due_at": views.iso(task.due_at),
        "created_at": views.iso(task.created_at),
        "customer": mask_name(owner.name) if owner else None,
        "phone": mask_phone(phone) if phone else None,
        "note": mask_text(str(task.detail.get("note") or "")),
        "assignee": {"login": assignee.login, "name": assignee.name} if assignee else None,
        "conversation_id": str(task.conversation_id) if task.conversation_id else None,
    }


def _phone(task: Task, owner: Customer | None) -> str | None:
    """Where to call: the number left for it, else the one on file."""
    left = task.detail.get("phone")
    return str(left) if left else owner.phone if owner else None


async def take(request: web.Request) -> web.Response:
    """POST /desk/api/tasks/{number}/take → {task, phone}: mine from now on, the number to call in full."""
    services, person = request.app[SERVICES], staff_of(request)
    async with services.sessions.begin() as session:
        task = await _mine(session, request)
        task.assignee_id = person.id
        await audit.append(
            session, subject=task.subject, actor=person.actor, action="task_take", now=services.clock()
        )
        await feed.announce(session, None, task=task.number)
        owner = await session.get(Customer, task.customer_id) if task.customer_id else None
        answer = {"task": (await lines(session, [task]))[0], "phone": _phone(task, owner)}
    return web.json_response(answer)


async def finish(request: web.Request) -> web.Response:
    """POST /desk/api/tasks/{number}/finish {outcome, reply}: ended; the reply goes back to the customer."""
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, FinishBody)
    async with services.sessions.begin() as session:
        task = await _mine(session, request)
        task.assignee_id = person.id
        await tasks.answer(
            session, task.number, text=wish.outcome, reply=wish.reply, by=person, now=services.clock()
        )
        if task.kind == claims.REPORT_TASK and task.about:
            await claims.in_contact(session, task.about)
        return await _told(session, task)


async def postpone(request: web.Request) -> web.Response:
    """POST /desk/api/tasks/{number}/postpone {due_at}: who was promised an answer hears of it."""
    services, wish = request.app[SERVICES], await body_of(request, PostponeBody)
    if wish.due_at <= services.clock():
        raise BadRequest()
    async with services.sessions.begin() as session:
        task = await _mine(session, request)
        await tasks.postpone(
            session, task.number, due_at=wish.due_at, by=staff_of(request), now=services.clock()
        )
        return await _told(session, task)


async def pass_on(request: web.Request) -> web.Response:
    """POST /desk/api/tasks/{number}/pass {to, skill}."""
    services, wish = request.app[SERVICES], await body_of(request, PassBody)
    async with services.sessions.begin() as session:
        task = await _open(session, request)
        to = await views.staff_by_login(session, wish.to) if wish.to else None
        if wish.to and to is None:
            raise NotFound()
        await tasks.assign(
            session, task.number, to=to, by=staff_of(request), now=services.clock(), skill=wish.skill
        )
        return await _told(session, task)


async def cancel(request: web.Request) -> web.Response:
    """POST /desk/api/tasks/{number}/cancel: no longer needed; a promise cannot be cancelled."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        task = await _mine(session, request)
        await tasks.cancel(session, task.number, by=staff_of(request), now=services.clock())
        return await _told(session, task)


async def _told(session: AsyncSession, task: Task) -> web.Response:
    """Every desk hears how the task stands; so does the caller."""
    await feed.announce(session, None, task=task.number)
    return web.json_response({"task": (await lines(session, [task]))[0]})


async def _mine(session: AsyncSession, request: web.Request) -> Task:
    """The open task, which no colleague holds; AlreadyClaimed."""
    task = await _open(session, request)
    if task.assignee_id not in (None, staff_of(request).id):
        raise AlreadyClaimed(name=(await session.get_one(Staff, task.assignee_id)).name)
    return task


async def _open(session: AsyncSession, request: web.Request) -> Task:
    found = await session.scalar(
        select(Task)
        .where(Task.number == request.match_info["number"], Task.state == TaskState.OPEN)
        .with_for_update()
    )
    if found is None:
        raise NotFound()
    return found
