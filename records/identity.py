"""Proving who writes: name and ID tail, then a code to the phone on file; codes for a new phone or a ticket.

Nothing here says whether a person, a phone or a ticket exists: `start_challenge` returns nothing, and a wrong
code looks the same whether or not one was sent.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records import attempts, challenges
from records.attempts import DEFAULT_LIMITS, IdentityLimits, locked_until
from records.challenges import NOBODY, Expired, IdentityChallenge, Locked, Outcome, Target, Wrong
from records.claims import ClaimReport
from records.complaints import Complaint
from records.customers import Customer
from records.numbers import tidy_number
from records.requests import ServiceRequest
from records.sms import SmsPurpose

__all__ = [
    "Checked",
    "Expired",
    "IdentityLimits",
    "Locked",
    "TicketOpened",
    "Verified",
    "Wrong",
    "check_code",
    "locked_until",
    "opened_tickets",
    "send_again",
    "send_code",
    "start_challenge",
    "start_known_challenge",
    "start_ticket_challenge",
    "verify_code",
    "verify_ticket_code",
]

_TAIL_LENGTH = 6


@dataclass(frozen=True)
class Verified:
    """The person holds the phone on file of this customer."""

    customer_id: str


@dataclass(frozen=True)
class TicketOpened:
    """The person holds the phone left with this ticket."""

    number: str


@dataclass(frozen=True)
class Checked:
    """The person holds this phone."""

    phone: str


async def start_challenge(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    name: str,
    id_tail: str,
    now: datetime,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> None:
    """Opens the identity step for a name and the last six characters of an ID number.

    If they fit one customer with a phone, a code is queued to that phone; the caller cannot tell.
    """
    name, id_tail = "".join(name.split()), id_tail.strip().upper()
    await challenges.begin(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=SmsPurpose.IDENTITY,
        told=f"{name}|{id_tail}",
        target=await _person(session, name, id_tail),
        now=now,
        limits=limits,
    )


async def start_known_challenge(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    customer_id: str,
    now: datetime,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> None:
    """The same for a customer known by a bound account or the insurer's own site: only the code is needed."""
    person = await session.get(Customer, customer_id)
    await challenges.begin(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=SmsPurpose.IDENTITY,
        told=f"known|{customer_id}",
        target=Target(person.phone, customer_id=person.id) if person else NOBODY,
        now=now,
        limits=limits,
    )


async def send_again(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    customer_id: str | None,
    now: datetime,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> None:
    """A fresh code for the identity step that is open or ran out of time, or for a customer already known.

    No wrong try, but the limits on codes hold. Without either there is nothing to send.
    """
    previous = await challenges.repeatable(session, conversation_id, SmsPurpose.IDENTITY)
    if previous is not None and customer_id in (None, previous.customer_id):
        await challenges.repeat(session, previous, address=address, now=now, limits=limits)
    elif customer_id is not None:
        await start_known_challenge(
            session,
            conversation_id=conversation_id,
            address=address,
            customer_id=customer_id,
            now=now,
            limits=limits,
        )


async def verify_code(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    code: str,
    now: datetime,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> Verified | Wrong | Locked | Expired:
    """Checks the code of the identity step. A right code forgives the wrong tries at this person."""
    passed = await challenges.answer(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=SmsPurpose.IDENTITY,
        code=code,
        now=now,
        limits=limits,
    )
    if not isinstance(passed, IdentityChallenge):
        return passed
    if passed.customer_id is None:
        raise LookupError("An identity challenge was passed that belongs to nobody.")
    await attempts.forgive(session, passed.customer_id)
    return Verified(passed.customer_id)


async def send_code(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    phone: str,
    now: datetime,
    address: str = "",
    purpose: SmsPurpose = SmsPurpose.NEW_PHONE,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> bool:
    """Sends a code to a phone the customer typed. False when none went out: locked, or too many codes."""
    challenge = await challenges.begin(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=purpose,
        told=purpose,
        target=Target(phone),
        now=now,
        limits=limits,
    )
    return challenge is not None and challenge.sent


async def check_code(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    phone: str,
    code: str,
    now: datetime,
    address: str = "",
    purpose: SmsPurpose = SmsPurpose.NEW_PHONE,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> Checked | Wrong | Locked | Expired:
    """Checks the code sent by `send_code` to this very phone."""
    passed = await challenges.answer(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=purpose,
        code=code,
        now=now,
        limits=limits,
        phone=phone,
    )
    return Checked(phone) if isinstance(passed, IdentityChallenge) else passed


async def start_ticket_challenge(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    number: str,
    now: datetime,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> None:
    """A guest asks after a complaint, report or request by number: a code goes to the phone left with it."""
    number = tidy_number(number)
    await challenges.begin(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=SmsPurpose.TICKET,
        told=number,
        target=await _ticket(session, number),
        now=now,
        limits=limits,
    )


async def verify_ticket_code(
    session: AsyncSession,
    *,
    conversation_id: uuid.UUID,
    address: str,
    code: str,
    now: datetime,
    limits: IdentityLimits = DEFAULT_LIMITS,
) -> TicketOpened | Wrong | Locked | Expired:
    passed = await challenges.answer(
        session,
        conversation_id=conversation_id,
        address=address,
        purpose=SmsPurpose.TICKET,
        code=code,
        now=now,
        limits=limits,
    )
    if not isinstance(passed, IdentityChallenge):
        return passed
    if passed.ticket is None:
        raise LookupError("A ticket challenge was passed that belongs to no ticket.")
    return TicketOpened(passed.ticket)


async def opened_tickets(session: AsyncSession, conversation_id: uuid.UUID, since: datetime) -> list[str]:
    """Numbers whose phone somebody in this conversation has proven to hold since a moment."""
    return list(
        await session.scalars(
            select(IdentityChallenge.ticket).where(
                IdentityChallenge.conversation_id == conversation_id,
                IdentityChallenge.ticket.is_not(None),
                IdentityChallenge.outcome == Outcome.PASSED,
                IdentityChallenge.ended_at > since,
            )
        )
    )


async def _person(session: AsyncSession, name: str, id_tail: str) -> Target:
    found = (
        await session.execute(
            select(Customer.id, Customer.phone).where(
                Customer.name == name, func.right(Customer.id_number, _TAIL_LENGTH) == id_tail
            )
        )
    ).all()
    return Target(found[0].phone, customer_id=found[0].id) if len(found) == 1 else NOBODY


async def _ticket(session: AsyncSession, number: str) -> Target:
    for model, contact in (
        (Complaint, Complaint.contact),
        (ClaimReport, ClaimReport.phone),
        (ServiceRequest, ServiceRequest.contact),
    ):
        phone = (await session.execute(select(contact).where(model.number == number))).scalar_one_or_none()
        if phone is not None:
            return Target(phone, ticket=number)
    return NOBODY
