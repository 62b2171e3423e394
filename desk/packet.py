"""The hand-over packet: what a specialist needs to know before the first word, and who the customer is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from gateway.services import Services
from records import complaints, customers, policies, requests
from records.conversations import Conversation, Message, Origin
from records.words import state_text

_UNDERSTOOD = 8


async def packet(
    session: AsyncSession, services: Services, conversation: Conversation, messages: Sequence[Message]
) -> dict[str, Any]:
    """Why the customer is here, what was asked and answered from which clause, and what is open."""
    readings = services.context.readings
    understood = [
        {
            "text": message.text,
            "intent": readings.get(message.understood["intent"], message.understood["intent"]),
            "confidence": message.understood["confidence"],
        }
        for message in messages
        if message.origin is Origin.CUSTOMER and message.understood
    ]
    cited = {
        (one["title"], one["clause"], one["version"]): one
        for message in messages
        for one in message.body.get("citations", [])
    }
    drafts = await requests.drafts_in(session, conversation.id)
    reason = conversation.reason
    return {
        "reason": services.wording.say(f"utter_reason_{reason}") if reason else "",
        "summary": conversation.summary,
        "identity_level": conversation.level(services.clock()),
        "understood": understood[-_UNDERSTOOD:],
        "cited": [{"title": t, "clause": c, "version": v} for t, c, v in cited],
        "drafts": [
            {
                "kind": draft.kind,
                "title": views.title_of(services, draft),
                "filled": views.filled(services, draft),
            }
            for draft in drafts
        ],
        "tickets": await _tickets(session, services, conversation),
    }


async def _tickets(
    session: AsyncSession, services: Services, conversation: Conversation
) -> list[dict[str, Any]]:
    """The customer's open complaints and requests; of a guest, those of this conversation."""
    if conversation.customer_id is not None:
        raised = await complaints.complaints_of(session, conversation.customer_id)
        asked = await requests.requests_of(session, conversation.customer_id)
    else:
        raised = [
            one for one in await complaints.all_complaints(session) if one.conversation_id == conversation.id
        ]
        asked = [
            one
            for one in await requests.submitted_requests(session)
            if one.conversation_id == conversation.id
        ]
    tickets = [
        {
            "number": one.number,
            "title": state_text(one.category),
            "state": state_text(one.state),
        }
        for one in raised
        if one.open
    ]
    return tickets + [
        {
            "number": one.number,
            "title": views.title_of(services, one),
            "state": state_text(one.state),
        }
        for one in asked
        if one.open and one.number
    ]


async def customer(session: AsyncSession, conversation: Conversation) -> dict[str, Any]:
    """The customer and their policies, masked; both empty for a guest."""
    if conversation.customer_id is None:
        return {"customer": None, "policies": []}
    person = await customers.customer(session, conversation.customer_id)
    held = await policies.policies_of(session, conversation.customer_id)
    return {
        "customer": views.person(person) if person else None,
        "policies": [views.policy(policy) for policy in held],
    }
