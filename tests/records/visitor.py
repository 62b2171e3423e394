"""Somebody who tries to prove an identity, for the tests of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records import identity
from records.attempts import DEFAULT_LIMITS, IdentityLimits
from records.base import Sessions
from records.identity import Expired, Locked, Verified, Wrong
from records.sms import SmsMessage

WANG = ("王小明", "124533")
LI = ("李雪梅", "052367")
NOBODY = ("王小明", "999999")
PHONE = "13800001001"
WRONG_CODE = "wrong!"


@dataclass
class Visitor:
    """Somebody at an address in a conversation, each step in a transaction of its own."""

    sessions: Sessions
    now: datetime
    address: str = "192.0.2.1"
    limits: IdentityLimits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        self.conversation_id = uuid.uuid4()

    def _where(self) -> dict[str, object]:
        return {
            "conversation_id": self.conversation_id,
            "address": self.address,
            "now": self.now,
            "limits": self.limits,
        }

    async def says(self, who: tuple[str, str]) -> None:
        async with self.sessions.begin() as session:
            await identity.start_challenge(session, name=who[0], id_tail=who[1], **self._where())  # type: ignore[arg-type]

    async def answers(self, code: str) -> Verified | Wrong | Locked | Expired:
        async with self.sessions.begin() as session:
            return await identity.verify_code(session, code=code, **self._where())  # type: ignore[arg-type]

    async def asks_again(self, customer_id: str | None = None) -> None:
        async with self.sessions.begin() as session:
            await identity.send_again(session, customer_id=customer_id, **self._where())  # type: ignore[arg-type]

    async def locked(self) -> datetime | None:
        async with self.sessions() as session:
            return await identity.locked_until(
                session, conversation_id=self.conversation_id, address=self.address, now=self.now
            )


async def codes(sessions: Sessions, phone: str = PHONE) -> list[str]:
    async with sessions() as session:
        found = await session.scalars(
            select(SmsMessage.code).where(SmsMessage.phone == phone).order_by(SmsMessage.id)
        )
        return [code for code in found if code is not None]
