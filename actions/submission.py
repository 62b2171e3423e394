"""What a filled draft becomes: a request, a claim report or a complaint ticket, with number and date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rasa_sdk.executor import CollectingDispatcher

from actions import questions, written
from actions.answers import YES
from actions.complaint_merge import category_of
from actions.drafts import ON_FILE, Draft, newest
from actions.human import out_of_hours
from actions.reading import read_name, read_past_date, read_policy_number
from actions.speech import button, human_button, payload, phrase, say
from actions.turn import HandOver, Turn
from knowledge.answers import Button
from knowledge.catalogue import FieldType, Record, ServiceKind, fill
from records import claims, complaints, customers, sms
from records.calendar import add_working_days, business_date, last_day
from records.request_steps import became, complete, flag_open, submit
from records.requests import ServiceRequest
from records.words import state_text

ACTOR = "customer"
PHONE_CHANGED = "phone_changed"
"""Flag of a request about money while payments are paused after a change of phone."""


async def submit_draft(
    dispatcher: CollectingDispatcher, turn: Turn, draft: Draft, *, opening: str = ""
) -> None:
    """Registers a finished draft, says its number and what follows, hands over where the kind wants it."""
    kind = draft.kind
    if draft.ticket is not None:
        await _add_to_complaint(dispatcher, turn, draft, draft.ticket)
        return
    number, due = await _register(turn, draft)
    lines = [
        fill(kind.texts.done, questions.values(turn, number=number, due=due, documents=_documents(kind)))
    ]
    if opening:
        lines.insert(0, opening)
    if kind.money and (until := await paused_until(turn)) is not None:
        lines.append(phrase("utter_money_pause", until=written.day(until)))
    buttons = await _afterwards(turn, kind)
    if kind.transfer is not None and kind.transfer.applies(draft.answers):
        transfer = kind.transfer
        summary = phrase("handover_summary", title=kind.title, number=number, story=_story(draft))
        if turn.desk_open:
            turn.effects.append(HandOver(transfer.reason, transfer.skill, transfer.priority, summary))
        else:
            lines.append(await out_of_hours(turn, transfer.reason, summary))
    say(dispatcher, "\n".join(lines), buttons=buttons)


async def _add_to_complaint(dispatcher: CollectingDispatcher, turn: Turn, draft: Draft, number: str) -> None:
    complaint = await complaints.complaint_by_number(turn.session, number)
    if complaint is None:
        raise LookupError(f"complaint {number} was there a turn ago")
    facts = "\n".join(part for part in (_story(draft), draft.answers.get("wanted")) if part)
    await complaints.add_facts(turn.session, complaint, facts, actor=ACTOR, now=turn.now)
    await became(turn.session, draft.request, number, actor=ACTOR, now=turn.now)
    text = phrase("utter_complaint_added", number=number, due=written.day(complaint.due_on))
    say(dispatcher, text, buttons=await _afterwards(turn, draft.kind))


async def submit_partly(dispatcher: CollectingDispatcher, turn: Turn, draft: Draft) -> None:
    """Registers what is known of an unfinished draft, if anything, before a person takes over."""
    if not _story(draft):
        return
    number, due = await _register(turn, draft)
    say(dispatcher, phrase("utter_registered_partly", title=draft.kind.title, number=number, due=due))


def tell_open(dispatcher: CollectingDispatcher, turn: Turn, request: ServiceRequest) -> None:
    """Leads to the request of the same kind and policy that is still open."""
    services = turn.context.services
    text = phrase(
        "utter_request_already_open",
        title=services.title(request.kind),
        number=request.number or "",
        state=state_text(request.state),
    )
    say(dispatcher, text, buttons=[button("progress", "check_request"), human_button()])


def due_on(turn: Turn, kind: ServiceKind) -> date | None:
    """The last day of the kind's deadline, counted from today; None when it is done at once."""
    if kind.deadline.setting is None:
        return None
    days = int(getattr(turn.context.settings, kind.deadline.setting))
    return add_working_days(turn.today, days) if kind.deadline.working_days else last_day(turn.today, days)


async def _register(turn: Turn, draft: Draft) -> tuple[str, str]:
    due = due_on(turn, draft.kind)
    match draft.kind.record:
        case Record.COMPLAINT:
            number = await _complaint(turn, draft)
        case Record.CLAIM:
            number = await _claim(turn, draft)
        case Record.REQUEST:
            number = await _request(turn, draft, due)
    return number, written.day(due) if due else ""


