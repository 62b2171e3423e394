"""Showing one piece of personal data that is masked elsewhere: for a reason, and written down."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from desk.access import SERVICES, body_of, staff_of
from desk.acting import conversation_of
from desk.errors import NothingToReveal, ReasonNeeded
from desk.routing import Route, change
from gateway.errors import NotFound
from records import audit, customers, policies
from records.conversations import Conversation
from records.masking import mask_policy, mask_text

_SHORTEST_REASON = 4


class What(StrEnum):
    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    EMAIL = "email"
    ADDRESS = "address"
    POLICY = "policy"


class RevealBody(BaseModel):
    """`policy` is the masked number, where `what` is a policy."""

    what: What
    reason: Annotated[str, Field(max_length=200)] = ""
    policy: str | None = None


def routes() -> list[Route]:
    return [change("/conversations/{id}/reveal", reveal)]


async def reveal(request: web.Request) -> web.Response:
    """POST /desk/api/conversations/{id}/reveal {what, reason} → {value}; who saw it and why is audited."""
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, RevealBody)
    reason = wish.reason.strip()
    if len(reason) < _SHORTEST_REASON:
        raise ReasonNeeded()
    async with services.sessions.begin() as session:
        conversation = await session.get(Conversation, conversation_of(request))
        if conversation is None:
            raise NotFound()
        if conversation.customer_id is None:
            raise NothingToReveal()
        value = await _value(session, conversation.customer_id, wish)
        if not value:
            raise NothingToReveal()
        await audit.append(
            session,
            subject=f"customer:{conversation.customer_id}",
            actor=f"staff:{person.id}",
            action="reveal",
            detail={
                "what": wish.what.value,
                "reason": mask_text(reason),
                "conversation": str(conversation.id),
            },
            now=services.clock(),
        )
    return web.json_response({"value": value})


async def _value(session: AsyncSession, customer_id: str, wish: RevealBody) -> str | None:
    if wish.what is What.POLICY:
        held = await policies.policies_of(session, customer_id)
        fitting = [one.number for one in held if mask_policy(one.number) == wish.policy]
        return "、".join(fitting)
    person = await customers.customer(session, customer_id)
    value: str | None = getattr(person, wish.what.value)
    return value
