"""What the gateway itself says to a customer, by the name of a response in the domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gateway import buttons, log
from gateway.buttons import Offer
from gateway.services import Services
from records.conversations import Conversation, Origin


@dataclass(frozen=True)
class Words:
    """A response to say, its values, and buttons before those written in the domain."""

    name: str
    values: dict[str, object] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()


async def speak(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    words: Iterable[Words],
    now: datetime,
) -> None:
    """Say it in the bot's voice, in the caller's transaction."""
    for word in words:
        written = (Offer(button.title, button.payload) for button in services.wording.buttons(word.name))
        await log.append(
            session,
            conversation,
            now=now,
            origin=Origin.BOT,
            text=services.wording.say(word.name, **word.values),
            body={"buttons": await buttons.issue(session, conversation.id, [*word.offers, *written], now)},
        )
