"""Accounts of push channels (a WeChat openid): their conversation, what may be sent to them, what came from
them.

An account is forgotten when its owner leaves the channel; the conversation stays under its own id.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words
from records.customers import ChannelIdentity


class ChannelAccount(Base):
    """`held_until`: what is said meanwhile may still go out another way than by push.

    `blocked` says why nothing can be sent until the customer writes again; `notices_allowed_at` is the
    consent to service notices.
    """

    __tablename__ = "channel_accounts"
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    blocked: Mapped[str | None] = mapped_column(String(40))
    held_until: Mapped[Moment | None]
    heard_at: Mapped[Moment]
    notices_allowed_at: Mapped[Moment | None]


class Source(enum.StrEnum):
    """`message`: the customer wrote; `moment`: a menu click, a follow or a scan."""

    MESSAGE = "message"
    MOMENT = "moment"


class Allowance(Base):
    """How many messages may still be pushed because the customer did something, and until when."""

    __tablename__ = "allowances"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("channel_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[Source] = mapped_column(words(Source), primary_key=True)
    granted: Mapped[int]
    bot_share: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    used_by_bot: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[Moment]

    @property
    def left(self) -> int:
        return self.granted - self.used

    def open_to(self, bot: bool) -> bool:
        return self.left > 0 and not (bot and self.used_by_bot >= self.bot_share)


class Push(Base):
    """One delivery of the channel to us, by its dedupe key; a repeated one finds the reply of the first."""

    __tablename__ = "channel_pushes"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("channel_accounts.id", ondelete="CASCADE"), index=True)
    received_at: Mapped[Moment] = mapped_column(index=True)
    claim: Mapped[uuid.UUID | None]
    reply: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Grant:
    """What a push of the customer allows us to send."""

    source: Source
    messages: int
    bot_share: int
    lasts: timedelta


async def known(session: AsyncSession, channel: str, account: str) -> ChannelAccount | None:
    return (
        await session.scalars(
            select(ChannelAccount).where(ChannelAccount.channel == channel, ChannelAccount.account == account)
        )
    ).one_or_none()


async def lock(session: AsyncSession, channel: str, account: str, now: datetime) -> ChannelAccount:
    """The account's row, made if it is new, locked until the transaction ends."""
    await session.execute(
        insert(ChannelAccount)
        .values(channel=channel, account=account, heard_at=now)
        .on_conflict_do_nothing(index_elements=["channel", "account"])
    )
    return (
        await session.scalars(
            select(ChannelAccount)
            .where(ChannelAccount.channel == channel, ChannelAccount.account == account)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


async def of_conversation(session: AsyncSession, conversation_id: uuid.UUID) -> ChannelAccount | None:
    return (
        await session.scalars(select(ChannelAccount).where(ChannelAccount.conversation_id == conversation_id))
    ).one_or_none()


async def of_customer(session: AsyncSession, channel: str, customer_id: str) -> list[ChannelAccount]:
    """A person's accounts of a channel, the one heard from last first."""
    return list(
        await session.scalars(
            select(ChannelAccount)
            .join(
                ChannelIdentity,
                (ChannelIdentity.channel == ChannelAccount.channel)
                & (ChannelIdentity.account == ChannelAccount.account),
            )
            .where(ChannelAccount.channel == channel, ChannelIdentity.customer_id == customer_id)
            .order_by(ChannelAccount.heard_at.desc())
        )
    )


async def note_push(session: AsyncSession, key: str, account_id: int, now: datetime) -> bool:
    """Remembers a push; False when it came before."""
    made = await session.execute(
        insert(Push)
        .values(key=key, account_id=account_id, received_at=now)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Push.key)
    )
    return made.scalar_one_or_none() is not None


async def forget_pushes(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(Push).where(Push.received_at < before))


async def grant(session: AsyncSession, account_id: int, what: Grant, now: datetime) -> None:
    """The customer did something: what was left of an earlier grant of the same source is replaced."""
    fresh = {
        "granted": what.messages,
        "bot_share": what.bot_share,
        "used": 0,
        "used_by_bot": 0,
        "expires_at": now + what.lasts,
    }
    await session.execute(
        insert(Allowance)
        .values(account_id=account_id, source=what.source, **fresh)
        .on_conflict_do_update(index_elements=["account_id", "source"], set_=fresh)
    )


async def allowances(session: AsyncSession, account_id: int, now: datetime) -> list[Allowance]:
    """The grants still alive, the one that ends first first; locked."""
    return list(
        await session.scalars(
            select(Allowance)
            .where(Allowance.account_id == account_id, Allowance.expires_at > now)
            .order_by(Allowance.expires_at)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


@dataclass(frozen=True)
class Reach:
    """What may still be sent to a customer of a push channel: so many messages, until then; or why
    nothing."""

    left: int
    until: datetime | None
    blocked: str | None


async def reach(
    session: AsyncSession, conversation_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, Reach]:
    """How far the customers of these conversations can be reached; those of other channels are left out."""
    rows = await session.execute(
        select(
            ChannelAccount.conversation_id,
            ChannelAccount.blocked,
            func.coalesce(func.sum(Allowance.granted - Allowance.used), 0),
            func.max(Allowance.expires_at),
        )
        .outerjoin(Allowance, (Allowance.account_id == ChannelAccount.id) & (Allowance.expires_at > now))
        .where(ChannelAccount.conversation_id.in_(conversation_ids))
        .group_by(ChannelAccount.id)
    )
    return {
        conversation_id: Reach(0 if blocked else left, until, blocked)
        for conversation_id, blocked, left, until in rows
        if conversation_id is not None
    }


async def may_push(session: AsyncSession, account: ChannelAccount, *, bot: bool, now: datetime) -> bool:
    """Whether a message may be sent to the account now."""
    alive = await allowances(session, account.id, now)
    return account.blocked is None and any(allowance.open_to(bot) for allowance in alive)


async def spend(session: AsyncSession, account_id: int, *, bot: bool, now: datetime) -> Allowance | None:
    """One message's worth, from the grant that ends first; None when nothing is left for this speaker."""
    for allowance in await allowances(session, account_id, now):
        if allowance.open_to(bot):
            allowance.used += 1
            allowance.used_by_bot += bot
            await session.flush()
            return allowance
    return None


async def refund(session: AsyncSession, account_id: int, source: Source, *, bot: bool) -> None:
    """Gives back what was spent on a message that surely did not go out."""
    allowance = await session.get(Allowance, (account_id, source), with_for_update=True)
    if allowance is not None and allowance.used > 0:
        allowance.used -= 1
        allowance.used_by_bot = max(0, allowance.used_by_bot - bot)
        await session.flush()


async def exhaust(session: AsyncSession, account_id: int, now: datetime) -> None:
    """The channel says that nothing may be sent any more, whatever our own count is."""
    for allowance in await allowances(session, account_id, now):
        allowance.used = allowance.granted
    await session.flush()


async def forget(session: AsyncSession, account: ChannelAccount) -> None:
    """The owner has left the channel: account, binding, grants and pushes go; the conversation keeps its
    log."""
    await session.execute(
        delete(ChannelIdentity).where(
            ChannelIdentity.channel == account.channel, ChannelIdentity.account == account.account
        )
    )
    await session.execute(delete(ChannelAccount).where(ChannelAccount.id == account.id))