async def _request(turn: Turn, draft: Draft, due: date | None) -> str:
    request = await submit(
        turn.session,
        draft.request,
        actor=ACTOR,
        now=turn.now,
        due_on=due,
        contact=await _contact(turn, draft),
        flags=[PHONE_CHANGED] if draft.kind.money and await paused_until(turn) else [],
    )
    if not draft.kind.review:
        await _carry_out(turn, draft)
        await complete(turn.session, request, actor=ACTOR, now=turn.now)
    return request.number or ""


async def _carry_out(turn: Turn, draft: Draft) -> None:
    """Changes the contact data at once and tells the number that was replaced."""
    if turn.identity.customer_id is None or turn.identity.level < draft.kind.level:
        raise PermissionError(f"{draft.kind.kind} needs identity level {draft.kind.level}")
    asked = {field.key for field in draft.kind.asked(draft.answers)}
    given = {key: draft.answers.get(key) for key in ("phone", "email", "address") if key in asked}
    change = await customers.change_contact(
        turn.session,
        turn.identity.customer_id,
        actor=ACTOR,
        now=turn.now,
        phone=given.get("phone"),
        email=given.get("email"),
        address=given.get("address"),
    )
    if "phone" in change.changed and change.old_phone:
        text = phrase("sms_phone_changed")
        await sms.queue_notice(turn.session, phone=change.old_phone, text=text, now=turn.now)
    if "phone" in change.changed:
        money = turn.context.services.money_kinds
        await flag_open(turn.session, turn.identity.customer_id, money, PHONE_CHANGED, now=turn.now)


async def paused_until(turn: Turn) -> date | None:
    """The day until which money is not paid out because the phone was changed; None when it is not paused."""
    if turn.identity.customer_id is None:
        return None
    person = await customers.customer(turn.session, turn.identity.customer_id)
    if person is None or person.phone_changed_at is None:
        return None
    until = last_day(business_date(person.phone_changed_at), turn.context.settings.phone_change_pause_days)
    return until if until > turn.today else None


async def _complaint(turn: Turn, draft: Draft) -> str:
    answers = draft.answers
    complaint = await complaints.create_complaint(
        turn.session,
        category=category_of(draft),
        facts=_story(draft),
        wish=answers.get("wanted", ""),
        contact=await _contact(turn, draft),
        customer_id=turn.identity.customer_id,
        conversation_id=turn.conversation_id,
        answer_days=turn.context.settings.complaint_days,
        now=turn.now,
    )
    await became(turn.session, draft.request, complaint.number, actor=ACTOR, now=turn.now)
    return complaint.number


async def _claim(turn: Turn, draft: Draft) -> str:
    answers = draft.answers
    policy_text = answers.get("policy_number", "")
    report = await claims.report_claim(
        turn.session,
        happened=_story(draft),
        now=turn.now,
        conversation_id=turn.conversation_id,
        customer_id=turn.identity.customer_id,
        policy_text=read_policy_number(policy_text) or policy_text,
        insured_name=read_name(policy_text),
        happened_when=answers.get("event_on") or _iso(read_past_date(draft.said, turn.today)),
        injured=answers["injured"] == YES if answers.get("injured") else None,
        phone=await _contact(turn, draft),
    )
    await became(turn.session, draft.request, report.number, actor=ACTOR, now=turn.now)
    return report.number


def _story(draft: Draft) -> str:
    """What the customer told, in their own words, with the chosen kind of matter in front."""
    told = [
        draft.text_of(field)
        for field in draft.kind.fields
        if field.type is FieldType.TEXT and (field.prepend or field.derive) and field.key != "policy_number"
    ]
    words = "\n".join(one for one in told if one) or draft.said
    labels = [
        option.label
        for field in draft.kind.asked(draft.answers)
        if field.type is FieldType.CHOICE and (option := field.option(draft.answers.get(field.key, "")))
    ]
    if not labels:
        return words
    return phrase("story", label=labels[0], words=words)


async def _contact(turn: Turn, draft: Draft) -> str | None:
    phone = draft.answers.get("phone")
    return await questions.phone_on_file(turn) if phone == ON_FILE else phone or None


def _documents(kind: ServiceKind) -> str:
    return "、".join(kind.documents)


async def _afterwards(turn: Turn, kind: ServiceKind) -> list[Button]:
    buttons = []
    if (other := await newest(turn)) is not None:
        title = phrase("button_resume", title=other.kind.title)
        buttons.append(Button(title, payload("resume_service", draft=other.id)))
    return [*buttons, button("progress", _PROGRESS[kind.record]), human_button()]


_PROGRESS: Mapping[Record, str] = {
    Record.REQUEST: "check_request",
    Record.CLAIM: "check_claim",
    Record.COMPLAINT: "check_complaint",
}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
