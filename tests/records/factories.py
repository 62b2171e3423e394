"""Small rows for tests that need something to hang their own on."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from records.conversations import Conversation


async def conversation(session: AsyncSession, now: datetime, customer_id: str | None = None) -> uuid.UUID:
    """A conversation of the web channel."""
    row = Conversation(
        channel="web", address="192.0.2.1", customer_id=customer_id, opened_at=now, last_at=now
    )
    session.add(row)
    await session.flush()
    return row.id
