"""Call-backs and other tasks: who takes one, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES, body_of, staff_of
from desk.routing import Route, change, read
from gateway import feed
from gateway.errors import AlreadyClaimed, NotFound
from records import audit, tasks
from records.customers import Customer
from records.masking import mask_name, mask_phone, mask_text
from records.staff import Staff
from records.tasks import Task, TaskState


class FinishBody(BaseModel):
    outcome: Annotated[str, Field(min_length=1, max_length=500)]


def routes() -> list[Route]:
    return [
        read("/tasks", listing),
        change("/tasks/{number}/take", take),
        change("/tasks/{number}/finish", finish),
    ]


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/tasks → what is open, the most urgent first."""
    async with request.app[SERVICES].sessions() as session:
        found = await tasks.open_tasks(session)
        items = await lines(session, found)
    return web.json_response({"items": items})


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
        task = await _open(session, request)
        if task.assignee_id not in (None, person.id):
            raise AlreadyClaimed(name=(await session.get_one(Staff, task.assignee_id)).name)
        task.assignee_id = person.id
        await _audited(session, request, task, "task_take")
        owner = await session.get(Customer, task.customer_id) if task.customer_id else None
        answer = {"task": (await lines(session, [task]))[0], "phone": _phone(task, owner)}
    return web.json_response(answer)


async def finish(request: web.Request) -> web.Response:
    """POST /desk/api/tasks/{number}/finish {outcome}."""
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, FinishBody)
    async with services.sessions.begin() as session:
        task = await _open(session, request)
        if task.assignee_id not in (None, person.id):
            raise AlreadyClaimed(name=(await session.get_one(Staff, task.assignee_id)).name)
        task.assignee_id = person.id
        task.detail = {**task.detail, "outcome": wish.outcome}
        await tasks.finish(session, task, now=services.clock(), state=TaskState.DONE)
        await _audited(session, request, task, "task_finish")
        answer = {"task": (await lines(session, [task]))[0]}
    return web.json_response(answer)


async def _open(session: AsyncSession, request: web.Request) -> Task:
    found = await session.scalar(
        select(Task)
        .where(Task.number == request.match_info["number"], Task.state == TaskState.OPEN)
        .with_for_update()
    )
    if found is None:
        raise NotFound()
    return found


async def _audited(session: AsyncSession, request: web.Request, task: Task, action: str) -> None:
    await audit.append(
        session,
        subject=f"task:{task.number}",
        actor=f"staff:{staff_of(request).id}",
        action=action,
        now=request.app[SERVICES].clock(),
    )
    await feed.announce(session, None, task=task.number)
