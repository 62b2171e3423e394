"""The customer takes back a request or a complaint of their own: asked once more, then done at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions.progress import WITHDRAW
from gateway.buttons import Offer
from gateway.services import Services
from gateway.speech import Words
from records import complaint_handling, complaints, request_review, request_steps, requests
from records.complaints import Complaint
from records.conversations import Conversation
from records.requests import ServiceRequest
from records.words import state_text

NOW = "withdraw_now"
KEEP = "withdraw_not"
_CUSTOMER = "customer"


async def obey(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    command: str | None,
    number: str | None,
    now: datetime,
) -> Words | None:
    """Ask whether to, or take it back; None for any other command."""
    if command not in (WITHDRAW, NOW, KEEP) or number is None:
        return None
    matter = await _own(session, conversation, number)
    if matter is None:
        return Words("utter_button_stale")
    values: dict[str, object] = {"title": _title(services, matter), "number": number}
    if command == KEEP:
        return Words("utter_withdraw_not", values)
    if not matter.withdrawable:
        return Words("utter_withdraw_too_late", {**values, "state": state_text(matter.state)})
    if command == WITHDRAW:
        yes = Offer(services.wording.say("utter_button_withdraw"), command=NOW, about=number)
        no = Offer(services.wording.say("utter_button_withdraw_not"), command=KEEP, about=number)
        return Words("utter_withdraw_ask", values, (yes, no))
    match matter:
        case ServiceRequest():
            await request_steps.withdraw(session, matter, actor=_CUSTOMER, now=now)
        case Complaint():
            await complaint_handling.withdraw(session, matter, actor=_CUSTOMER, now=now)
    return Words("utter_withdrawn", values)


async def _own(
    session: AsyncSession, conversation: Conversation, number: str
) -> ServiceRequest | Complaint | None:
    """The request or complaint of this customer or conversation, locked; None for anything else."""
    found: ServiceRequest | Complaint
    if await requests.request_by_number(session, number) is not None:
        found = await request_review.lock_request(session, number)
    elif await complaints.complaint_by_number(session, number) is not None:
        found = await complaint_handling.lock_complaint(session, number)
    else:
        return None
    theirs = conversation.customer_id is not None and found.customer_id == conversation.customer_id
    return found if theirs or found.conversation_id == conversation.id else None


def _title(services: Services, matter: ServiceRequest | Complaint) -> str:
    if isinstance(matter, Complaint):
        return state_text(matter.category)
    return services.context.services.title(matter.kind)
