"""Buttons: a payload becomes a server-made token of one conversation; only tokens leave the house."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.errors import UnknownButton
from records.conversations import ButtonToken

CANCEL_QUEUE = "cancel_queue"
RESEND_CODE = "resend_code"
LEAVE_IDENTITY = "leave_identity"
UNBIND = "unbind"
UNBIND_NOW = "unbind_now"
NOTICES = "notices"
ALLOW_NOTICES = "allow_notices"
REFUSE_NOTICES = "refuse_notices"
FILE_HERE = "file_here"
FILES_DONE = "files_done"
FOLLOW_TICKET = "follow_ticket"
PROMISE = "promise"


@dataclass(frozen=True)
class Offer:
    """A button before it has a token: `payload` enters Rasa, or `command` is the gateway's own.

    `about` is what the command is to be done to. A payload `#command{"about": …}` is a command, too: so the
    bot can offer one.
    """

    title: str
    payload: str | None = None
    command: str | None = None
    about: str | None = None


def parse(payload: str) -> tuple[str, dict[str, Any]]:
    """Rasa's `/intent{"entity": "value"}` as intent and entities; ValueError when it is not of that form."""
    if not payload.startswith("/"):
        raise ValueError(f"A button's payload must start with '/': {payload!r}")
    name, brace, rest = payload[1:].partition("{")
    return name, json.loads(brace + rest) if brace else {}


async def issue(
    session: AsyncSession, conversation_id: uuid.UUID, offers: Iterable[Offer], now: datetime
) -> list[dict[str, str]]:
    """The buttons as the customer gets them, each with a fresh token."""
    issued = []
    for offer in offers:
        command, intent = offer.command, None
        entities: dict[str, Any] = {"about": offer.about} if offer.about else {}
        if offer.payload and offer.payload.startswith("#"):
            command, entities = parse(f"/{offer.payload[1:]}")
        elif offer.payload:
            intent, entities = parse(offer.payload)
        row = ButtonToken(
            token=secrets.token_urlsafe(16),
            conversation_id=conversation_id,
            title=offer.title,
            intent=intent,
            command=command,
            entities=entities,
            created_at=now,
        )
        session.add(row)
        issued.append({"title": row.title, "token": row.token})
    return issued


async def redeem(session: AsyncSession, conversation_id: uuid.UUID, token: str) -> ButtonToken:
    """What the token stands for; UnknownButton when it is forged or of another conversation."""
    row = (
        await session.scalars(
            select(ButtonToken).where(
                ButtonToken.token == token, ButtonToken.conversation_id == conversation_id
            )
        )
    ).one_or_none()
    if row is None:
        raise UnknownButton()
    return row
