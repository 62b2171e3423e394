"""Tells customers what has become of their matters: a notice left in the records becomes an entry of the log.

One notice is one transaction: the entry, what is to be pushed or texted, and the mark that it was told. It is
told in the conversation the matter began in. Who is not on a push channel there also gets it on the account
bound to them, or else, when it is pressing, a text message without details. Where nothing arrives, a
colleague is asked to call.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import notice_words, ratings
from gateway.buttons import Offer
from gateway.channels import notices as pushed
from gateway.notice_words import Told
from gateway.services import Services
from records import notices, sms, tasks
from records.channel_accounts import ChannelAccount
from records.conversations import Conversation
from records.customers import Customer
from records.notices import Notice

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
NOWHERE = "nowhere"


async def run_forever(services: Services) -> None:
    """Look every second, through database outages too."""
    while True:
        try:
            while await tell_next(services):
                pass
        except SQLAlchemyError as error:
            logger.warning("notices wait for the database: %s", type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)


async def tell_next(services: Services) -> bool:
    """Tell the oldest notice; False when none waits, or another process is telling one."""
    async with services.sessions.begin() as session:
        notice = await notices.take_next(session)
        if notice is None:
            return False
        now = services.clock()
        notice.told_at = now
        try:
            async with session.begin_nested():
                notice.way = await _tell(services, session, notice, now)
        except SQLAlchemyError:
            raise
        except Exception:
            logger.exception("notice %s cannot be put into words", notice.id)
            notice.way = NOWHERE
        if notice.way == NOWHERE:
            await _ask_a_colleague(services, session, notice, now)
    return True


async def _tell(services: Services, session: AsyncSession, notice: Notice, now: datetime) -> str:
    told = notice_words.put(services, notice)
    place = await _place(session, notice)
    account = await pushed.account_for(session, notice.customer_id, place)
    ways = []
    if place is not None:
        await _write(services, session, notice, told, place, now)
        ways.append(place.channel)
    if account is not None and account.conversation_id not in (None, place.id if place else None):
        other = await session.get_one(Conversation, account.conversation_id)
        await _write(services, session, notice, told, other, now)
        ways.append(other.channel)
    if told.pressing and not await _arrives(services, session, account, told, now):
        ways += ["sms"] if await _text(services, session, notice, told, now) else []
    if place is not None and told.rate:
        await ratings.ask(services, session, place, about=notice.number, title=told.title, now=now)
    return "+".join(dict.fromkeys(ways)) or NOWHERE


async def _place(session: AsyncSession, notice: Notice) -> Conversation | None:
    """The conversation the matter began in, else the customer's newest."""
    if notice.conversation_id is not None:
        return await session.get(Conversation, notice.conversation_id)
    if notice.customer_id is None:
        return None
    return await session.scalar(
        select(Conversation)
        .where(Conversation.customer_id == notice.customer_id)
        .order_by(Conversation.last_at.desc())
        .limit(1)
    )


async def _write(
    services: Services,
    session: AsyncSession,
    notice: Notice,
    told: Told,
    place: Conversation,
    now: datetime,
) -> None:
    wording = services.wording
    await pushed.append(
        session,
        place.id,
        kind=told.kind,
        text=wording.say(told.response, **told.values).strip(),
        values={
            "title": told.title,
            "number": notice.number,
            "state": told.state,
            "changed_on": notice_words.day_of(notice.created_at),
        },
        key=str(notice.id),
        now=now,
        offers=[Offer(button.title, button.payload) for button in wording.buttons(told.response)],
    )


async def _arrives(
    services: Services, session: AsyncSession, account: ChannelAccount | None, told: Told, now: datetime
) -> bool:
    if account is None or account.blocked is not None:
        return False
    return (await pushed.route(services, session, account, told.kind, now)).arrives


async def _text(services: Services, session: AsyncSession, notice: Notice, told: Told, now: datetime) -> bool:
    """A text message to the phone left with the matter, or the one on file; not while people sleep."""
    phone = notice.contact or await _phone_on_file(session, notice.customer_id)
    if phone is None:
        return False
    text = services.wording.say("sms_notice", number=notice.number, state=told.state)
    awake = pushed.next_waking(services, now)
    await sms.queue_notice(session, phone=phone, text=text, now=now, not_before=awake)
    return True


async def _phone_on_file(session: AsyncSession, customer_id: str | None) -> str | None:
    person = await session.get(Customer, customer_id) if customer_id else None
    return person.phone if person is not None and not person.phone_unusable else None


async def _ask_a_colleague(services: Services, session: AsyncSession, notice: Notice, now: datetime) -> None:
    await tasks.create(
        session,
        kind="tell_customer",
        title=services.wording.say("utter_task_untold", number=notice.number),
        due_at=services.next_opening(now),
        about=notice.number,
        conversation_id=notice.conversation_id,
        customer_id=notice.customer_id,
        detail={"topic": notice.topic.value, **notice.detail},
        now=now,
    )
