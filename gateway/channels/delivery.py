"""The way out to push channels: what waits is claimed, sent once, and settled; a conversation at a time, in
order.

Deliveries are written with their messages (`gateway.log.append`). Here they leave, by a message of the
channel, by a service notice, or with the answer to a push (the channel's callback). While a push is held
open its conversation is left alone, so that the answer may go out with it; and while the bot is at work on
one, what waits already goes along with it, as one message of the few that a customer's own message allows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import feed
from gateway.channels import notices
from gateway.channels.port import Blocked, Channel, Later, Outcome, Piece, Refused, Sent, Unknown, Waiting
from gateway.services import Services
from records import channel_accounts, deliveries
from records.channel_accounts import ChannelAccount, Source
from records.conversations import Message, Origin
from records.deliveries import Delivery, DeliveryState

logger = logging.getLogger(__name__)
LIFE = timedelta(hours=48)
"""How long an answer is worth bringing; as long as WeChat's own window."""
QUOTA = "quota"
"""Why something waits when the customer's budget is used up; it goes with the customer's next message."""
_LEASE = timedelta(seconds=20)
"""Longer than any call to a channel takes."""
_FOR_THE_ANSWER = timedelta(seconds=10)
"""How long a greeting waits for the answer it goes along with; longer than most turns take."""
_PUSHES_KEPT = timedelta(days=2)
_LOOK_SECONDS = 1.0
_GATHER_SECONDS = 0.05
_TIDY_SECONDS = 2.0
_AT_ONCE = 32
_LONGEST_PAUSE = 300.0


@dataclass(frozen=True)
class _Spent:
    source: Source
    bot: bool


@dataclass(frozen=True)
class _Claimed:
    """A piece on its way, and the allowance it was spent from (none for a notice)."""

    number: uuid.UUID
    account: ChannelAccount
    piece: Piece
    spent: _Spent | None


class Sender:
    """Brings to one channel's customers what waits for them, in any number of processes side by side."""

    def __init__(self, services: Services, channel: Channel) -> None:
        self._services = services
        self._channel = channel
        self._working: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def run_forever(self) -> None:
        """Look whenever a commit may have brought something, through database outages too."""
        loop, tidied = asyncio.get_running_loop(), 0.0
        try:
            with self._services.feed.subscribe(None) as news:
                while True:
                    try:
                        if loop.time() >= tidied + _TIDY_SECONDS:
                            await self._tidy()
                            tidied = loop.time()
                        await self._round()
                    except SQLAlchemyError as error:
                        logger.warning("deliveries wait for the database: %s", type(error).__name__)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_LOOK_SECONDS):
                            while (await news.get()).what not in ("message", "lost"):
                                pass
                    await asyncio.sleep(_GATHER_SECONDS)
                    while not news.empty():
                        news.get_nowait()
        finally:
            for task in self._working.values():
                task.cancel()
            await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def _tidy(self) -> None:
        """What time alone decides."""
        services = self._services
        now = services.clock()
        async with services.sessions.begin() as session:
            for row in await deliveries.overdue(session, now=now, lease=_LEASE, life=LIFE):
                logger.warning("message %s: %s (%s)", row.message_id, row.state.value, row.reason)
                await feed.announce(session, row.conversation_id, message=row.message_id)
            await channel_accounts.forget_pushes(session, now - _PUSHES_KEPT)

    async def _round(self) -> None:
        services = self._services
        now = services.clock()
        answer_comes = exists().where(
            Message.conversation_id == Delivery.conversation_id,
            Message.awaits_turn,
            Delivery.created_at > now - _FOR_THE_ANSWER,
        )
        async with services.sessions() as session:
            due = await session.scalars(
                select(Delivery.conversation_id)
                .join(ChannelAccount, ChannelAccount.conversation_id == Delivery.conversation_id)
                .where(
                    Delivery.state == DeliveryState.PENDING,
                    ChannelAccount.channel == self._channel.name,
                    (ChannelAccount.held_until.is_(None)) | (ChannelAccount.held_until <= now),
                    (ChannelAccount.blocked.is_(None) & Delivery.reason.is_distinct_from(QUOTA))
                    | notices.is_notice(),
                    (Delivery.not_before.is_(None)) | (Delivery.not_before <= now),
                    ~answer_comes,
                )
                .distinct()
            )
            for conversation_id in due:
                if conversation_id not in self._working:
                    task = asyncio.create_task(self._work(conversation_id), name=f"deliver {conversation_id}")
                    self._working[conversation_id] = task

    async def _work(self, conversation_id: uuid.UUID) -> None:
        try:
            async with self._slots:
                while await send_next(self._services, self._channel, conversation_id):
                    pass
        except SQLAlchemyError as error:
            logger.warning(
                "deliveries of %s wait for the database: %s", conversation_id, type(error).__name__
            )
        except Exception:
            logger.exception("deliveries of %s stopped", conversation_id)
        finally:
            self._working.pop(conversation_id, None)


