"""Applications for insurance and where their underwriting stands."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from records.base import Base
from records.columns import words
from records.products import Product


class ApplicationState(enum.StrEnum):
    """An exclusion or a postponement is not a refusal."""

    RECEIVED = "received"
    IN_UNDERWRITING = "in_underwriting"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    OFFERED_WITH_LOADING = "offered_with_loading"
    OFFERED_WITH_EXCLUSION = "offered_with_exclusion"
    ACCEPTED = "accepted"
    POSTPONED = "postponed"
    DECLINED = "declined"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Application(Base):
    """One application; `asked_for` are the papers missing, `answer_by` ends an offer of changed terms.

    `stated` is what was applied for, by the policy's field names; `policy_id` the policy issued on it.
    """

    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    applicant_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    insured_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    state: Mapped[ApplicationState] = mapped_column(words(ApplicationState))
    since: Mapped[date]
    reason: Mapped[str | None] = mapped_column(String(200))
    asked_for: Mapped[list[str]] = mapped_column(JSONB, default=list)
    loading_percent: Mapped[int | None]
    exclusion: Mapped[str | None] = mapped_column(String(200))
    answer_by: Mapped[date | None]
    stated: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"), index=True)

    product: Mapped[Product] = relationship(lazy="joined", innerjoin=True)


async def applications_of(session: AsyncSession, customer_id: str) -> list[Application]:
    """A customer's own applications, newest first."""
    return list(
        await session.scalars(
            select(Application)
            .where(Application.applicant_id == customer_id)
            .order_by(Application.since.desc())
        )
    )
