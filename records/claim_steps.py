"""Changes of a claim's state, as the claims department reports them; each an event the customer is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import notices
from records.base import Base, Moment
from records.claims import Claim, ClaimState
from records.columns import words
from records.errors import WrongStateError
from records.locking import lock_by_number
from records.notices import Topic


class ClaimEvent(Base):
    """One change of state: by whom, when and why."""

    __tablename__ = "claim_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    from_state: Mapped[ClaimState] = mapped_column(words(ClaimState))
    to_state: Mapped[ClaimState] = mapped_column(words(ClaimState))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(Text, default="")


async def lock_claim(session: AsyncSession, number: str) -> Claim:
    """The claim with this number, locked and read afresh; NoSuchRecordError."""
    return await lock_by_number(session, Claim, Claim.number, number)


async def move_claim(
    session: AsyncSession,
    number: str,
    to: ClaimState,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    missing: Sequence[str] = (),
    amount: Decimal | None = None,
    paid_on: date | None = None,
) -> Claim:
    """Writes down what was decided elsewhere: from any state to any other, but from withdrawn nowhere.

    `missing` are the papers now asked for. Raises WrongStateError.
    """
    claim = await lock_claim(session, number)
    if claim.state in (to, ClaimState.WITHDRAWN):
        raise WrongStateError(claim.number, claim.state, to)
    session.add(
        ClaimEvent(claim_id=claim.id, from_state=claim.state, to_state=to, actor=actor, at=now, reason=reason)
    )
    claim.state, claim.missing = to, list(missing)
    claim.reason = reason or claim.reason
    claim.amount = claim.amount if amount is None else amount
    claim.paid_on = paid_on or claim.paid_on
    await session.flush()
    if not notices.told_in_the_chat(actor):
        await notices.add(
            session,
            Topic.CLAIM_STATE,
            number=claim.number,
            now=now,
            customer_id=claim.claimant_id,
            conversation_id=None,
            detail={"state": to.value, "reason": reason, "missing": list(missing)},
        )
    return claim
