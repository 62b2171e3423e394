"""Decides when turns run: one at a time in a conversation, all conversations side by side."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gateway import turns
from gateway.services import Services
from records.conversations import Conversation, Message, Mode

logger = logging.getLogger(__name__)


class Dispatcher:
    """Wakes for new messages, and looks now and then for messages that a dead process left unanswered."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._workers: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._again: set[uuid.UUID] = set()
        self._scanner: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._services.wake = self.wake
        self._scanner = asyncio.create_task(self._scan(), name="scan")

    async def stop(self) -> None:
        tasks = [task for task in (self._scanner, *self._workers.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, conversation_id: uuid.UUID) -> None:
        """A message awaits a turn."""
        if conversation_id in self._workers:
            self._again.add(conversation_id)
        else:
            task = asyncio.create_task(self._work(conversation_id), name=f"turns {conversation_id}")
            self._workers[conversation_id] = task

    async def _work(self, conversation_id: uuid.UUID) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                more = await turns.run_next(self._services, conversation_id)
                if not more and conversation_id not in self._again:
                    break
        except SQLAlchemyError as error:
            logger.warning("turns of %s wait for the database: %s", conversation_id, type(error).__name__)
        except Exception:
            logger.exception("turns of %s stopped; the scan takes them up again", conversation_id)
        finally:
            self._workers.pop(conversation_id, None)
            self._again.discard(conversation_id)

    async def _scan(self) -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError):
                async with self._services.sessions() as session:
                    waiting = await session.scalars(
                        select(Message.conversation_id)
                        .join(Conversation, Conversation.id == Message.conversation_id)
                        .where(Message.awaits_turn, Conversation.mode == Mode.BOT)
                        .distinct()
                    )
                    for conversation_id in waiting:
                        if conversation_id not in self._workers:
                            self.wake(conversation_id)
            await asyncio.sleep(self._services.options.scan_seconds)
