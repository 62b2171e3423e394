"""The customer's rating of a finished service."""

from __future__ import annotations

import uuid

from sqlalchemy.dialects.postgresql import insert

from gateway.services import Services
from records.conversations import Conversation, Rating


async def rate(services: Services, conversation_id: uuid.UUID, score: int, text: str) -> None:
    """Keep a score of 1 to 5; a second rating of the same service replaces the first."""
    now = services.clock()
    async with services.sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await session.execute(
            insert(Rating)
            .values(
                conversation_id=conversation_id,
                epoch=conversation.epoch,
                score=score,
                text=text,
                created_at=now,
            )
            .on_conflict_do_update(
                index_elements=[Rating.conversation_id, Rating.epoch], set_={"score": score, "text": text}
            )
        )
