"""Signs in a complaint that raise its priority and call a person; tags only, they refuse nothing."""

from __future__ import annotations

from datetime import date

from actions.speech import phrase
from actions.turn import CallBack, HandOver, Turn
from records import complaints, customers
from records.complaints import Complaint

REPEATED = "repeated"
ELDERLY = "elderly"
_OFTEN = 2


async def signals_in(turn: Turn, told: str) -> set[str]:
    """What shows in the customer's words, and what the records know: complaints before, and their age."""
    found = turn.context.signals.recognise(told)
    customer_id = turn.identity.customer_id
    if customer_id is None:
        return found
    if len(await complaints.complaints_of(turn.session, customer_id)) >= _OFTEN:
        found.add(REPEATED)
    person = await customers.customer(turn.session, customer_id)
    if person is not None and _age(person.id_number, turn.today) >= turn.context.settings.elderly_age:
        found.add(ELDERLY)
    return found


def call_a_person(turn: Turn, complaint: Complaint) -> None:
    """Asks for a specialist at once where a signal wants it; while nobody is at the desk, for a call back."""
    if not turn.context.signals.call_a_person(complaint.signals):
        return
    labels = "、".join(turn.context.signals.labels(complaint.signals))
    summary = phrase("handover_complaint", number=complaint.number, signals=labels)
    if turn.desk_open:
        turn.effects.append(HandOver("complaint", "complaint", complaint.priority, summary))
    else:
        turn.effects.append(CallBack("complaint", complaint.contact, summary))


def _age(id_number: str, today: date) -> int:
    """Whole years, from the birthday in a resident identity number; 0 for any other document."""
    if len(id_number) != 18 or not id_number[6:14].isdigit():
        return 0
    born = id_number[6:14]
    return today.year - int(born[:4]) - (f"{today:%m%d}" < born[4:])
