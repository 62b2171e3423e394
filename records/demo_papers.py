"""Puts the papers of the demo file into the archive, and moves them to where they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.calendar import start_of_day
from records.demo_policies import dated
from records.papers import PaperPlace, archive_paper, move_paper
from records.policies import Policy
from records.staff import Role, Staff

_AGO = timedelta(days=30)


async def add(session: AsyncSession, content: dict[str, Any], today: date) -> None:
    """Adds them as entered a month ago by the supervisor, who must be there already."""
    by = (await session.scalars(select(Staff).where(Staff.role == Role.SUPERVISOR).limit(1))).one()
    policies = {policy.number: policy.id for policy in await session.scalars(select(Policy))}
    now = start_of_day(today) - _AGO
    for entry in content["papers"]:
        fields = dated(entry, today)
        policy_id, shelf = policies[fields.pop("policy")], fields.pop("shelf", "")
        kinds, place = fields.pop("kinds"), PaperPlace(fields.pop("place", PaperPlace.ARCHIVED))
        for kind in kinds:
            paper = await archive_paper(session, policy_id=policy_id, kind=kind, shelf=shelf, by=by, now=now)
            if place is not PaperPlace.ARCHIVED:
                await move_paper(session, paper.id, place, by=by, now=now, **fields)
