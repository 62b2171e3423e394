from __future__ import annotations

from datetime import datetime, timedelta

from records import site_tokens, sms
from records.base import Sessions
from records.sms import SmsMessage, SmsPurpose, SmsState

PHONE = "13900002222"


async def _queue(sessions: Sessions, now: datetime) -> int:
    async with sessions.begin() as session:
        message = await sms.queue_code(
            session, phone=PHONE, purpose=SmsPurpose.IDENTITY, code="123456", minutes=5, now=now
        )
        return message.id


async def test_a_sent_message_loses_its_text_and_code(sessions: Sessions, now: datetime) -> None:
    number = await _queue(sessions, now)
    async with sessions.begin() as session:
        taken = await sms.take_next(session, now=now)
        assert taken is not None
        assert taken.state is SmsState.SENDING
    async with sessions.begin() as session:
        await sms.settle(session, number, SmsState.SENT, now=now)
        message = await session.get_one(SmsMessage, number)
        assert (message.text, message.code, message.sent_at) == ("", None, now)
        assert await sms.newest_code(session, PHONE) is None


async def test_the_demo_keeps_the_newest_code(sessions: Sessions, now: datetime) -> None:
    await _queue(sessions, now)
    newest = await _queue(sessions, now)
    async with sessions.begin() as session:
        await sms.settle(session, newest, SmsState.SENT, now=now, keep_text=True)
        message = await sms.newest_code(session, PHONE)
    assert message is not None
    assert (message.id, message.code) == (newest, "123456")


async def test_two_senders_never_take_the_same_message(sessions: Sessions, now: datetime) -> None:
    numbers = {await _queue(sessions, now), await _queue(sessions, now)}
    async with sessions.begin() as one, sessions.begin() as other:
        first, second = await sms.take_next(one, now=now), await sms.take_next(other, now=now)
        assert first is not None
        assert second is not None
        assert {first.id, second.id} == numbers
        assert await sms.take_next(other, now=now) is None


async def test_a_message_that_did_not_leave_waits_again(sessions: Sessions, now: datetime) -> None:
    number = await _queue(sessions, now)
    async with sessions.begin() as session:
        await sms.take_next(session, now=now)
        await sms.settle(session, number, SmsState.WAITING, now=now)
        again = await sms.take_next(session, now=now)
    assert again is not None
    assert again.code == "123456"


async def test_only_what_was_taken_long_ago_is_uncertain(sessions: Sessions, now: datetime) -> None:
    number = await _queue(sessions, now - timedelta(hours=1))
    async with sessions.begin() as session:
        await sms.take_next(session, now=now)
        assert await sms.mark_interrupted(session, before=now) == 0, "it waited long, but was taken just now"
        assert await sms.mark_interrupted(session, before=now + timedelta(minutes=2)) == 1
        message = await session.get_one(SmsMessage, number, populate_existing=True)
        assert message.state is SmsState.UNCERTAIN
        assert await sms.take_next(session, now=now) is None, "it is never sent again blindly"


async def test_notices_do_not_count_as_codes(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as session:
        await sms.queue_notice(session, phone=PHONE, text="您的手机号已变更。", now=now)
        assert await sms.codes_since(session, PHONE, now - timedelta(hours=1)) == 0
        assert await sms.newest_code(session, PHONE) is None


async def test_a_site_token_works_once(sessions: Sessions, now: datetime) -> None:
    async def use(jti: str, at: datetime) -> bool:
        async with sessions.begin() as session:
            return await site_tokens.use(session, jti=jti, expires_at=at + timedelta(minutes=10), now=at)

    assert await use("demo-site:1", now)
    assert not await use("demo-site:1", now)
    assert await use("demo-site:" + "2" * 5000, now)
    assert await use("demo-site:1", now + timedelta(minutes=11)), (
        "expired ones are forgotten; their exp refuses them"
    )
