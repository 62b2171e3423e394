"""Who is at the other end of a push channel: what arrives from an account, and leaving the channel."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from gateway import log, sessions
from gateway.services import Services
from records import audit, channel_accounts, customers, deliveries
from records.channel_accounts import ChannelAccount, Grant, Push
from records.conversations import Conversation

_ON_PAGE = timedelta(seconds=10)


@dataclass(frozen=True)
class Arrival:
    """A push and the conversation it belongs to; `earlier` is the same push, when it came before."""

    key: str
    account_id: int
    conversation_id: uuid.UUID
    new_conversation: bool
    earlier: Push | None


async def arrive(
    services: Services, *, channel: str, account: str, key: str, grant: Grant | None, hold_seconds: float
) -> Arrival:
    """Note a push: who it is from, what it allows us to send, and that an answer may still go out with it."""
    now = services.clock()
    async with services.sessions.begin() as session:
        row = await channel_accounts.lock(session, channel, account, now)
        first = await channel_accounts.note_push(session, key, row.id, now)
        fresh = row.conversation_id is None
        conversation_id = row.conversation_id or (await _begin(services, session, row, now)).id
        if first:
            row.heard_at = now
            row.blocked = None
            row.held_until = now + timedelta(seconds=hold_seconds)
            await deliveries.reopen(session, conversation_id)
            if grant is not None:
                await channel_accounts.grant(session, row.id, grant, now)
            await _recheck_binding(session, row, conversation_id, now)
        earlier = None if first else await session.get_one(Push, key)
        return Arrival(key, row.id, conversation_id, fresh, earlier)


async def _begin(
    services: Services, session: AsyncSession, row: ChannelAccount, now: datetime
) -> Conversation:
    customer_id = await customers.customer_of_account(session, row.channel, row.account)
    conversation = await sessions.start(services, session, customer_id, row.channel, now)
    conversation.address = address_of(row.channel, row.account)
    row.conversation_id = conversation.id
    return conversation


async def hold(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """The customer writes on our page: what they read there in time need not be pushed as well."""
    row = await channel_accounts.of_conversation(session, conversation.id)
    if row is not None:
        row.held_until = now + _ON_PAGE


async def open_page(services: Services, *, channel: str, account: str) -> sessions.Opened:
    """The account's own conversation, opened to a browser."""
    now = services.clock()
    async with services.sessions.begin() as session:
        row = await channel_accounts.lock(session, channel, account, now)
        if row.conversation_id is None:
            await _begin(services, session, row, now)
        conversation = await session.get_one(Conversation, row.conversation_id)
        return await sessions.grant(session, conversation, now)


async def read(services: Services, conversation_id: uuid.UUID, seq: int) -> None:
    """The customer has read everything up to `seq` on our page."""
    async with services.sessions.begin() as session:
        if await deliveries.any_waiting(session, conversation_id):
            await deliveries.read_on_page(session, conversation_id, seq, services.clock())


def address_of(channel: str, account: str) -> str:
    """What stands for the network address of somebody who writes through a channel's servers.

    Locks hang on it and outlive the account, so that it must not tell who it was.
    """
    return f"{channel}:{hashlib.sha256(account.encode()).hexdigest()[:32]}"


async def _recheck_binding(
    session: AsyncSession, row: ChannelAccount, conversation_id: uuid.UUID, now: datetime
) -> None:
    """A binding older than the person's present phone holds no more, unless the change was made in this
    chat."""
    bound = await customers.binding(session, row.channel, row.account)
    if bound is None:
        return
    person = await session.get_one(customers.Customer, bound.customer_id)
    if person.phone_changed_at is None or bound.bound_at > person.phone_changed_at:
        return
    conversation = await log.lock(session, conversation_id)
    if conversation.verified_until is not None and conversation.verified_until >= person.phone_changed_at:
        bound.bound_at = now
        return
    await session.delete(bound)
    conversation.customer_id = None
    conversation.verified_until = None
    await _audit(session, bound.customer_id, "account_unbound", row.channel, now)


async def bind(session: AsyncSession, conversation: Conversation, customer_id: str, now: datetime) -> bool:
    """The person behind the account has proved who they are; whether that was news."""
    row = await channel_accounts.of_conversation(session, conversation.id)
    if row is None:
        return False
    before = await customers.customer_of_account(session, row.channel, row.account)
    await customers.bind_account(
        session, channel=row.channel, account=row.account, customer_id=customer_id, now=now
    )
    if before == customer_id:
        return False
    await _audit(session, customer_id, "account_bound", row.channel, now)
    return True


async def unbind(session: AsyncSession, conversation: Conversation, now: datetime) -> bool:
    """The account knows nobody any more; False when it was not bound."""
    row = await channel_accounts.of_conversation(session, conversation.id)
    bound = row and await customers.binding(session, row.channel, row.account)
    if row is None or not bound:
        return False
    await session.delete(bound)
    row.notices_allowed_at = None
    conversation.customer_id = None
    conversation.verified_until = None
    await _audit(session, bound.customer_id, "account_unbound", row.channel, now)
    return True


async def notices_allowed(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether the customer agreed to service notices."""
    row = await channel_accounts.of_conversation(session, conversation.id)
    return row is not None and row.notices_allowed_at is not None


async def allow_notices(
    session: AsyncSession, conversation: Conversation, allowed: bool, now: datetime
) -> None:
    """The customer's consent to service notices, or its withdrawal."""
    row = await channel_accounts.of_conversation(session, conversation.id)
    if row is not None:
        row.notices_allowed_at = now if allowed else None


async def leave(services: Services, *, channel: str, account: str) -> None:
    """The customer has left the channel: all it told us of them goes, the business log stays without it."""
    now = services.clock()
    async with services.sessions.begin() as session:
        row = await channel_accounts.known(session, channel, account)
        if row is None:
            return
        if row.conversation_id is not None:
            conversation = await log.lock(session, row.conversation_id)
            conversation.address = ""
            conversation.verified_until = None
            await deliveries.drop(session, conversation.id, "left_channel", now)
            await sessions.close_to_browsers(session, conversation.id)
        bound = await customers.binding(session, channel, account)
        if bound is not None:
            await _audit(session, bound.customer_id, "account_unbound", channel, now)
        await channel_accounts.forget(session, row)


async def _audit(session: AsyncSession, customer_id: str, action: str, channel: str, now: datetime) -> None:
    await audit.append(
        session,
        subject=f"customer:{customer_id}",
        actor=f"customer:{customer_id}",
        action=action,
        detail={"channel": channel},
        now=now,
    )
