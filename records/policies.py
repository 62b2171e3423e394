"""Policies as they stand today, the people in them, and who may look at which."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, Select, String, Text, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from records import audit
from records.base import Base, Money
from records.calendar import last_day
from records.columns import words
from records.customers import Agent, Customer
from records.numbers import tidy_number
from records.products import CoolingOffFrom, Frequency, Product

RATE = Numeric(7, 4)


class PolicyState(enum.StrEnum):
    """States of life and property policies. Lapsed (中止) can be reinstated, terminated cannot."""

    UNDERWRITING = "underwriting"
    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_START = "awaiting_start"
    COOLING_OFF = "cooling_off"
    IN_FORCE = "in_force"
    GRACE = "grace"
    AUTO_LOAN = "auto_loan"
    LAPSED = "lapsed"
    PAID_UP = "paid_up"
    EXTENDED_TERM = "extended_term"
    TERMINATED = "terminated"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


COVERED = frozenset(
    {
        PolicyState.COOLING_OFF,
        PolicyState.IN_FORCE,
        PolicyState.GRACE,
        PolicyState.AUTO_LOAN,
        PolicyState.PAID_UP,
        PolicyState.EXTENDED_TERM,
    }
)


class Renewal(enum.StrEnum):
    """How a one-year policy goes on at expiry; `auto` is a consent that may be withdrawn, never a promise."""

    AUTO = "auto"
    MANUAL = "manual"
    CONDITIONAL = "conditional"


class PartyRole(enum.StrEnum):
    BENEFICIARY = "beneficiary"


class Policy(Base):
    """One contract; rates are fractions (0.05 = 5 %), dates Shanghai dates.

    Grace and cooling-off are those agreed in this contract, not the product's of today.
    """

    __tablename__ = "policies"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"), index=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    insured_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    agent_code: Mapped[str | None] = mapped_column(ForeignKey("agents.code"))
    state: Mapped[PolicyState] = mapped_column(words(PolicyState), index=True)

    sum_insured: Mapped[Money | None]
    premium: Mapped[Money]
    frequency: Mapped[Frequency] = mapped_column(words(Frequency))
    effective_on: Mapped[date]
    expires_on: Mapped[date | None]
    next_due: Mapped[date | None] = mapped_column(index=True)
    renewal: Mapped[Renewal | None] = mapped_column(words(Renewal))
    bank_card: Mapped[str | None] = mapped_column(String(32))

    grace_days: Mapped[int] = mapped_column(default=0)
    cooling_off_days: Mapped[int] = mapped_column(default=0)
    cooling_off_from: Mapped[CoolingOffFrom | None] = mapped_column(words(CoolingOffFrom))
    received_on: Mapped[date | None]

    unpaid_since: Mapped[date | None]
    unpaid_reason: Mapped[str | None] = mapped_column(String(80))
    lapsed_on: Mapped[date | None]
    reinstatement_until: Mapped[date | None]
    reinstated_on: Mapped[date | None]
    terminated_on: Mapped[date | None]
    termination_reason: Mapped[str | None] = mapped_column(String(80))

    cash_value: Mapped[Money | None]
    dividends: Mapped[Money | None]
    loan: Mapped[Money | None]
    loan_on: Mapped[date | None]
    loan_rate: Mapped[Decimal | None] = mapped_column(RATE)
    payout: Mapped[Money | None]
    next_payout: Mapped[date | None]

    plate_number: Mapped[str | None] = mapped_column(String(12), index=True)
    vehicle_use: Mapped[str | None] = mapped_column(String(40))
    property_address: Mapped[str | None] = mapped_column(Text)
    occupation_class: Mapped[int | None]

    product: Mapped[Product] = relationship(lazy="joined", innerjoin=True)
    holder: Mapped[Customer] = relationship(foreign_keys=[holder_id], lazy="raise_on_sql")
    insured: Mapped[Customer] = relationship(foreign_keys=[insured_id], lazy="raise_on_sql")
    agent: Mapped[Agent | None] = relationship(lazy="raise_on_sql")
    parties: Mapped[list[PolicyParty]] = relationship(lazy="raise_on_sql", order_by="PolicyParty.id")

    @property
    def covered(self) -> bool:
        """Whether an event of today falls in a state with cover (grace and cooling-off included)."""
        return self.state in COVERED

    @property
    def account_tail(self) -> str | None:
        """Last four digits of the card the premium is debited from."""
        return self.bank_card[-4:] if self.bank_card else None

    @property
    def grace_ends_on(self) -> date | None:
        """Last day to pay the premium that is due without losing cover."""
        due = self.next_due or self.unpaid_since
        return last_day(due, self.grace_days) if due and self.grace_days else None

    @property
    def cooling_off_ends_on(self) -> date | None:
        """Last day to withdraw with the premium returned; None before receipt or without that right."""
        if self.received_on is None or not self.cooling_off_days:
            return None
        including = self.cooling_off_from is CoolingOffFrom.RECEIPT
        return last_day(self.received_on, self.cooling_off_days, including_start=including)


class PolicyParty(Base):
    """A person named in a policy besides holder and insured; `share` is per cent."""

    __tablename__ = "policy_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(words(PartyRole), default=PartyRole.BENEFICIARY)
    name: Mapped[str] = mapped_column(String(64))
    relation: Mapped[str] = mapped_column(String(20))
    share: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    rank: Mapped[int] = mapped_column(default=1)


def own_policies(customer_id: str) -> Select[Policy]:
    """The policies a customer may see: those held, and those insuring them. Beneficiaries see nothing."""
    return select(Policy).where(or_(Policy.holder_id == customer_id, Policy.insured_id == customer_id))


async def policies_of(session: AsyncSession, customer_id: str) -> list[Policy]:
    """A customer's own policies, those with cover first, then by start, newest first."""
    found = (await session.scalars(own_policies(customer_id).order_by(Policy.effective_on.desc()))).all()
    return sorted(found, key=lambda policy: not policy.covered)


async def policy_detail(session: AsyncSession, customer_id: str, number: str) -> Policy | None:
    """One own policy with its people; None for another person's as for one that does not exist."""
    return (
        await session.scalars(
            own_policies(customer_id)
            .where(Policy.number == tidy_number(number))
            .options(
                selectinload(Policy.parties),
                selectinload(Policy.holder),
                selectinload(Policy.insured),
                selectinload(Policy.agent),
            )
        )
    ).one_or_none()


async def stop_auto_renewal(session: AsyncSession, policy: Policy, *, actor: str, now: datetime) -> None:
    """Takes back the customer's consent to a new term at expiry; the running term stays as it is."""
    policy.renewal = Renewal.MANUAL
    await audit.append(
        session, subject=f"policy:{policy.id}", actor=actor, action="auto_renewal_stopped", now=now
    )
    await session.flush()


async def policy_by_number(session: AsyncSession, number: str) -> Policy | None:
    """Any policy, to link a report or ticket to it. Never tell a customer whether it was found."""
    return (await session.scalars(select(Policy).where(Policy.number == tidy_number(number)))).one_or_none()
