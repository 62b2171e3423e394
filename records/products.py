"""The products a policy can be of; what their clauses say stands in the knowledge room."""

from __future__ import annotations

import enum

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base
from records.columns import words


class Line(enum.StrEnum):
    """Line of insurance."""

    CRITICAL_ILLNESS = "critical_illness"
    MEDICAL = "medical"
    ACCIDENT = "accident"
    TERM_LIFE = "term_life"
    WHOLE_LIFE = "whole_life"
    ANNUITY = "annuity"
    MOTOR = "motor"
    MOTOR_COMPULSORY = "motor_compulsory"
    HOME = "home"
    TRAVEL = "travel"


PROPERTY_LINES = frozenset({Line.MOTOR, Line.MOTOR_COMPULSORY, Line.HOME})


class Frequency(enum.StrEnum):
    """How often the premium is paid."""

    SINGLE = "single"
    ANNUAL = "annual"
    SEMIANNUAL = "semiannual"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"


MONTHS_BETWEEN = {
    Frequency.ANNUAL: 12,
    Frequency.SEMIANNUAL: 6,
    Frequency.QUARTERLY: 3,
    Frequency.MONTHLY: 1,
}


class CoolingOffFrom(enum.StrEnum):
    """The first day of the cooling-off period: the day of receipt, or the day after."""

    RECEIPT = "receipt"
    NEXT_DAY_OF_RECEIPT = "next_day_of_receipt"


class Product(Base):
    """One insurance product; periods are calendar days, ages whole years."""

    __tablename__ = "products"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    aliases: Mapped[list[str]] = mapped_column(JSONB, default=list)
    line: Mapped[Line] = mapped_column(words(Line))
    term: Mapped[str] = mapped_column(String(20))
    waiting_days: Mapped[int] = mapped_column(default=0)
    cooling_off_days: Mapped[int] = mapped_column(default=0)
    cooling_off_from: Mapped[CoolingOffFrom | None] = mapped_column(words(CoolingOffFrom))
    grace_days: Mapped[int] = mapped_column(default=0)
    frequencies: Mapped[list[str]] = mapped_column(JSONB, default=list)
    ages: Mapped[list[int] | None] = mapped_column(JSONB)
    guaranteed_renewal: Mapped[bool] = mapped_column(default=False)
    policy_loan: Mapped[bool] = mapped_column(default=False)
    auto_premium_loan: Mapped[bool] = mapped_column(default=False)
