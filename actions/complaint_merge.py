"""Whether a new complaint is about a matter that is already being handled."""

from __future__ import annotations

from actions.drafts import Draft
from actions.turn import Turn
from knowledge.service_kind import Record
from records import complaints
from records.complaints import Complaint, ComplaintCategory


async def open_complaint(turn: Turn, draft: Draft) -> Complaint | None:
    """The open ticket of the same category, of this customer or else conversation; None for other kinds."""
    if draft.kind.record is not Record.COMPLAINT:
        return None
    return await complaints.open_complaint(
        turn.session,
        category=category_of(draft),
        customer_id=turn.identity.customer_id,
        conversation_id=turn.conversation_id,
    )


def category_of(draft: Draft) -> ComplaintCategory:
    """The category answered, OTHER while there is none."""
    return ComplaintCategory(draft.answers.get("category") or ComplaintCategory.OTHER)
