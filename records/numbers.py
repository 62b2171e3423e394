"""The numbers customers are given: a prefix, the Shanghai year, eight digits of a database sequence.

Gaps are fine: a dropped turn leaves one.
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Sequence, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.base import Base
from records.calendar import business_date

_DIGITS = 8
_FIRST = 100_001


class NumberKind(enum.StrEnum):
    """What is numbered, by its prefix."""

    REQUEST = "BQ"
    COMPLAINT = "TS"
    CLAIM = "CLM"
    TASK = "RW"


SEQUENCES = {
    NumberKind.REQUEST: Sequence("request_numbers", start=_FIRST, metadata=Base.metadata),
    NumberKind.COMPLAINT: Sequence("complaint_numbers", start=_FIRST, metadata=Base.metadata),
    NumberKind.CLAIM: Sequence("claim_numbers", start=_FIRST, metadata=Base.metadata),
    NumberKind.TASK: Sequence("task_numbers", start=_FIRST, metadata=Base.metadata),
}


async def next_number(session: AsyncSession, kind: NumberKind, now: datetime) -> str:
    value = (await session.execute(select(SEQUENCES[kind].next_value()))).scalar_one()
    return f"{kind}{business_date(now).year}{value:0{_DIGITS}d}"


def tidy_number(text: str) -> str:
    """A number as it is stored: capitals, without blanks and hyphens."""
    return "".join(text.split()).replace("-", "").upper()
