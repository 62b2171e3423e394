"""What the insurer's letters say: the endorsement slip of a request, the decision on a complaint.

The words stand in `domain/letters.yml`. A letter goes to the customer, so nothing in it is masked.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from actions.written import day
from desk import views
from desk.errors import WrongState
from desk.pdf import Letter
from desk.request_view import SLIPPED
from gateway.services import Services
from records.calendar import business_date
from records.complaints import Complaint
from records.customers import Customer
from records.policies import Policy
from records.requests import RequestState, ServiceRequest
from records.staff import Staff
from records.words import state_text


async def endorsement_slip(session: AsyncSession, services: Services, item: ServiceRequest) -> Letter:
    """The slip (批单) of an approved request about a policy; WrongState for any other."""
    policy = item.policy
    if item.state not in SLIPPED or policy is None:
        raise WrongState(state=state_text(item.state))
    say = services.wording.say
    title = views.title_of(services, item)
    approved_on = _approved_on(item)
    kind = services.context.services.kinds.get(item.kind)
    effect = views.effect_of(services, kind, policy)
    sections = [(say("letter_slip_effect"), effect)] if effect else []
    sections.append((say("letter_slip_note_heading"), say("letter_slip_note")))
    return Letter(
        sender=say("letter_sender"),
        title=say("letter_slip_title"),
        reference=say("letter_reference", number=item.number),
        greeting=say("letter_greeting", name=policy.holder.name),
        opening=say("letter_slip_opening", title=title, policy=policy.number, day=day(approved_on)),
        rows=[*_contract(services, policy), *_changed(services, item)],
        sections=sections,
        signature=await _signature(session, services, item.handler_id, approved_on),
        footer=say("letter_footer"),
    )


async def decision_letter(session: AsyncSession, services: Services, complaint: Complaint) -> Letter:
    """The written decision on a complaint with what the customer can do against it; WrongState before one."""
    if complaint.decided_on is None or not complaint.decision:
        raise WrongState(state=state_text(complaint.state))
    say = services.wording.say
    owner = await session.get(Customer, complaint.customer_id) if complaint.customer_id else None
    sections = [(say("letter_decision_facts"), complaint.facts)]
    if complaint.wish:
        sections.append((say("letter_decision_wish"), complaint.wish))
    sections += [
        (say("letter_decision_decision"), complaint.decision),
        (say("letter_decision_remedies_heading"), say("letter_decision_remedies")),
    ]
    return Letter(
        sender=say("letter_sender"),
        title=say("letter_decision_title"),
        reference=say("letter_reference", number=complaint.number),
        greeting=say("letter_greeting", name=owner.name) if owner else say("letter_greeting_nameless"),
        opening=say(
            "letter_decision_opening",
            day=day(business_date(complaint.received_at)),
            category=state_text(complaint.category),
        ),
        rows=[],
        sections=sections,
        signature=await _signature(session, services, complaint.handler_id, complaint.decided_on),
        footer=say("letter_footer"),
    )


def _contract(services: Services, policy: Policy) -> list[tuple[str, str]]:
    say = services.wording.say
    return [
        (say("letter_slip_policy"), policy.number),
        (say("letter_slip_product"), policy.product.name),
        (say("letter_slip_holder"), policy.holder.name),
        (say("letter_slip_insured"), policy.insured.name),
    ]


def _changed(services: Services, item: ServiceRequest) -> list[tuple[str, str]]:
    """What was asked for, as the customer filled it in."""
    title = (services.wording.say("letter_slip_item"), views.title_of(services, item))
    return [title, *views.filled(services, item, masked=False).items()]


def _approved_on(item: ServiceRequest) -> date:
    return business_date(
        next(event.at for event in reversed(item.events) if event.to_state is RequestState.APPROVED)
    )


async def _signature(
    session: AsyncSession, services: Services, handler_id: int | None, on: date
) -> list[str]:
    say = services.wording.say
    person = await session.get(Staff, handler_id) if handler_id is not None else None
    lines = [say("letter_sender")]
    if person is not None:
        lines.append(say("letter_handler", name=person.name, number=person.number))
    return [*lines, day(on)]
