"""Facts about this installation itself, such as the day the demo insurer was loaded."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base


class InstallationFact(Base):
    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


async def fact(session: AsyncSession, name: str) -> str | None:
    found = await session.get(InstallationFact, name)
    return found.value if found else None


async def note(session: AsyncSession, name: str, value: str) -> None:
    await session.execute(
        insert(InstallationFact)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
