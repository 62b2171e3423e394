"""Consents a customer gave or refused for one matter, each with its time and the version of its wording.

They are entries of the matter's chain of the audit, so none can be changed or taken away afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records import audit
from records.audit import AuditEntry

_GIVEN = "consent_given"
_REFUSED = "consent_refused"


async def write_down(
    session: AsyncSession,
    subject: str,
    consent: str,
    *,
    given: bool,
    version: str,
    customer_id: str | None,
    now: datetime,
    **detail: Any,
) -> None:
    """Keeps the customer's answer to the consent asked for in this version of its wording."""
    await audit.append(
        session,
        subject=subject,
        actor=f"customer:{customer_id}" if customer_id else "customer",
        action=_GIVEN if given else _REFUSED,
        detail={"consent": consent, "version": version, **detail},
        now=now,
    )


async def answer_to(session: AsyncSession, subject: str, consent: str) -> bool | None:
    """The customer's last answer for this matter; None when they were not asked or have not answered."""
    action = await session.scalar(
        select(AuditEntry.action)
        .where(
            AuditEntry.subject == subject,
            AuditEntry.action.in_((_GIVEN, _REFUSED)),
            AuditEntry.detail["consent"].astext == consent,
        )
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    return None if action is None else action == _GIVEN
