"""Premiums that fall due soon: told once each to customers who agreed to notices, by day only."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from actions.written import day, money
from gateway.channels import notices
from gateway.channels.notices import Kind
from gateway.services import Services
from records import premiums
from records.channel_accounts import ChannelAccount
from records.customers import ChannelIdentity
from records.premiums import NextKind, NextPremium

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 3600.0
_TAIL = 4


async def run_forever(services: Services) -> None:
    """Look every hour, through database outages too."""
    while True:
        try:
            await remind(services)
        except SQLAlchemyError as error:
            logger.warning("reminders wait for the database: %s", type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)


async def remind(services: Services) -> int:
    """One round; returns how many premiums were told of. In the quiet hours nothing is written at all."""
    now = services.clock()
    if notices.next_waking(services, now) > now:
        return 0
    async with services.sessions() as session:
        customers = await session.scalars(
            select(ChannelIdentity.customer_id)
            .join(
                ChannelAccount,
                (ChannelAccount.channel == ChannelIdentity.channel)
                & (ChannelAccount.account == ChannelIdentity.account),
            )
            .where(ChannelAccount.notices_allowed_at.is_not(None))
            .distinct()
        )
        found = list(customers)
    told = 0
    for customer_id in found:
        told += await _remind_one(services, customer_id, now)
    return told


async def _remind_one(services: Services, customer_id: str, now: datetime) -> int:
    today = services.settings.today(now)
    last = today + timedelta(days=services.settings.premium_notice_days)
    told = 0
    async with services.sessions.begin() as session:
        account = await notices.account_for(session, customer_id, None)
        if account is None or account.conversation_id is None:
            return 0
        for due in await premiums.premiums_next(session, customer_id, today):
            if due.kind is not NextKind.PREMIUM or due.amount is None or not today <= due.due_on <= last:
                continue
            values = {"product": due.product_name, "due_on": day(due.due_on), "amount": money(due.amount)}
            notice = await notices.append(
                session,
                account.conversation_id,
                kind=Kind.PREMIUM_DUE,
                text=_text(services, due, values),
                values=values,
                key=f"premium:{due.policy_id}:{due.due_on:%Y%m%d}",
                now=now,
            )
            told += notice.created_at == now
    return told


def _text(services: Services, due: NextPremium, values: dict[str, str]) -> str:
    way = "utter_notice_paying_debit" if due.debited else "utter_notice_paying_self"
    return services.wording.say(
        "utter_notice_premium_due",
        tail=due.policy_number[-_TAIL:],
        paying=services.wording.say(way, account=due.account_tail or ""),
        **values,
    )
