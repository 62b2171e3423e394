"""Rows that people know by a number, locked before they are changed."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from records.base import Base
from records.errors import NoSuchRecordError
from records.numbers import tidy_number

Row = TypeVar("Row", bound=Base)


async def lock_by_number(
    session: AsyncSession, model: type[Row], column: InstrumentedAttribute[Any], number: str
) -> Row:
    """The row whose `column` is this number, locked until the transaction ends and read afresh.

    NoSuchRecordError when there is none.
    """
    found = (
        await session.scalars(
            select(model)
            .where(column == tidy_number(number))
            .with_for_update(of=model)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if found is None:
        raise NoSuchRecordError(number)
    return found
