"""Claims and where they stand, and the reports (报案) they begin with, which anyone may make."""

from __future__ import annotations

import enum
import re
import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from records.base import Base, Moment, Money
from records.columns import words
from records.numbers import NumberKind, next_number, tidy_number
from records.policies import Policy, policy_by_number

REPORT_TASK = "claim_report"
"""Kind of the task of a claims colleague to call whoever reported."""
_LABEL = re.compile("【(.+?)】")
SAME_REPORT = timedelta(hours=24)


class ClaimState(enum.StrEnum):
    """Closed is not paid: a transfer can fail after the case is closed."""

    REPORTED = "reported"
    NEEDS_DOCUMENTS = "needs_documents"
    ACCEPTED = "accepted"
    SURVEYING = "surveying"
    ASSESSING = "assessing"
    IN_REVIEW = "in_review"
    AWAITING_CUSTOMER = "awaiting_customer"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"
    PARTLY_PAID = "partly_paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


DECIDED = frozenset(
    {ClaimState.PAID, ClaimState.REJECTED, ClaimState.WITHDRAWN, ClaimState.CLOSED, ClaimState.PAYMENT_FAILED}
)


class ReportState(enum.StrEnum):
    RECEIVED = "received"
    IN_CONTACT = "in_contact"
    OPENED = "opened"
    CLOSED = "closed"


class Claim(Base):
    """A claim under a policy; `missing` are the papers asked for, `amount` what was decided to pay."""

    __tablename__ = "claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    claimant_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[ClaimState] = mapped_column(words(ClaimState))
    happened_on: Mapped[date]
    reported_on: Mapped[date]
    missing: Mapped[list[str]] = mapped_column(JSONB, default=list)
    amount: Mapped[Money | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    paid_on: Mapped[date | None]

    policy: Mapped[Policy] = relationship(lazy="joined", innerjoin=True)


class ClaimReport(Base):
    """What somebody told us happened. `policy_id` links it inside and is never confirmed to them."""

    __tablename__ = "claim_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"), index=True)
    policy_text: Mapped[str] = mapped_column(Text, default="")
    insured_name: Mapped[str | None] = mapped_column(String(64))
    happened: Mapped[str] = mapped_column(Text)
    happened_when: Mapped[str | None] = mapped_column(String(80))
    place: Mapped[str | None] = mapped_column(Text)
    injured: Mapped[bool | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[ReportState] = mapped_column(words(ReportState), default=ReportState.RECEIVED)
    reported_at: Mapped[Moment]

    @property
    def matter(self) -> str:
        """What sort of thing happened: the label the story begins with, else the story; and `injured`."""
        label = _LABEL.match(self.happened)
        return " ".join([label[1] if label else self.happened, *(["injured"] if self.injured else [])])


async def claims_of(session: AsyncSession, customer_id: str) -> list[Claim]:
    """The claims a customer made, and those under policies insuring them; newest first."""
    return list(
        await session.scalars(
            select(Claim)
            .join(Policy, Policy.id == Claim.policy_id)
            .where(or_(Claim.claimant_id == customer_id, Policy.insured_id == customer_id))
            .order_by(Claim.reported_on.desc(), Claim.id.desc())
        )
    )


async def report_claim(
    session: AsyncSession,
    *,
    happened: str,
    now: datetime,
    conversation_id: uuid.UUID | None = None,
    customer_id: str | None = None,
    policy_text: str = "",
    insured_name: str | None = None,
    happened_when: str | None = None,
    place: str | None = None,
    injured: bool | None = None,
    phone: str | None = None,
) -> ClaimReport:
    """Registers a report with what is known and gives it its number (CLM…)."""
    policy = await policy_by_number(session, policy_text) if policy_text else None
    report = ClaimReport(
        number=await next_number(session, NumberKind.CLAIM, now),
        conversation_id=conversation_id,
        customer_id=customer_id,
        policy_id=policy.id if policy else None,
        policy_text=policy_text,
        insured_name=insured_name,
        happened=happened,
        happened_when=happened_when,
        place=place,
        injured=injured,
        phone=phone,
        reported_at=now,
    )
    session.add(report)
    await session.flush()
    return report


async def fill_in(
    session: AsyncSession,
    report: ClaimReport,
    *,
    happened: str,
    policy_text: str = "",
    insured_name: str | None = None,
    happened_when: str | None = None,
    injured: bool | None = None,
    phone: str | None = None,
) -> None:
    """Completes a report that was registered with what was known then; what is not given stays as it was."""
    more = happened.removeprefix(report.happened).strip()
    report.happened = f"{report.happened}\n{more}".strip()
    if policy_text:
        policy = await policy_by_number(session, policy_text)
        report.policy_text, report.policy_id = policy_text, policy.id if policy else report.policy_id
    report.insured_name = insured_name or report.insured_name
    report.happened_when = happened_when or report.happened_when
    report.injured = report.injured if injured is None else injured
    report.phone = phone or report.phone
    await session.flush()


async def in_contact(session: AsyncSession, number: str) -> None:
    """A colleague has spoken with whoever reported."""
    report = await report_by_number(session, number)
    if report is not None and report.state is ReportState.RECEIVED:
        report.state = ReportState.IN_CONTACT
        await session.flush()


async def recent_report(
    session: AsyncSession, *, conversation_id: uuid.UUID, customer_id: str | None, now: datetime
) -> ClaimReport | None:
    """The newest report of this conversation or customer within a day, so that one accident is not reported
    twice."""
    here = ClaimReport.conversation_id == conversation_id
    whose = here if customer_id is None else or_(here, ClaimReport.customer_id == customer_id)
    return (
        await session.scalars(
            select(ClaimReport)
            .where(whose, ClaimReport.reported_at > now - SAME_REPORT)
            .order_by(ClaimReport.id.desc())
            .limit(1)
        )
    ).one_or_none()


async def reports_of(session: AsyncSession, customer_id: str) -> list[ClaimReport]:
    """The reports a customer made while known, newest first."""
    return list(
        await session.scalars(
            select(ClaimReport)
            .where(ClaimReport.customer_id == customer_id)
            .order_by(ClaimReport.reported_at.desc())
        )
    )


async def reports_in(session: AsyncSession, conversation_id: uuid.UUID) -> list[ClaimReport]:
    """The reports made in a conversation, newest first; whoever holds the conversation may see them."""
    return list(
        await session.scalars(
            select(ClaimReport)
            .where(ClaimReport.conversation_id == conversation_id)
            .order_by(ClaimReport.reported_at.desc())
        )
    )


async def report_by_number(session: AsyncSession, number: str) -> ClaimReport | None:
    """Any report. Tell a guest about it only after a code to its `phone`."""
    return (
        await session.scalars(select(ClaimReport).where(ClaimReport.number == tidy_number(number)))
    ).one_or_none()


async def claims_on(session: AsyncSession, policy_ids: Collection[int]) -> list[Claim]:
    """Every claim under these policies, whoever made it."""
    return list(await session.scalars(select(Claim).where(Claim.policy_id.in_(policy_ids))))
