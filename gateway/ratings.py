"""How a service was: asked once when it ends; a low score brings a call back."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import CallBack
from gateway import handover, log
from gateway.notice_words import moment
from gateway.services import Services
from gateway.speech import Words, speak
from records.conversations import Conversation, Message, Origin, Rating

ASKED = "rating_request"


async def ask(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    *,
    about: str,
    title: str,
    now: datetime,
) -> None:
    """Ask once how the request or complaint `about` was handled; the conversation's row is locked."""
    key = f"rating:{about}"
    if await log.by_client_id(session, conversation.id, key) is not None:
        return
    await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SYSTEM,
        kind=ASKED,
        text=services.wording.say("utter_rating_request_case", title=title),
        client_msg_id=key,
        body={"about": about},
    )


async def rate(services: Services, conversation_id: uuid.UUID, score: int, text: str) -> None:
    """Keep a score of 1 to 5 for what was asked last; a second one replaces the first.

    The first low one opens a call-back and says so.
    """
    now = services.clock()
    async with services.sessions.begin() as session:
        conversation = await log.lock(session, conversation_id)
        about, epoch = await _asked_last(session, conversation)
        rated = (
            (Rating.conversation_id == conversation_id) & (Rating.epoch == epoch) & (Rating.about == about)
        )
        before = await session.scalar(select(Rating.score).where(rated))
        given = {"score": score, "text": text}
        await session.execute(
            insert(Rating)
            .values(conversation_id=conversation_id, epoch=epoch, about=about, created_at=now, **given)
            .on_conflict_do_update(
                index_elements=[Rating.conversation_id, Rating.epoch, Rating.about], set_=given
            )
        )
        low = services.settings.low_rating
        if score <= low and (before is None or before > low):
            await _call_back(services, session, conversation, f"{score} {about} {text}".strip(), now)


async def _asked_last(session: AsyncSession, conversation: Conversation) -> tuple[str, int]:
    """What the customer was asked to rate, and in which epoch."""
    asked = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.kind == ASKED)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return (str(asked.body.get("about", "")), asked.epoch) if asked else ("", conversation.epoch)


async def _call_back(
    services: Services, session: AsyncSession, conversation: Conversation, note: str, now: datetime
) -> None:
    await handover.call_back(session, services, conversation, CallBack("low_rating", None, note), now)
    when = moment(services, services.next_opening(now))
    await speak(services, session, conversation, [Words("utter_rating_low", {"when": when})], now)
