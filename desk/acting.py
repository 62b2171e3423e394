"""A change of one conversation by the specialist who asks for it: locked, audited and committed as one."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES, body_of, staff_of
from desk.routing import Handler
from gateway import log
from gateway.errors import NotFound
from gateway.services import Services
from records import audit
from records.conversations import Conversation
from records.staff import Staff

B = TypeVar("B", bound=BaseModel)


class Nothing(BaseModel):
    """The body of a step that needs no words."""


@dataclass(frozen=True)
class Case:
    """The conversation a step works on, its row locked; all that is done is one transaction."""

    session: AsyncSession
    services: Services
    conversation: Conversation
    staff: Staff
    now: datetime

    async def audited(self, action: str, **detail: object) -> None:
        """Write down a step that changes no mode; those are written by `gateway.modes`."""
        await audit.append(
            self.session,
            subject=f"conversation:{self.conversation.id}",
            actor=f"staff:{self.staff.id}",
            action=action,
            detail=detail,
            now=self.now,
        )


def acting(body: type[B], act: Callable[[Case, B], Awaitable[None]]) -> Handler:
    """The handler of a step: reads its body, locks the conversation, answers with how it stands then."""

    async def handler(request: web.Request) -> web.Response:
        services, staff = request.app[SERVICES], staff_of(request)
        wish = await body_of(request, body)
        conversation_id = conversation_of(request)
        async with services.sessions.begin() as session:
            if await session.get(Conversation, conversation_id) is None:
                raise NotFound()
            conversation = await log.lock(session, conversation_id)
            await act(Case(session, services, conversation, staff, services.clock()), wish)
            await session.flush()
            summary = (await views.summaries(session, services, [conversation]))[0]
        return web.json_response({"conversation": summary})

    return handler


def conversation_of(request: web.Request) -> uuid.UUID:
    """The id in the path; NotFound for what is none."""
    try:
        return uuid.UUID(request.match_info["id"])
    except ValueError as error:
        raise NotFound() from error
