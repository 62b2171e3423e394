"""The numbered message log of a conversation: locking, appending, reading, and an entry on the wire."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import feed
from records import deliveries
from records.conversations import Conversation, Message, Origin, Visibility


async def lock(session: AsyncSession, conversation_id: uuid.UUID) -> Conversation:
    """The conversation's row, locked until the transaction ends and read afresh."""
    return (
        await session.execute(
            select(Conversation)
            .where(Conversation.id == conversation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one()


async def append(
    session: AsyncSession,
    conversation: Conversation,
    *,
    now: datetime,
    origin: Origin,
    text: str = "",
    kind: str = "message",
    visibility: Visibility = Visibility.PUBLIC,
    **fields: Any,
) -> Message:
    """Add an entry to a conversation that `lock` returned; listeners hear of it at the commit.

    What is said on a push channel gets its delivery row here, so in the same transaction.
    """
    seq = None
    if visibility is Visibility.PUBLIC:
        conversation.last_seq += 1
        seq = conversation.last_seq
        conversation.last_at = now
    message = Message(
        conversation_id=conversation.id,
        seq=seq,
        kind=kind,
        origin=origin,
        visibility=visibility,
        text=text,
        epoch=conversation.epoch,
        created_at=now,
        **{"body": {}, **fields},
    )
    session.add(message)
    await session.flush()
    pushed = conversation.channel in deliveries.PUSH_CHANNELS and origin is not Origin.CUSTOMER
    if pushed and seq is not None and text:
        await deliveries.add(session, message, now)
    await feed.announce(session, conversation.id, message=message.id)
    return message


async def events_after(session: AsyncSession, conversation_id: uuid.UUID, seq: int) -> Sequence[Message]:
    """What the customer may see after `seq`, in order."""
    return (
        await session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.seq > seq)
            .order_by(Message.seq)
        )
    ).all()


async def by_client_id(
    session: AsyncSession, conversation_id: uuid.UUID, client_msg_id: str
) -> Message | None:
    """The message a client has sent under this id before."""
    return (
        await session.scalars(
            select(Message).where(
                Message.conversation_id == conversation_id, Message.client_msg_id == client_msg_id
            )
        )
    ).one_or_none()


async def last_of(session: AsyncSession, conversation_id: uuid.UUID, kind: str) -> datetime | None:
    """When the newest entry of a kind was made."""
    return await session.scalar(
        select(func.max(Message.created_at)).where(
            Message.conversation_id == conversation_id, Message.kind == kind
        )
    )


async def newest(session: AsyncSession, conversation_id: uuid.UUID) -> Message | None:
    """The last entry the customer may see."""
    return await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq.is_not(None))
        .order_by(Message.seq.desc())
        .limit(1)
    )


async def offered(session: AsyncSession, conversation_id: uuid.UUID) -> list[dict[str, str]]:
    """The buttons last offered since the customer wrote, as on the screen of somebody who has to type."""
    wrote = select(func.coalesce(func.max(Message.seq), 0)).where(
        Message.conversation_id == conversation_id, Message.origin == Origin.CUSTOMER
    )
    said = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > wrote.scalar_subquery())
        .order_by(Message.seq.desc())
    )
    shown = (message.body.get("buttons") for message in said)
    return next((buttons for buttons in shown if buttons), [])


def wire(message: Message) -> dict[str, Any]:
    """The entry as the web protocol shows it to the customer."""
    event: dict[str, Any] = {
        "type": "event",
        "seq": message.seq,
        "kind": message.kind,
        "origin": message.origin,
        "text": message.text,
        "at": message.created_at.isoformat(),
    }
    if message.kind == "message":
        event |= {"buttons": [], "citations": [], "files": []}
    if message.client_msg_id and message.origin is Origin.CUSTOMER:
        event["client_msg_id"] = message.client_msg_id
    public = ("buttons", "citations", "files", "specialist", "mode", "position")
    return event | {key: message.body[key] for key in public if key in message.body}
