"""Things a colleague has to do by a time: call-backs, crises, reviews."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words
from records.numbers import NumberKind, next_number


class TaskState(enum.StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(Base):
    """One task; `detail` holds what the colleague needs, such as the phone to call."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[TaskState] = mapped_column(words(TaskState), default=TaskState.OPEN)
    due_at: Mapped[Moment] = mapped_column(index=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


async def create(
    session: AsyncSession,
    *,
    kind: str,
    title: str,
    due_at: datetime,
    now: datetime,
    conversation_id: uuid.UUID | None = None,
    customer_id: str | None = None,
    detail: dict[str, Any] | None = None,
) -> Task:
    """A new open task with its number (RW…)."""
    task = Task(
        number=await next_number(session, NumberKind.TASK, now),
        kind=kind,
        title=title,
        due_at=due_at,
        conversation_id=conversation_id,
        customer_id=customer_id,
        detail=detail or {},
        created_at=now,
    )
    session.add(task)
    await session.flush()
    return task


async def finish(
    session: AsyncSession, task: Task, *, now: datetime, state: TaskState = TaskState.DONE
) -> None:
    task.state = state
    task.ended_at = now
    await session.flush()


async def open_tasks(session: AsyncSession, *, conversation_id: uuid.UUID | None = None) -> list[Task]:
    """Open tasks by due time, of one conversation or of all."""
    chosen = select(Task).where(Task.state == TaskState.OPEN).order_by(Task.due_at)
    if conversation_id is not None:
        chosen = chosen.where(Task.conversation_id == conversation_id)
    return list(await session.scalars(chosen))
