"""Things a colleague has to do by a time: call-backs, crises, questions to claims or underwriting, promises.

Each step is an entry of the task's audit chain (`task:RW…`). A task that `promised` the customer an answer
gives it back to them when it is answered.
"""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import audit, notices
from records.base import Base, Moment
from records.columns import words
from records.errors import MissingTextError, WrongStateError
from records.locking import lock_by_number
from records.notices import Topic
from records.numbers import NumberKind, next_number
from records.staff import Staff

SYSTEM = "system"


class TaskState(enum.StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(Base):
    """One task; `detail` holds what the colleague needs, such as the phone to call.

    `skill` names the queue it stands in (policy, claim, underwriting, complaint, payment, supervisor),
    `about` the number of the request, claim, complaint or application. `answer` is the colleague's own,
    `reply` what the customer was told of it. `escalated_at`: when a supervisor was told that it is late.
    """

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(Text)
    skill: Mapped[str] = mapped_column(String(20), default="policy")
    about: Mapped[str | None] = mapped_column(String(40), index=True)
    promised: Mapped[bool] = mapped_column(default=False)
    state: Mapped[TaskState] = mapped_column(words(TaskState), default=TaskState.OPEN)
    due_at: Mapped[Moment] = mapped_column(index=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    answer: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(80), default=SYSTEM)
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    escalated_at: Mapped[Moment | None]

    @property
    def subject(self) -> str:
        """Its chain in the audit."""
        return f"task:{self.number}"

    def late(self, now: datetime) -> bool:
        return self.state is TaskState.OPEN and self.due_at < now


async def create(
    session: AsyncSession,
    *,
    kind: str,
    title: str,
    due_at: datetime,
    now: datetime,
    skill: str = "policy",
    about: str | None = None,
    promised: bool = False,
    conversation_id: uuid.UUID | None = None,
    customer_id: str | None = None,
    assignee: Staff | None = None,
    detail: dict[str, Any] | None = None,
    actor: str = SYSTEM,
) -> Task:
    """A new open task with its number (RW…)."""
    task = Task(
        number=await next_number(session, NumberKind.TASK, now),
        kind=kind,
        title=title,
        skill=skill,
        about=about,
        promised=promised,
        due_at=due_at,
        conversation_id=conversation_id,
        customer_id=customer_id,
        assignee_id=assignee.id if assignee else None,
        detail=detail or {},
        created_by=actor,
        created_at=now,
    )
    session.add(task)
    await session.flush()
    await _note(session, task, "created", actor, now, kind=kind, skill=skill)
    return task


async def lock_task(session: AsyncSession, number: str) -> Task:
    """The task with this number, locked and read afresh; NoSuchRecordError."""
    return await lock_by_number(session, Task, Task.number, number)


async def assign(
    session: AsyncSession,
    number: str,
    *,
    to: Staff | None,
    by: Staff,
    now: datetime,
    skill: str | None = None,
) -> Task:
    """Gives an open task to a colleague, or back to the queue of a skill."""
    task = await _open(session, number, "assigned")
    task.assignee_id = to.id if to else None
    task.skill = skill or task.skill
    await _note(session, task, "assigned", by.actor, now, to=to.id if to else None, skill=task.skill)
    return task


async def postpone(session: AsyncSession, number: str, *, due_at: datetime, by: Staff, now: datetime) -> Task:
    """Sets another time, after which it may escalate again; who was promised an answer is told of it."""
    task = await _open(session, number, "postponed")
    task.due_at, task.escalated_at = due_at, None
    await _note(session, task, "postponed", by.actor, now, due_at=due_at.isoformat())
    if task.promised:
        await tell(session, task, Topic.PROMISE_MOVED, now, due_at=due_at.isoformat())
    return task


async def answer(
    session: AsyncSession, number: str, *, text: str, by: Staff, now: datetime, reply: str = ""
) -> Task:
    """Ends a task with the colleague's answer; `reply`, if given, goes to the customer in these words.

    MissingTextError without an answer, or without a reply where one was promised.
    """
    if not text.strip():
        raise MissingTextError("text")
    task = await _open(session, number, "answered")
    if task.promised and not reply.strip():
        raise MissingTextError("reply")
    task.answer, task.reply = text.strip(), reply.strip()
    await finish(session, task, now=now, actor=by.actor)
    if task.reply:
        await tell(session, task, Topic.ANSWER, now, reply=task.reply)
    return task


async def tell(session: AsyncSession, task: Task, topic: Topic, now: datetime, **detail: str) -> None:
    """Leaves a notice for the customer the task is about."""
    await notices.add(
        session,
        topic,
        number=task.number,
        now=now,
        customer_id=task.customer_id,
        conversation_id=task.conversation_id,
        contact=task.detail.get("phone"),
        detail=detail,
    )


async def finish(
    session: AsyncSession,
    task: Task,
    *,
    now: datetime,
    state: TaskState = TaskState.DONE,
    actor: str = SYSTEM,
) -> None:
    """Ends an open task; WrongStateError for one that has ended."""
    if task.state is not TaskState.OPEN:
        raise WrongStateError(task.number, task.state, state)
    task.state = state
    task.ended_at = now
    await _note(session, task, state.value, actor, now)


async def cancel(session: AsyncSession, number: str, *, by: Staff, now: datetime) -> Task:
    """The task is no longer needed. WrongStateError for a promise: that is kept, not cancelled."""
    task = await _open(session, number, "cancelled")
    if task.promised:
        raise WrongStateError(task.number, "promised", "cancelled")
    await finish(session, task, now=now, state=TaskState.CANCELLED, actor=by.actor)
    return task


async def open_tasks(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID | None = None,
    skill: str | None = None,
    assignee_id: int | None = None,
    about: str | None = None,
    due_before: datetime | None = None,
    escalated: bool = False,
) -> list[Task]:
    """Open tasks by due time; each filter that is given narrows them. `due_before=now`: the late ones."""
    chosen = select(Task).where(Task.state == TaskState.OPEN).order_by(Task.due_at, Task.id)
    if conversation_id is not None:
        chosen = chosen.where(Task.conversation_id == conversation_id)
    if skill is not None:
        chosen = chosen.where(Task.skill == skill)
    if assignee_id is not None:
        chosen = chosen.where(Task.assignee_id == assignee_id)
    if about is not None:
        chosen = chosen.where(Task.about == about)
    if due_before is not None:
        chosen = chosen.where(Task.due_at < due_before)
    if escalated:
        chosen = chosen.where(Task.escalated_at.is_not(None))
    return list(await session.scalars(chosen))


async def tasks_about(session: AsyncSession, number: str) -> list[Task]:
    """All tasks of one request, claim or complaint, ended ones too, newest first."""
    about: ColumnElement[bool] = Task.about == number
    return list(await session.scalars(select(Task).where(about).order_by(Task.id.desc())))


async def _open(session: AsyncSession, number: str, wanted: str) -> Task:
    task = await lock_task(session, number)
    if task.state is not TaskState.OPEN:
        raise WrongStateError(task.number, task.state, wanted)
    return task


async def _note(
    session: AsyncSession, task: Task, action: str, actor: str, now: datetime, **detail: Any
) -> None:
    await session.flush()
    await audit.append(
        session, subject=task.subject, actor=actor, action=f"task_{action}", detail=detail, now=now
    )
