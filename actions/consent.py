"""A consent given in the form is kept with its time and the version of its wording."""

from __future__ import annotations

from actions.drafts import Draft
from actions.turn import Turn
from knowledge.service_field import ServiceField
from records import audit


async def record(turn: Turn, draft: Draft, field: ServiceField) -> None:
    """Writes the consent into the audit of the request."""
    await audit.append(
        turn.session,
        subject=f"request:{draft.id}",
        actor=f"customer:{turn.identity.customer_id}" if turn.identity.customer_id else "customer",
        action="consent_given",
        detail={"kind": draft.kind.kind, "consent": field.key, "version": field.version},
        now=turn.now,
    )
