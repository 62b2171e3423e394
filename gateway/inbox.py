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

from actions.turn import HandOver
from gateway import (
    attachments,
    buttons,
    handover,
    identity_step,
    log,
    modes,
    promises,
    ticket_step,
    withdrawals,
)
from gateway.channels import accounts, binding
from gateway.errors import Empty, RateLimited, TooLong
from gateway.modes import Step
from gateway.services import Services
from gateway.speech import Words, speak
from knowledge.crisis import Crisis
from records import tasks
from records.conversations import ButtonToken, Conversation, Message, Mode, Origin
from records.deliveries import PUSH_CHANNELS

_CRISIS_PRIORITY = 100
_CANCEL_WORDS = frozenset({"取消", "取消排队", "不等了", "算了", "不用了", "返回", "退出排队", "不排了"})
_POSITION_WORDS = ("多久", "第几", "几个人", "排到", "还要等", "几位")
_POSITION_PAUSE = timedelta(seconds=60)
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
            intake = _Intake(services, session, conversation, client_msg_id, now)
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


@dataclass
class _Intake:
    """Stores one message of a locked conversation and answers what needs no bot."""

    services: Services
    session: AsyncSession
    conversation: Conversation
    client_msg_id: str
    now: datetime

    async def text(self, text: str) -> Message:
        crisis = self.services.crisis.recognise(text)
        if crisis is not None:
            message = await self._store(text)
            await self._rescue(crisis, text)
            return message
        if self.conversation.mode is Mode.BOT and self.conversation.identity_step is not None:
            consumed = await identity_step.consume(
                self.services, self.session, self.conversation, text, self.now
            )
            if consumed is not None:
                message = await self._store(consumed.shown, enter=consumed.enter)
                await self._say(*consumed.replies)
                return message
        if self.conversation.mode is Mode.QUEUED:
            message = await self._store(text)
            await self._while_queued(text)
            return message
        if self.conversation.mode is Mode.BOT and not any(char.isalnum() for char in text):
            message = await self._store(text)
            await self._say(Words("utter_only_symbols"))
            return message
        if self.conversation.mode is Mode.BOT and (button := await self._typed_button(text)) is not None:
            return await self.command(text, button.command, button.entities.get("about"))
        return await self._store(text, awaits=self.conversation.mode is Mode.BOT)

    async def _typed_button(self, text: str) -> ButtonToken | None:
        """The gateway's own button on offer whose title was typed; the bot could not know it."""
        said = text.strip(" 。.！!")
        offered = await log.offered(self.session, self.conversation.id)
        token = next((button["token"] for button in offered if button["title"] == said), None)
        button = await buttons.redeem(self.session, self.conversation.id, token) if token else None
        return button if button is not None and button.command else None

    async def choice(self, button: ButtonToken) -> Message:
        if button.intent is not None:
            entities = [{"entity": name, "value": value} for name, value in button.entities.items()]
            return await self.wish(button.title, {"name": button.intent, "entities": entities})
        return await self.command(button.title, button.command, button.entities.get("about"))

    async def command(self, shown: str, command: str | None, about: str | None = None) -> Message:
        message = await self._store(shown)
        match command:
            case buttons.CANCEL_QUEUE if self.conversation.mode is Mode.QUEUED:
                await handover.cancel_queue(self.session, self.services, self.conversation, self.now)
            case buttons.RESEND_CODE if self.conversation.identity_step is not None:
                await self._say(
                    *await identity_step.resend(self.services, self.session, self.conversation, self.now)
                )
            case buttons.FOLLOW_TICKET if about is not None and self.conversation.mode is Mode.BOT:
                here = (self.services, self.session, self.conversation)
                await self._say(await ticket_step.begin(*here, about, self.now))
            case buttons.LEAVE_IDENTITY:
                self.conversation.identity_step = None
                await self._say(Words("utter_identity_cancelled"))
            case _:
                here = (self.services, self.session, self.conversation)
                words = await binding.obey(*here, command, self.now)
                words = words or await attachments.obey(*here, command, about, self.now)
                words = words or await promises.obey(*here, command, about, self.now)
                words = words or await withdrawals.obey(*here, command, about, self.now)
                await self._say(words or Words("utter_button_stale"))
        return message

    async def wish(self, shown: str, enter: dict[str, Any]) -> Message:
        return await self._store(shown, enter=enter if self.conversation.mode is Mode.BOT else None)

    async def other(self, shown: str, words: Words) -> Message:
        message = await self._store(shown)
        await self._say(words)
        return message

    async def file(self, file: dict[str, Any]) -> Message:
        message = await self._store(file["name"], files=[file])
        words = await attachments.receive(
            self.services, self.session, self.conversation, file["file"], self.now
        )
        if self.conversation.mode is Mode.BOT:
            await self._say(words)
        return message

    async def _store(
        self,
        text: str,
        *,
        awaits: bool = False,
        enter: dict[str, Any] | None = None,
        files: list[dict[str, Any]] | None = None,
    ) -> Message:
        body: dict[str, Any] = {"enter": enter} if enter else {}
        return await log.append(
            self.session,
            self.conversation,
            now=self.now,
            origin=Origin.CUSTOMER,
            text=text,
            client_msg_id=self.client_msg_id,
            awaits_turn=awaits or enter is not None,
            body=body | ({"files": files} if files else {}),
        )

    async def _say(self, *words: Words) -> None:
        await speak(self.services, self.session, self.conversation, words, self.now)

    async def _rescue(self, crisis: Crisis, text: str) -> None:
        """Life first: hot lines at once, and a person at top priority whatever else is going on."""
        wording, conversation = self.services.wording, self.conversation
        await log.append(
            self.session,
            conversation,
            now=self.now,
            origin=Origin.SYSTEM,
            text=wording.say(crisis.response),
        )
        wish = HandOver("crisis", priority=_CRISIS_PRIORITY, summary=text)
        if conversation.mode is Mode.BOT and self.services.desk_open(self.now):
            await handover.hand_over(self.session, self.services, conversation, wish, self.now)
            return
        conversation.priority = _CRISIS_PRIORITY
        await tasks.create(
            self.session,
            kind="crisis",
            title=wording.say("utter_task_crisis"),
            due_at=self.now,
            conversation_id=conversation.id,
            customer_id=conversation.customer_id,
            detail={"text": text, "kind": crisis.kind},
            now=self.now,
        )

    async def _while_queued(self, text: str) -> None:
        if text.strip(" 。.!！") in _CANCEL_WORDS:
            await handover.cancel_queue(self.session, self.services, self.conversation, self.now)
            return
        told = await log.last_of(self.session, self.conversation.id, "queue")
        if told is None or self.now - told > _POSITION_PAUSE or any(word in text for word in _POSITION_WORDS):
            await handover.say_position(
                self.session, self.services, self.conversation, self.now, repeated=True
            )
