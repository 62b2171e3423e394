"""How records look at the desk: personal data masked, codes with the Chinese word beside them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.answers import OPEN_END
from actions.drafts import ON_FILE
from actions.written import day
from desk import deadlines
from gateway.services import Services
from knowledge.catalogue import fill
from knowledge.service_field import FieldType, ServiceField
from knowledge.service_kind import ServiceKind
from records import channel_accounts
from records.calendar import business_date
from records.channel_accounts import Reach
from records.complaints import ANSWERED, Complaint
from records.conversations import Conversation, Message, Mode, Origin, Visibility
from records.customers import Customer
from records.marks import Mark
from records.masking import mask_id, mask_name, mask_phone, mask_policy, mask_text
from records.policies import Policy
from records.presence import USUAL_CAP, Presence, State
from records.requests import ServiceRequest
from records.staff import Staff
from records.words import state_text

_PREVIEW = 60
MOMENT = timedelta(seconds=30)


async def summaries(
    session: AsyncSession, services: Services, conversations: Sequence[Conversation]
) -> list[dict[str, Any]]:
    """Lines of the conversation list, in the order given."""
    ids = [conversation.id for conversation in conversations]
    customers = await by_id(session, Customer, (c.customer_id for c in conversations))
    staff = await by_id(session, Staff, (c.assignee_id for c in conversations))
    previews = await _previews(session, ids)
    now = services.clock()
    reached = await channel_accounts.reach(session, ids, now)
    return [
        _summary(
            services,
            conversation,
            customers.get(conversation.customer_id),
            staff.get(conversation.assignee_id),
            previews.get(conversation.id, ""),
            reached.get(conversation.id),
            now,
        )
        for conversation in conversations
    ]


def _summary(
    services: Services,
    conversation: Conversation,
    customer: Customer | None,
    assignee: Staff | None,
    preview: str,
    reach: Reach | None,
    now: datetime,
) -> dict[str, Any]:
    waiting = conversation.mode is Mode.QUEUED and conversation.queued_at is not None
    reason = conversation.reason
    return {
        "id": str(conversation.id),
        "mode": conversation.mode.value,
        "epoch": conversation.epoch,
        "channel": conversation.channel,
        "customer": {
            "name": mask_name(customer.name) if customer else None,
            "level": conversation.level(now),
        },
        "preview": preview,
        "reason": reason,
        "reason_text": services.wording.say(f"utter_reason_{reason}") if reason else "",
        "skill": conversation.skill,
        "priority": conversation.priority,
        "queued_at": iso(conversation.queued_at),
        "waiting_seconds": int((now - conversation.queued_at).total_seconds())
        if waiting and conversation.queued_at
        else None,
        "assignee": {"login": assignee.login, "name": assignee.name} if assignee else None,
        "last_at": iso(conversation.last_at),
        "last_seq": conversation.last_seq,
        "reach": {"left": reach.left, "until": iso(reach.until), "blocked": reach.blocked} if reach else None,
    }


async def staff_named(session: AsyncSession, messages: Sequence[Message]) -> dict[int, Staff]:
    """The specialists who wrote any of these entries, by id."""
    return await by_id(session, Staff, (message.staff_id for message in messages))


def colleague(person: Staff, known: Presence | None) -> dict[str, Any]:
    """Somebody who serves customers, and whether they are at the desk."""
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "skills": person.skills,
        "state": (known.state if known else State.OFFLINE).value,
        "cap": known.cap if known else USUAL_CAP,
        "since": iso(known.since) if known else None,
        "viewing": _text(known.viewing) if known else None,
    }


def event(
    message: Message, staff: dict[int, Staff], services: Services, marked: Sequence[Mark] = ()
) -> dict[str, Any]:
    """An entry of the log as specialists see it, notes and suggestions included."""
    author = staff.get(message.staff_id) if message.staff_id is not None else None
    understood = message.understood
    readings = services.context.readings
    return {
        "id": message.id,
        "seq": message.seq,
        "kind": message.kind,
        "origin": message.origin.value,
        "visibility": message.visibility.value,
        "text": message.text,
        "mode": message.body.get("mode"),
        "buttons": [button["title"] for button in message.body.get("buttons", [])],
        "citations": message.body.get("citations", []),
        "files": message.body.get("files", []),
        "at": iso(message.created_at),
        "staff": {"login": author.login, "name": author.name} if author else None,
        "understood": {
            "intent": understood["intent"],
            "intent_text": readings.get(understood["intent"], understood["intent"]),
            "confidence": understood["confidence"],
        }
        if understood
        else None,
        "marks": [mark.kind.value for mark in marked],
        "whisper": bool(message.body.get("whisper")),
        "delivery": message.delivery,
    }


def complaint(ticket: Complaint, services: Services, owner: Customer | None) -> dict[str, Any]:
    """A line of the complaint list; `days_left` counts calendar days to the statutory date.

    `clock` is the statutory one: `days` may pass after `from`, those of a pause included; `warn_on` are the
    days from which it is warned, then urged.
    """
    paused_on, days = ticket.paused_on, ticket.allowed_days + ticket.paused_days
    return {
        "number": ticket.number,
        "category": ticket.category.value,
        "category_text": state_text(ticket.category),
        "state": ticket.state.value,
        "state_text": state_text(ticket.state),
        "open": ticket.open,
        "summary": ticket.summary,
        "facts": ticket.facts,
        "wish": ticket.wish,
        "contact": mask_phone(ticket.contact) if ticket.contact else None,
        "received_at": iso(ticket.received_at),
        "due_on": ticket.due_on.isoformat(),
        "days_left": (ticket.due_on - business_date(services.clock())).days,
        "clock": {
            "from": ticket.clock_from.isoformat(),
            "days": days,
            "paused_on": paused_on.isoformat() if paused_on else None,
            "stopped": ticket.state in ANSWERED,
            "warn_on": deadlines.warnings(services, ticket.due_on, days, working=False),
        },
        "signals": services.context.signals.labels(ticket.signals),
        "priority": ticket.priority,
        "customer": mask_name(owner.name) if owner else None,
        "conversation_id": _text(ticket.conversation_id),
    }


def request(item: ServiceRequest, services: Services, owner: Customer | None) -> dict[str, Any]:
    """A line of the request list, with what the customer filled in."""
    return {
        "number": item.number,
        "kind": item.kind,
        "title": title_of(services, item),
        "state": item.state.value,
        "state_text": state_text(item.state),
        "open": item.open,
        "policy": mask_policy(item.policy.number) if item.policy else None,
        "customer": mask_name(owner.name) if owner else None,
        "submitted_at": iso(item.submitted_at),
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "warn_on": deadlines.of_request(services, item),
        "paused": item.paused_on is not None,
        "missing": item.missing,
        "flags": item.flags,
        "fields": [{"label": label, "value": value} for label, value in filled(services, item).items()],
        "conversation_id": _text(item.conversation_id),
    }


def title_of(services: Services, item: ServiceRequest) -> str:
    """The kind's title from the catalogue; the code itself for a kind that has left it."""
    return services.context.services.title(item.kind)


