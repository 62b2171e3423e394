"""The way out of the house: text messages to phones, sent once.

A row is marked `sending` and committed before it leaves. A row that stays in that state belongs to a process
that died, so its outcome is unknown: it is marked `uncertain` and never sent again by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from gateway.feed import News
from gateway.services import Services
from records import sms
from records.masking import mask_phone
from records.sms import SmsState

logger = logging.getLogger(__name__)
_PAUSE_SECONDS = 0.5
_GATHER_SECONDS = 0.15
_LOOK_SECONDS = 5.0
_LOST_AFTER = timedelta(minutes=2)


class SmsPort(Protocol):
    """Whatever delivers a text message; `keeps_text` says whether the text may stay in the database."""

    keeps_text: bool

    async def send(self, phone: str, text: str) -> None:
        """Deliver it. ConnectionError: it surely did not leave; any other error leaves it uncertain."""


class DemoSms:
    """The demo's phones: the text stays in the database, where `GET /demo/sms` shows it."""

    keeps_text = True

    async def send(self, phone: str, text: str) -> None:
        logger.info("demo text message to %s", mask_phone(phone))


async def run_forever(services: Services, port: SmsPort) -> None:
    """Send what waits as soon as a commit may have brought some, through database outages too."""
    with services.feed.subscribe(None) as news:
        while True:
            try:
                async with services.sessions.begin() as session:
                    await sms.mark_interrupted(session, before=services.clock() - _LOST_AFTER)
                while await send_next(services, port):
                    pass
            except SQLAlchemyError as error:
                logger.warning("the outbox waits for the database: %s", type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await _message_committed(news)


async def _message_committed(news: asyncio.Queue[News]) -> None:
    while (await news.get()).what not in ("message", "lost"):
        pass
    await asyncio.sleep(_GATHER_SECONDS)
    while not news.empty():
        news.get_nowait()


async def send_next(services: Services, port: SmsPort) -> bool:
    """Send the oldest waiting message; False when none waits."""
    async with services.sessions.begin() as session:
        message = await sms.take_next(session, now=services.clock())
        if message is None:
            return False
    try:
        await port.send(message.phone, message.text)
        outcome = SmsState.SENT
    except ConnectionError:
        outcome = SmsState.WAITING
        await asyncio.sleep(_PAUSE_SECONDS)
    except Exception:
        logger.exception("text message %s: outcome unknown", message.id)
        outcome = SmsState.UNCERTAIN
    async with services.sessions.begin() as session:
        await sms.settle(session, message.id, outcome, now=services.clock(), keep_text=port.keeps_text)
    return True
