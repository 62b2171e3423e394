"""One message of a locked conversation: stored, and answered at once where that needs no bot.

Danger comes before everything; then the identity step takes out its secrets, the queue gets its position, and
the gateway's own commands are obeyed. The rest awaits a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import HandOver
from gateway import (
    attachments,
    buttons,
    handover,
    identity_step,
    log,
    promises,
    ticket_step,
    withdrawals,
)
from gateway.channels import binding
from gateway.services import Services
from gateway.speech import Words, speak
from knowledge.crisis import Crisis
from records import tasks
from records.conversations import ButtonToken, Conversation, Message, Mode, Origin

_CRISIS_PRIORITY = 100
_CANCEL_WORDS = frozenset({"取消", "取消排队", "不等了", "算了", "不用了", "返回", "退出排队", "不排了"})
_POSITION_WORDS = ("多久", "第几", "几个人", "排到", "还要等", "几位")
_POSITION_PAUSE = timedelta(seconds=60)


@dataclass
class Intake:
    """What comes in with one message, by its kind; each method stores it and returns its entry of the log."""

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
