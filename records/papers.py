"""The papers of a policy and where each one is: in the archive, lent, given back to the customer, destroyed.

Every move is an entry of the paper's audit chain (`paper:17`).
"""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import audit
from records.base import Base, Moment
from records.columns import words
from records.errors import MissingTextError, NoSuchRecordError, WrongStateError
from records.staff import Staff


class PaperPlace(enum.StrEnum):
    ARCHIVED = "archived"
    LENT = "lent"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    MISSING = "missing"


MOVES: dict[PaperPlace, frozenset[PaperPlace]] = {
    PaperPlace.ARCHIVED: frozenset(set(PaperPlace) - {PaperPlace.ARCHIVED}),
    PaperPlace.LENT: frozenset({PaperPlace.ARCHIVED, PaperPlace.RETURNED, PaperPlace.MISSING}),
    PaperPlace.RETURNED: frozenset({PaperPlace.ARCHIVED}),
    PaperPlace.MISSING: frozenset({PaperPlace.ARCHIVED}),
    PaperPlace.DESTROYED: frozenset(),
}


class Paper(Base):
    """One paper; `kind` names it in Chinese as the catalogue does, `document_id` is its scan.

    `holder` says who has it while it is lent or given back.
    """

    __tablename__ = "papers"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    place: Mapped[PaperPlace] = mapped_column(words(PaperPlace), default=PaperPlace.ARCHIVED)
    shelf: Mapped[str] = mapped_column(String(40), default="")
    holder: Mapped[str] = mapped_column(String(80), default="")
    due_back: Mapped[date | None]
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))
    updated_at: Mapped[Moment]

    @property
    def subject(self) -> str:
        return f"paper:{self.id}"


async def archive_paper(
    session: AsyncSession,
    *,
    policy_id: int,
    kind: str,
    shelf: str,
    by: Staff,
    now: datetime,
    document_id: uuid.UUID | None = None,
) -> Paper:
    """Enters a paper that has come in."""
    paper = Paper(policy_id=policy_id, kind=kind, shelf=shelf, document_id=document_id, updated_at=now)
    session.add(paper)
    await session.flush()
    await _note(session, paper, by, now)
    return paper


async def move_paper(
    session: AsyncSession,
    paper_id: int,
    to: PaperPlace,
    *,
    by: Staff,
    now: datetime,
    holder: str = "",
    due_back: date | None = None,
    shelf: str | None = None,
) -> Paper:
    """Lends, gives back, destroys, misses or files a paper again.

    MissingTextError when it is lent or given back to nobody; WrongStateError where the move is impossible.
    """
    paper = await session.get(Paper, paper_id, with_for_update=True, populate_existing=True)
    if paper is None:
        raise NoSuchRecordError(f"paper {paper_id}")
    if to not in MOVES[paper.place]:
        raise WrongStateError(f"The paper {paper.kind}", paper.place, to)
    if to in (PaperPlace.LENT, PaperPlace.RETURNED) and not holder.strip():
        raise MissingTextError("holder")
    paper.place, paper.holder = to, holder.strip()
    paper.due_back = due_back if to is PaperPlace.LENT else None
    paper.shelf = paper.shelf if shelf is None else shelf
    paper.updated_at = now
    await _note(session, paper, by, now)
    return paper


async def papers_of(session: AsyncSession, policy_id: int) -> list[Paper]:
    return list(
        await session.scalars(
            select(Paper).where(Paper.policy_id == policy_id).order_by(Paper.kind, Paper.id)
        )
    )


async def lent_too_long(session: AsyncSession, today: date) -> list[Paper]:
    """Papers that should be back, the one due first first."""
    return list(
        await session.scalars(
            select(Paper)
            .where(Paper.place == PaperPlace.LENT, Paper.due_back < today)
            .order_by(Paper.due_back)
        )
    )


async def _note(session: AsyncSession, paper: Paper, by: Staff, now: datetime) -> None:
    await session.flush()
    await audit.append(
        session,
        subject=paper.subject,
        actor=by.actor,
        action=f"paper_{paper.place.value}",
        detail={"policy": paper.policy_id},
        now=now,
    )
