"""The way in: a message is cleaned, stored and acknowledged; then whoever is in charge hears of it.

Stored before answered: the acknowledgement follows the commit. The same `client_msg_id` is the same message.
Before the bot sees anything, signs of danger are answered and the identity step takes out its secrets.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import buttons, handover, log, modes
from gateway.channels import accounts
from gateway.errors import Empty, RateLimited, TooLong
from gateway.intake import Intake
from gateway.modes import Step
from gateway.services import Services
from gateway.speech import Words
from records.conversations import Conversation, Mode
from records.deliveries import PUSH_CHANNELS

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffc\ufffd]")


@dataclass(frozen=True)
class Ack:
    """The message is stored; `seq` is its number in the log."""

    client_msg_id: str
    seq: int


def clean(text: str, limit: int) -> str:
    """The text without control and invisible characters; Empty or TooLong for what is left."""
    kept = "".join(
        char
        for char in _INVISIBLE.sub("", text)
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    ).strip()
    if not kept:
        raise Empty()
    if len(kept) > limit:
        raise TooLong(limit=limit)
    return kept


async def receive_text(
    services: Services, conversation_id: uuid.UUID, client_msg_id: str, text: str, address: str
) -> Ack:
    """A text the customer typed."""
    text = clean(text, services.settings.message_limit)
    return await _receive(services, conversation_id, client_msg_id, address, _Typed(text))


async def receive_choice(
    services: Services, conversation_id: uuid.UUID, client_msg_id: str, token: str, address: str
) -> Ack:
    """A button the customer chose; UnknownButton when the token is not this conversation's."""
    return await _receive(services, conversation_id, client_msg_id, address, _Chosen(token))


async def receive_file(
    services: Services, conversation_id: uuid.UUID, client_msg_id: str, file: dict[str, Any], address: str
) -> Ack:
    """A file that was uploaded before; `file` is how the log shows it."""
    return await _receive(services, conversation_id, client_msg_id, address, _Sent(file))


async def receive_wish(
    services: Services,
    conversation_id: uuid.UUID,
    client_msg_id: str,
    shown: str,
    enter: dict[str, Any],
    address: str,
) -> Ack:
    """What the customer chose outside the chat, such as a menu entry; `enter` goes to Rasa as understood."""
    return await _receive(services, conversation_id, client_msg_id, address, _Wished(shown, enter))


async def receive_other(
    services: Services,
    conversation_id: uuid.UUID,
    client_msg_id: str,
    shown: str,
    words: Words,
    address: str,
) -> Ack:
    """Something no turn can take, such as a voice message; the log shows `shown`, the answer is `words`."""
    return await _receive(services, conversation_id, client_msg_id, address, _Other(shown, words))


async def receive_command(
    services: Services,
    conversation_id: uuid.UUID,
    client_msg_id: str,
    shown: str,
    command: str,
    address: str,
) -> Ack:
    """One of the gateway's own commands (`gateway.buttons`), typed or tapped outside of a message."""
    return await _receive(services, conversation_id, client_msg_id, address, _Commanded(shown, command))


@dataclass(frozen=True)
class _Typed:
    text: str


@dataclass(frozen=True)
class _Chosen:
    token: str


@dataclass(frozen=True)
class _Sent:
    file: dict[str, Any]


@dataclass(frozen=True)
class _Wished:
    shown: str
    enter: dict[str, Any]


@dataclass(frozen=True)
class _Commanded:
    shown: str
    command: str


@dataclass(frozen=True)
class _Other:
    shown: str
    words: Words


async def _receive(
    services: Services,
    conversation_id: uuid.UUID,
    client_msg_id: str,
    address: str,
    what: _Typed | _Chosen | _Sent | _Wished | _Commanded | _Other,
) -> Ack:
    try:
        async with services.sessions.begin() as session:
            conversation = await log.lock(session, conversation_id)
            known = await log.by_client_id(session, conversation_id, client_msg_id)
            if known is not None and known.seq is not None:
                return Ack(client_msg_id, known.seq)
            services.limits.spend(conversation=str(conversation_id), address=address)
            now = services.clock()
            await _revive(services, session, conversation, address, now)
            intake = Intake(services, session, conversation, client_msg_id, now)
            match what:
                case _Typed(text):
                    message = await intake.text(text)
                case _Chosen(token):
                    message = await intake.choice(await buttons.redeem(session, conversation_id, token))
                case _Sent(file):
                    message = await intake.file(file)
                case _Wished(shown, enter):
                    message = await intake.wish(shown, enter)
                case _Commanded(shown, command):
                    message = await intake.command(shown, command)
                case _Other(shown, words):
                    message = await intake.other(shown, words)
            ack = Ack(client_msg_id, message.seq or 0)
            awaits = message.awaits_turn
    except IntegrityError:
        return await _already_stored(services, conversation_id, client_msg_id)
    if awaits:
        services.wake(conversation_id)
    return ack


async def _already_stored(services: Services, conversation_id: uuid.UUID, client_msg_id: str) -> Ack:
    async with services.sessions() as session:
        known = await log.by_client_id(session, conversation_id, client_msg_id)
        if known is None or known.seq is None:
            raise RateLimited()
        return Ack(client_msg_id, known.seq)


async def _revive(
    services: Services, session: AsyncSession, conversation: Conversation, address: str, now: datetime
) -> None:
    conversation.address = "" if _shared(address) else address
    if conversation.channel in PUSH_CHANNELS and not address.startswith(f"{conversation.channel}:"):
        await accounts.hold(session, conversation, now)
    if conversation.mode is Mode.CLOSED:
        await modes.move(session, conversation, Step.REOPEN, actor=handover.CUSTOMER, now=now, closed_at=None)
    if conversation.level(now) == 2:
        conversation.verified_until = now + timedelta(minutes=services.settings.verified_idle_minutes)


def _shared(address: str) -> bool:
    """Whether the address is this machine's own: a proxy or a test, so no lock may hang on it."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