async def send_next(services: Services, channel: Channel, conversation_id: uuid.UUID) -> bool:
    """Send the next piece of a conversation; False when nothing is due, or may be sent."""
    async with services.sessions.begin() as session:
        claimed = await _claim(services, session, channel, conversation_id)
    if claimed is None:
        return False
    if claimed.spent is None:
        outcome = await channel.notify(claimed.account.account, claimed.piece)
    else:
        outcome = await channel.send(claimed.account.account, claimed.piece)
    async with services.sessions.begin() as session:
        await _settle(services, session, claimed, outcome)
    return isinstance(outcome, Sent)


async def _claim(
    services: Services, session: AsyncSession, channel: Channel, conversation_id: uuid.UUID
) -> _Claimed | None:
    now = services.clock()
    await deliveries.alone(session, conversation_id)
    account = await channel_accounts.of_conversation(session, conversation_id)
    rows = await deliveries.waiting(session, conversation_id)
    if account is None or not rows:
        return None
    if account.held_until is not None and account.held_until > now:
        return None
    due = [(d, m) for d, m in rows if not ("notice" in m.body and _later(d, now))]
    if not due or _later(due[0][0], now):
        return None
    if account.blocked is None:
        piece = channel.piece([Waiting(message, delivery.parts_sent) for delivery, message in due])
        only_bot = all(message.origin is Origin.BOT for _, message in due)
        spent = await channel_accounts.spend(session, account.id, bot=only_bot, now=now)
        if spent is not None:
            number = deliveries.claim(belonging(rows, piece), via="customer_service", now=now)
            return _Claimed(number, account, piece, _Spent(spent.source, only_bot))
    notice = await notices.next_to_send(services, session, account, due, now)
    if notice is not None:
        piece = channel.piece([Waiting(notice[1], 0)])
        return _Claimed(deliveries.claim([notice[0]], via="template", now=now), account, piece, None)
    if account.blocked is None:
        talk = [delivery for delivery, message in due if "notice" not in message.body]
        await deliveries.settle(session, talk, DeliveryState.PENDING, now=now, reason=QUOTA)
    return None


def _later(delivery: Delivery, now: datetime) -> bool:
    return delivery.not_before is not None and delivery.not_before > now


def belonging(rows: Sequence[tuple[Delivery, Message]], piece: Piece) -> list[Delivery]:
    """The rows of what a piece brings."""
    return [delivery for delivery, _ in rows if delivery.message_id in piece.messages]


async def _settle(services: Services, session: AsyncSession, claimed: _Claimed, outcome: Outcome) -> None:
    now = services.clock()
    rows = await deliveries.claimed(session, claimed.number)
    account = await session.get(ChannelAccount, claimed.account.id, with_for_update=True)
    if not isinstance(outcome, Sent | Unknown) and claimed.spent and account is not None:
        await channel_accounts.refund(session, account.id, claimed.spent.source, bot=claimed.spent.bot)
    match outcome:
        case Sent():
            await mark_sent(session, rows, claimed.piece, outcome, now)
        case Later(reason, seconds):
            pause = min(_LONGEST_PAUSE, seconds * 2 ** max(row.tries for row in rows))
            for row in rows:
                row.tries += 1
            later = now + timedelta(seconds=pause)
            await deliveries.settle(
                session, rows, DeliveryState.PENDING, now=now, reason=reason, not_before=later
            )
        case Blocked(reason, exhausted):
            if account is not None and exhausted:
                await channel_accounts.exhaust(session, account.id, now)
            elif account is not None:
                account.blocked = reason
            await deliveries.settle(session, rows, DeliveryState.PENDING, now=now, reason=reason)
        case Refused(reason):
            await deliveries.settle(session, rows, DeliveryState.FAILED, now=now, reason=reason)
        case Unknown(reason):
            await deliveries.settle(session, rows, DeliveryState.UNCERTAIN, now=now, reason=reason)
    if not isinstance(outcome, Sent):
        logger.warning("messages %s: %s", claimed.piece.messages, outcome)
    await announce(session, rows)


async def mark_sent(
    session: AsyncSession, rows: Sequence[Delivery], piece: Piece, sent: Sent, now: datetime
) -> None:
    """The piece has gone: what it brought to the end is sent, what it began waits with one part less."""
    whole = [row for row in rows if row.message_id in piece.whole]
    for row in rows:
        row.remote_id = sent.remote_id
    await deliveries.settle(
        session, whole, DeliveryState.SENT, now=now, reason=None if sent.final else "not_reported_yet"
    )
    begun = [row for row in rows if row.message_id == piece.begun]
    for row in begun:
        row.parts_sent += 1
    await deliveries.settle(session, begun, DeliveryState.PENDING, now=now)


async def announce(session: AsyncSession, rows: Sequence[Delivery]) -> None:
    """The desk sees at once what has become of a message."""
    for row in rows:
        await feed.announce(session, row.conversation_id, message=row.message_id)
