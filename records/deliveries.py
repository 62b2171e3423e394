"""What a push channel still has to bring to a customer, and how that ended: one row for one outgoing message.

The row is written in the transaction of its message, claimed and committed before it leaves, and settled
after. A claim that nobody settles belongs to a process that died: its outcome is unknown, so it becomes
`uncertain` and is never sent again by itself. `messages.delivery` shows specialists the same in their
words.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, String, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words
from records.conversations import Message

PUSH_CHANNELS = frozenset({"wechat"})


class DeliveryState(enum.StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"


_AT_THE_DESK = {
    DeliveryState.PENDING: "pending",
    DeliveryState.CLAIMED: "pending",
    DeliveryState.SENT: "sent",
    DeliveryState.UNCERTAIN: "uncertain",
    DeliveryState.FAILED: "failed",
    DeliveryState.EXPIRED: "failed",
}


class Delivery(Base):
    """`via` is passive, customer_service, template or page; `reason` why it waits or did not arrive.

    A long text goes in several parts; `parts_sent` says how many of them have gone. `claim` is shared by
    all that leave in one piece, `remote_id` is the channel's own number for it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_open", "conversation_id", postgresql_where=text("state IN ('pending', 'claimed')")
        ),
    )

    message_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False
    )
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.PENDING)
    parts_sent: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    via: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    claim: Mapped[uuid.UUID | None] = mapped_column(index=True)
    remote_id: Mapped[str | None] = mapped_column(String(64), index=True)
    not_before: Mapped[Moment | None]
    created_at: Mapped[Moment]
    claimed_at: Mapped[Moment | None]
    settled_at: Mapped[Moment | None]


async def add(session: AsyncSession, message: Message, now: datetime) -> None:
    """The message waits to be brought to the customer."""
    message.delivery = _AT_THE_DESK[DeliveryState.PENDING]
    session.add(Delivery(message_id=message.id, conversation_id=message.conversation_id, created_at=now))
    await session.flush()


async def waiting(session: AsyncSession, conversation_id: uuid.UUID) -> list[tuple[Delivery, Message]]:
    """What has not gone out yet, in order; nothing while something of the conversation is on its way.

    Locks the rows; the caller makes sure that it is alone (`alone`).
    """
    rows = (
        await session.execute(
            select(Delivery, Message)
            .join(Message, Message.id == Delivery.message_id)
            .where(
                Delivery.conversation_id == conversation_id,
                Delivery.state.in_((DeliveryState.PENDING, DeliveryState.CLAIMED)),
            )
            .order_by(Message.id)
            .with_for_update(of=Delivery)
            .execution_options(populate_existing=True)
        )
    ).all()
    if any(delivery.state is DeliveryState.CLAIMED for delivery, _ in rows):
        return []
    return [(delivery, message) for delivery, message in rows]


async def any_waiting(session: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Whether something of the conversation has not gone out yet."""
    waits = (Delivery.conversation_id == conversation_id) & (Delivery.state == DeliveryState.PENDING)
    return bool(await session.scalar(select(exists().where(waits))))


async def alone(session: AsyncSession, conversation_id: uuid.UUID) -> None:
    """Waits until no other transaction claims deliveries of this conversation."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": str(conversation_id)}
    )


async def reopen(session: AsyncSession, conversation_id: uuid.UUID) -> None:
    """The customer has written: whatever waited for that may go at once."""
    await session.execute(
        update(Delivery)
        .where(Delivery.conversation_id == conversation_id, Delivery.state == DeliveryState.PENDING)
        .values(reason=None, not_before=None)
    )


def claim(rows: Sequence[Delivery], *, via: str, now: datetime) -> uuid.UUID:
    """Marks rows as on their way, in one piece; commit before it leaves."""
    number = uuid.uuid4()
    for row in rows:
        row.state = DeliveryState.CLAIMED
        row.claim = number
        row.via = via
        row.claimed_at = now
        row.reason = None
        row.not_before = None
    return number


async def claimed(session: AsyncSession, number: uuid.UUID) -> list[Delivery]:
    """The rows that left in one piece, whatever has become of them."""
    return list(
        await session.scalars(
            select(Delivery).where(Delivery.claim == number).order_by(Delivery.message_id).with_for_update()
        )
    )


async def of_remote(session: AsyncSession, remote_id: str) -> list[Delivery]:
    """The rows the channel knows by this number."""
    return list(await session.scalars(select(Delivery).where(Delivery.remote_id == remote_id)))


async def settle(
    session: AsyncSession,
    rows: Sequence[Delivery],
    state: DeliveryState,
    *,
    now: datetime,
    reason: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """How the sending of these rows ended; back to `pending` when it surely did not go out."""
    for row in rows:
        row.state = state
        row.reason = reason
        row.not_before = not_before
        row.settled_at = None if state is DeliveryState.PENDING else now
    await session.flush()
    if rows:
        written = [row.message_id for row in rows]
        shown = _AT_THE_DESK[state]
        await session.execute(update(Message).where(Message.id.in_(written)).values(delivery=shown))


async def drop(session: AsyncSession, conversation_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Nothing of what waits can reach the customer any more."""
    await alone(session, conversation_id)
    rows = [delivery for delivery, _ in await waiting(session, conversation_id)]
    await settle(session, rows, DeliveryState.EXPIRED, now=now, reason=reason)


async def read_on_page(session: AsyncSession, conversation_id: uuid.UUID, seq: int, now: datetime) -> None:
    """The customer has seen everything up to `seq` on the page: none of it needs to be pushed any more."""
    await alone(session, conversation_id)
    rows = [
        delivery
        for delivery, message in await waiting(session, conversation_id)
        if message.seq is not None and message.seq <= seq
    ]
    for row in rows:
        row.via = "page"
    await settle(session, rows, DeliveryState.SENT, now=now)


async def overdue(
    session: AsyncSession, *, now: datetime, lease: timedelta, life: timedelta
) -> list[Delivery]:
    """Settles what time has decided, and returns it.

    A claim older than `lease` becomes uncertain; what has waited longer than `life` expires.
    """
    lost = list(
        await session.scalars(
            select(Delivery)
            .where(Delivery.state == DeliveryState.CLAIMED, Delivery.claimed_at < now - lease)
            .with_for_update(skip_locked=True)
        )
    )
    await settle(session, lost, DeliveryState.UNCERTAIN, now=now, reason="interrupted")
    old = list(
        await session.scalars(
            select(Delivery)
            .where(Delivery.state == DeliveryState.PENDING, Delivery.created_at < now - life)
            .with_for_update(skip_locked=True)
        )
    )
    await settle(session, old, DeliveryState.EXPIRED, now=now, reason="waited_too_long")
    return lost + old
