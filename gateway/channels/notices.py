"""Service notices: which way one may reach a customer who has not just written.

A notice is an entry of the log by the system with `body["notice"]`: kind and the values of its template.
Whoever writes it (`append`) need not know how it travels: while the customer's window is open it goes as an
ordinary message, else as the channel's template message if the customer agreed and it is no time to sleep,
else it waits.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import buttons, log
from gateway.buttons import Offer
from gateway.services import Services
from records import channel_accounts, deliveries
from records.channel_accounts import ChannelAccount
from records.conversations import Conversation, Message, Origin
from records.deliveries import Delivery


class Kind(enum.StrEnum):
    """What may be told without being asked; never an offer or advertising."""

    PREMIUM_DUE = "premium_due"
    CLAIM_STATE = "claim_state"
    REQUEST_STATE = "request_state"
    COMPLAINT_DECISION = "complaint_decision"


class Way(enum.StrEnum):
    MESSAGE = "message"
    TEMPLATE = "template"
    WAITS = "waits"


@dataclass(frozen=True)
class Route:
    """How a notice would go now; a waiting one says why (no_consent, no_template, quiet_hours) and, where
    time alone mends it, until when."""

    way: Way
    reason: str | None = None
    until: datetime | None = None

    @property
    def arrives(self) -> bool:
        """Whether it goes by itself, now or in the morning."""
        return self.way is not Way.WAITS or self.until is not None


async def account_for(
    session: AsyncSession, customer_id: str | None, conversation: Conversation | None, channel: str = "wechat"
) -> ChannelAccount | None:
    """Where a notice can be pushed: the conversation's own account, else the customer's heard from last."""
    own = await channel_accounts.of_conversation(session, conversation.id) if conversation else None
    if own is not None or customer_id is None:
        return own
    found = await channel_accounts.of_customer(session, channel, customer_id)
    return next((account for account in found if account.conversation_id is not None), None)


async def append(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    *,
    kind: Kind,
    text: str,
    values: Mapping[str, str],
    key: str,
    now: datetime,
    offers: Sequence[Offer] = (),
) -> Message:
    """Put a notice into the log of a conversation.

    `text` is what the log and an ordinary message say, `values` fill the template. The same `key` again is
    the same notice.
    """
    conversation = await log.lock(session, conversation_id)
    client_msg_id = f"notice:{key}"[:64]
    known = await log.by_client_id(session, conversation.id, client_msg_id)
    if known is not None:
        return known
    return await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SYSTEM,
        text=text,
        client_msg_id=client_msg_id,
        body={
            "notice": {"kind": kind.value, "values": dict(values)},
            "buttons": await buttons.issue(session, conversation.id, offers, now),
        },
    )


def is_notice() -> ColumnElement[bool]:
    """SQL: the delivery belongs to a notice, which an exhausted budget does not stop."""
    return Delivery.message_id.in_(select(Message.id).where(Message.body.has_key("notice")))


async def next_to_send(
    services: Services,
    session: AsyncSession,
    account: ChannelAccount,
    rows: Sequence[tuple[Delivery, Message]],
    now: datetime,
) -> tuple[Delivery, Message] | None:
    """The first notice among what waits that may go as a template; others learn until when they wait."""
    for delivery, message in rows:
        if "notice" not in message.body or (delivery.not_before is not None and delivery.not_before > now):
            continue
        found = await route(services, session, account, Kind(message.body["notice"]["kind"]), now)
        if found.way is Way.TEMPLATE:
            return delivery, message
        await deliveries.settle(
            session,
            [delivery],
            deliveries.DeliveryState.PENDING,
            now=now,
            reason=found.reason,
            not_before=found.until or now + timedelta(hours=1),
        )
    return None


async def route(
    services: Services, session: AsyncSession, account: ChannelAccount, kind: Kind, now: datetime
) -> Route:
    """How a notice of this kind would reach this account now."""
    if await channel_accounts.may_push(session, account, bot=False, now=now):
        return Route(Way.MESSAGE)
    if account.notices_allowed_at is None:
        return Route(Way.WAITS, "no_consent")
    if kind.value not in services.options.notice_kinds:
        return Route(Way.WAITS, "no_template")
    awake = next_waking(services, now)
    if awake > now:
        return Route(Way.WAITS, "quiet_hours", awake)
    return Route(Way.TEMPLATE)


def next_waking(services: Services, now: datetime) -> datetime:
    """The first moment from `now` on that is outside of the quiet hours."""
    settings = services.settings
    local = now.astimezone(ZoneInfo(settings.timezone))
    if settings.quiet_to <= local.time() < settings.quiet_from:
        return now
    morning = local.replace(
        hour=settings.quiet_to.hour, minute=settings.quiet_to.minute, second=0, microsecond=0
    )
    return morning if morning > local else morning + timedelta(days=1)
