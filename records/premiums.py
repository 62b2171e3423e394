"""Premiums: what was paid, what falls due next, and what went wrong with a payment."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Money
from records.columns import words
from records.policies import COVERED, Policy, PolicyState, Renewal, own_policies

RENEWAL_SHOWN_DAYS = 90


class PremiumState(enum.StrEnum):
    DUE = "due"
    PAID = "paid"
    OVERDUE = "overdue"
    WAIVED = "waived"


class PremiumEventKind(enum.StrEnum):
    """What happened to a payment besides being made."""

    DEBIT_FAILED = "debit_failed"
    CHARGED_TWICE = "charged_twice"
    WRONG_AMOUNT = "wrong_amount"
    REFUNDED = "refunded"


class NextKind(enum.StrEnum):
    """`premium` continues the running contract (续期); `renewal` would start a new term (续保)."""

    PREMIUM = "premium"
    RENEWAL = "renewal"


class Premium(Base):
    """One instalment of a policy."""

    __tablename__ = "premiums"
    __table_args__ = (UniqueConstraint("policy_id", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    due_on: Mapped[date]
    amount: Mapped[Money]
    state: Mapped[PremiumState] = mapped_column(words(PremiumState))
    paid_on: Mapped[date | None]
    account_tail: Mapped[str | None] = mapped_column(String(4))


class PremiumEvent(Base):
    __tablename__ = "premium_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    kind: Mapped[PremiumEventKind] = mapped_column(words(PremiumEventKind))
    amount: Mapped[Money]
    happened_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(String(80))


@dataclass(frozen=True)
class NextPremium:
    """What a policy asks for next.

    `amount` is None for a renewal, whose price is fixed only when it is offered; `last_amount` is what the
    running term cost. `grace_ends_on` is None where no grace was agreed.
    """

    policy_id: int
    policy_number: str
    product_name: str
    kind: NextKind
    state: PolicyState
    due_on: date
    amount: Decimal | None
    last_amount: Decimal
    account_tail: str | None
    debited: bool
    grace_ends_on: date | None
    unpaid_reason: str | None

    def overdue(self, today: date) -> bool:
        return self.kind is NextKind.PREMIUM and self.due_on < today


def _next(policy: Policy, today: date) -> NextPremium | None:
    if policy.state not in COVERED:
        return None
    if policy.next_due is not None:
        kind, due_on, amount = NextKind.PREMIUM, policy.next_due, policy.premium
    elif policy.expires_on is not None and policy.expires_on <= today + timedelta(days=RENEWAL_SHOWN_DAYS):
        kind, due_on, amount = NextKind.RENEWAL, policy.expires_on, None
    else:
        return None
    return NextPremium(
        policy_id=policy.id,
        policy_number=policy.number,
        product_name=policy.product.name,
        kind=kind,
        state=policy.state,
        due_on=due_on,
        amount=amount,
        last_amount=policy.premium,
        account_tail=policy.account_tail,
        debited=bool(policy.bank_card) if kind is NextKind.PREMIUM else policy.renewal is Renewal.AUTO,
        grace_ends_on=policy.grace_ends_on if kind is NextKind.PREMIUM else None,
        unpaid_reason=policy.unpaid_reason,
    )


async def premiums_next(session: AsyncSession, customer_id: str, today: date) -> list[NextPremium]:
    """What a customer has to pay next on policies they hold, earliest first; renewals near expiry too."""
    held = own_policies(customer_id).where(Policy.holder_id == customer_id)
    due = [_next(policy, today) for policy in (await session.scalars(held)).all()]
    return sorted((one for one in due if one is not None), key=lambda one: one.due_on)


async def premiums_paid(session: AsyncSession, policy: Policy, *, limit: int = 12) -> list[Premium]:
    """The instalments paid, newest first."""
    return list(
        await session.scalars(
            select(Premium)
            .where(Premium.policy_id == policy.id, Premium.state == PremiumState.PAID)
            .order_by(Premium.due_on.desc())
            .limit(limit)
        )
    )


async def premium_events_of(session: AsyncSession, customer_id: str) -> list[PremiumEvent]:
    """Failed and doubtful payments on the policies a customer holds, newest first."""
    return list(
        await session.scalars(
            select(PremiumEvent)
            .join(Policy, Policy.id == PremiumEvent.policy_id)
            .where(Policy.holder_id == customer_id)
            .order_by(PremiumEvent.happened_on.desc())
        )
    )
