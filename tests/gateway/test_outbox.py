"""Text messages leave once; an unknown outcome is never repeated blindly."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gateway import outbox
from gateway.services import Services
from records import sms
from records.sms import SmsMessage, SmsState


class Phone:
    """A port that does as the test says."""

    keeps_text = False

    def __init__(self, error: Exception | None = None) -> None:
        self.got: list[str] = []
        self.error = error

    async def send(self, phone: str, text: str) -> None:
        if self.error:
            raise self.error
        self.got.append(text)


async def _queue(services: Services) -> None:
    async with services.sessions.begin() as session:
        await sms.queue_notice(session, phone="13800001001", text="号码已变更", now=services.clock())


async def _row(services: Services) -> SmsMessage:
    async with services.sessions() as session:
        return (await session.scalars(select(SmsMessage))).one()


async def test_a_message_is_sent_once_and_its_text_forgotten(services: Services) -> None:
    await _queue(services)
    phone = Phone()
    assert await outbox.send_next(services, phone)
    assert not await outbox.send_next(services, phone)
    assert phone.got == ["号码已变更"]
    row = await _row(services)
    assert (row.state, row.text) == (SmsState.SENT, "")


async def test_what_surely_did_not_leave_waits_for_the_next_try(services: Services) -> None:
    await _queue(services)
    await outbox.send_next(services, Phone(ConnectionError()))
    assert (await _row(services)).state is SmsState.WAITING
    phone = Phone()
    await outbox.send_next(services, phone)
    assert phone.got == ["号码已变更"]


async def test_an_unknown_outcome_is_uncertain_and_not_repeated(services: Services) -> None:
    await _queue(services)
    await outbox.send_next(services, Phone(TimeoutError()))
    assert (await _row(services)).state is SmsState.UNCERTAIN
    assert not await outbox.send_next(services, Phone())


async def test_a_message_whose_sender_died_is_uncertain(services: Services) -> None:
    await _queue(services)
    async with services.sessions.begin() as session:
        await sms.take_next(session, now=services.clock())
    async with services.sessions.begin() as session:
        await sms.mark_interrupted(session, before=services.clock() + timedelta(seconds=1))
    assert (await _row(services)).state is SmsState.UNCERTAIN
    assert not await outbox.send_next(services, Phone())
