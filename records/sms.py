"""Short messages waiting to be sent, and those that were. Sending itself is another room's port.

Texts of codes stand in `sms.yml`. A sent message loses its text and code unless the sender keeps them (the
demo does, so that the code can be read on a page instead of a phone).
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import String, Text, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words

_FILE = Path(__file__).with_name("sms.yml")


class SmsPurpose(enum.StrEnum):
    IDENTITY = "identity"
    NEW_PHONE = "new_phone"
    TICKET = "ticket"
    NOTICE = "notice"


class SmsState(enum.StrEnum):
    """`uncertain`: the sender died while sending; whether it went out is unknown, so it is not sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"


CODE_PURPOSES = frozenset({SmsPurpose.IDENTITY, SmsPurpose.NEW_PHONE, SmsPurpose.TICKET})


class SmsMessage(Base):
    __tablename__ = "sms_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    purpose: Mapped[SmsPurpose] = mapped_column(words(SmsPurpose))
    text: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[SmsState] = mapped_column(words(SmsState), default=SmsState.WAITING, index=True)
    created_at: Mapped[Moment] = mapped_column(index=True)
    not_before: Mapped[Moment | None]
    taken_at: Mapped[Moment | None]
    sent_at: Mapped[Moment | None]


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return texts


async def queue_code(
    session: AsyncSession, *, phone: str, purpose: SmsPurpose, code: str, minutes: int, now: datetime
) -> SmsMessage:
    """Queues a one-time code that is valid for `minutes`."""
    text = _texts()[purpose].format(code=code, minutes=minutes)
    return await _queue(
        session, SmsMessage(phone=phone, purpose=purpose, text=text, code=code, created_at=now)
    )


async def queue_notice(
    session: AsyncSession, *, phone: str, text: str, now: datetime, not_before: datetime | None = None
) -> SmsMessage:
    """Queues a notice, such as telling the old number that the phone was changed."""
    notice = SmsMessage(
        phone=phone, purpose=SmsPurpose.NOTICE, text=text, created_at=now, not_before=not_before
    )
    return await _queue(session, notice)


async def _queue(session: AsyncSession, message: SmsMessage) -> SmsMessage:
    session.add(message)
    await session.flush()
    return message


async def take_next(session: AsyncSession, *, now: datetime | None = None) -> SmsMessage | None:
    """The oldest message that is due, now `sending`; commit before it leaves. Locked rows are passed over."""
    now = now or datetime.now(UTC)
    due = SmsMessage.not_before.is_(None) | (SmsMessage.not_before <= now)
    message = (
        await session.scalars(
            select(SmsMessage)
            .where(SmsMessage.state == SmsState.WAITING, due)
            .order_by(SmsMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if message is not None:
        message.state = SmsState.SENDING
        message.taken_at = now
        await session.flush()
    return message


async def settle(
    session: AsyncSession, message_id: int, state: SmsState, *, now: datetime, keep_text: bool = False
) -> None:
    """How the sending of a message ended; unless it waits again or `keep_text`, its text and code go."""
    message = await session.get_one(SmsMessage, message_id, with_for_update=True)
    message.state = state
    if state is SmsState.WAITING:
        message.taken_at = None
    else:
        message.sent_at = now
        if not keep_text:
            message.text = ""
            message.code = None
    await session.flush()


async def mark_interrupted(session: AsyncSession, *, before: datetime) -> int:
    """Messages taken before a moment whose sending never ended become uncertain; returns how many."""
    lost = await session.execute(
        update(SmsMessage)
        .where(SmsMessage.state == SmsState.SENDING, SmsMessage.taken_at < before)
        .values(state=SmsState.UNCERTAIN)
        .returning(SmsMessage.id)
    )
    return len(lost.all())


async def codes_since(session: AsyncSession, phone: str, since: datetime) -> int:
    """How many codes went to a phone after a moment."""
    return (
        await session.execute(
            select(func.count())
            .select_from(SmsMessage)
            .where(
                SmsMessage.phone == phone,
                SmsMessage.purpose.in_(CODE_PURPOSES),
                SmsMessage.created_at > since,
            )
        )
    ).scalar_one()


async def newest_code(session: AsyncSession, phone: str) -> SmsMessage | None:
    """The newest message to a phone that still holds its code; for the demo."""
    return (
        await session.scalars(
            select(SmsMessage)
            .where(SmsMessage.phone == phone, SmsMessage.code.is_not(None))
            .order_by(SmsMessage.id.desc())
            .limit(1)
        )
    ).one_or_none()
