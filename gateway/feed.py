"""Live news of conversations by LISTEN/NOTIFY, so that any process hears what any other commits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "baodan"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class News:
    """Something happened: `what` is message, turn, typing, or lost (read everything again)."""

    conversation: uuid.UUID | None
    what: str
    detail: dict[str, Any] = field(default_factory=dict)


async def announce(session: AsyncSession, conversation_id: uuid.UUID | None, **detail: Any) -> None:
    """Tell all processes when the session's transaction commits; `detail` names what, such as message=17."""
    what = next(iter(detail))
    news = {"conversation": str(conversation_id) if conversation_id else None, "what": what, "detail": detail}
    await session.execute(
        text("SELECT pg_notify(:channel, :news)"), {"channel": CHANNEL, "news": json.dumps(news)}
    )


class Feed:
    """One listening connection per process and the subscribers it wakes."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://")
        self._subscribers: dict[uuid.UUID | None, set[asyncio.Queue[News]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="feed")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), 10)

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextlib.contextmanager
    def subscribe(self, conversation_id: uuid.UUID | None) -> Iterator[asyncio.Queue[News]]:
        """News of one conversation, or of all with None."""
        queue: asyncio.Queue[News] = asyncio.Queue(maxsize=1000)
        self._subscribers[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._subscribers[conversation_id].discard(queue)
            if not self._subscribers[conversation_id]:
                del self._subscribers[conversation_id]

    def tell(self, news: News) -> None:
        """Wake the subscribers of this process only: for what need not survive, such as typing."""
        keys = list(self._subscribers) if news.what == "lost" else [news.conversation, None]
        for key in dict.fromkeys(keys):
            for queue in self._subscribers.get(key, ()):
                _put(queue, news)

    async def _listen(self) -> None:
        while True:
            try:
                async for notification in self._notifications():
                    news = json.loads(notification)
                    conversation = uuid.UUID(news["conversation"]) if news["conversation"] else None
                    self.tell(News(conversation, news["what"], news["detail"]))
            except psycopg.Error as error:
                log.warning("The live feed lost the database: %s; trying again.", type(error).__name__)
                await asyncio.sleep(0.5)

    async def _notifications(self) -> AsyncIterator[str]:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._ready.set()
            self.tell(News(None, "lost"))
            async for notification in connection.notifies():
                yield notification.payload


def _put(queue: asyncio.Queue[News], news: News) -> None:
    """A subscriber that does not keep up is told to read everything again."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        news = News(None, "lost")
    queue.put_nowait(news)