def effect_of(services: Services, kind: ServiceKind | None, policy: Policy | None) -> str:
    """What the catalogue says of premium and cover; '' where it names what only the chat works out."""
    expires_on = policy.expires_on if policy else None
    values = {**services.settings.values(), **({"expires_on": day(expires_on)} if expires_on else {})}
    try:
        return fill(kind.effect, values) if kind else ""
    except KeyError:
        return ""


def filled(services: Services, item: ServiceRequest, *, masked: bool = True) -> dict[str, str]:
    """What the customer answered, by the field's label and in the order it is asked."""
    kind = services.context.services.kinds.get(item.kind)
    return {
        field.label: _answer(services, item, field, str(item.answers[field.key]), masked)
        for field in (kind.fields if kind else ())
        if item.answers.get(field.key)
    }


def _answer(services: Services, item: ServiceRequest, field: ServiceField, value: str, masked: bool) -> str:
    if option := field.option(value):
        return option.label
    if field.on_file and value == ON_FILE:
        contact = item.contact or ""
        return services.wording.say("form_phone_kept", phone=mask_phone(contact) if masked else contact)
    if field.type is FieldType.CONSENT:
        return services.wording.say("form_agreed")
    if field.type is FieldType.DATE and value == OPEN_END:
        return services.wording.say("form_open_end")
    if field.type is FieldType.YESNO:
        return services.wording.say(f"form_{value}")
    if not masked:
        return value
    return mask_policy(value) if field.type is FieldType.POLICY else mask_text(value)


def person(customer: Customer) -> dict[str, Any]:
    """The customer panel."""
    return {
        "name": mask_name(customer.name),
        "phone": mask_phone(customer.phone) if customer.phone else None,
        "id_number": mask_id(customer.id_number),
        "city": customer.city,
    }


def policy(item: Policy) -> dict[str, Any]:
    """A line of the customer's policies."""
    return {
        "number": mask_policy(item.number),
        "product": item.product.name,
        "state": item.state.value,
        "state_text": state_text(item.state),
        "next_due": item.next_due.isoformat() if item.next_due else None,
    }


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


async def staff_by_login(session: AsyncSession, login: str) -> Staff | None:
    return (await session.scalars(select(Staff).where(Staff.login == login))).one_or_none()


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None


async def by_id(session: AsyncSession, model: Any, ids: Iterable[Any]) -> dict[Any, Any]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = await session.scalars(select(model).where(model.id.in_(wanted)))
    return {row.id: row for row in rows}


async def _previews(session: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What each customer said last."""
    newest = (
        select(func.max(Message.id))
        .where(
            Message.conversation_id.in_(ids),
            Message.origin == Origin.CUSTOMER,
            Message.visibility == Visibility.PUBLIC,
        )
        .group_by(Message.conversation_id)
    )
    rows = await session.scalars(select(Message).where(Message.id.in_(newest)))
    return {row.conversation_id: row.text[:_PREVIEW] for row in rows}
