"""A guest follows a complaint, report or request by its number and a code to the phone left with it.

What is said is the same whether or not there is such a number, or a phone with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gateway import buttons, codes
from gateway.buttons import Offer
from gateway.codes import Consumed
from gateway.services import Services
from gateway.speech import Words
from records import identity
from records.conversations import Conversation
from records.identity import Expired, Locked, TicketOpened, Wrong
from records.numbers import NumberKind, tidy_number

STAGE = "ticket"
_WHOLE = re.compile(rf"({'|'.join(NumberKind)})20\d{{10}}")
_SHOWS: Mapping[str, tuple[str, str]] = {
    NumberKind.COMPLAINT: ("check_complaint", "request_number"),
    NumberKind.CLAIM: ("check_claim", "claim_number"),
    NumberKind.REQUEST: ("check_request", "request_number"),
}
"""What is asked of Rasa once the code was right: the intent, and the entity that holds the number."""


def offer(services: Services, values: Iterable[str]) -> tuple[Offer, ...]:
    """The button for the first whole number among the values that a guest may follow."""
    numbers = (tidy_number(value) for value in values)
    number = next((one for one in numbers if _kind(one) in _SHOWS), None)
    if number is None:
        return ()
    title = services.wording.say("utter_button_follow_ticket")
    return (Offer(title, command=buttons.FOLLOW_TICKET, about=number),)


async def begin(
    services: Services, session: AsyncSession, conversation: Conversation, number: str, now: datetime
) -> Words:
    """Open the step in place of the question who it is, and send a code if there is a phone for it."""
    until = await identity.locked_until(
        session, conversation_id=conversation.id, address=conversation.address, now=now
    )
    if until is not None:
        return codes.locked(services, until)
    await identity.start_ticket_challenge(
        session,
        conversation_id=conversation.id,
        address=conversation.address,
        number=number,
        now=now,
        limits=services.identity_limits,
    )
    intent, entity = _SHOWS[_kind(number)]
    conversation.identity_step = {
        "stage": STAGE,
        "number": number,
        "intent": intent,
        "entities": [{"entity": entity, "value": number}],
    }
    return _sent(services)


async def consume(
    services: Services, session: AsyncSession, conversation: Conversation, text: str, now: datetime
) -> Consumed | None:
    """Take the message if it is a code or about one, else None."""
    step = conversation.identity_step or {}
    if codes.none_came(text):
        return Consumed(text, (await begin(services, session, conversation, step["number"], now),))
    found = codes.read(text)
    if found is None:
        return None
    code, shown = found
    outcome = await identity.verify_ticket_code(
        session,
        conversation_id=conversation.id,
        address=conversation.address,
        code=code,
        now=now,
        limits=services.identity_limits,
    )
    match outcome:
        case TicketOpened():
            conversation.identity_step = None
            enter = {"name": step["intent"], "entities": step["entities"]}
            return Consumed(shown, (Words("utter_ticket_opened"),), enter)
        case Wrong(attempts_left):
            return Consumed(
                shown, (Words("utter_identity_wrong_code", {"left": attempts_left}, _ways(services)),)
            )
        case Expired():
            return Consumed(shown, (Words("utter_ticket_expired", offers=_ways(services)),))
        case Locked(until):
            conversation.identity_step = None
            return Consumed(shown, (codes.locked(services, until),))


def _kind(number: str) -> str:
    """The prefix of a whole number; '' for anything else."""
    found = _WHOLE.fullmatch(number)
    return found[1] if found else ""


def _sent(services: Services) -> Words:
    return Words("utter_ticket_sent", offers=_ways(services))


def _ways(services: Services) -> tuple[Offer, ...]:
    return (codes.again(services), codes.leave(services), codes.human(services))
