"""Writes a draft into the records: a request, a claim report, a complaint ticket, or more of an open one."""

from __future__ import annotations

from datetime import date, timedelta

from actions import complaint_signals, consent, questions, written
from actions.answers import YES
from actions.complaint_merge import category_of
from actions.days import read_past_date
from actions.drafts import ON_FILE, Draft
from actions.reading import read_name, read_policy_number
from actions.speech import phrase
from actions.turn import Turn
from knowledge.service_field import FieldType
from knowledge.service_kind import Record, ServiceKind
from records import claims, complaint_steps, complaints, customers, filing, sms, tasks
from records.calendar import add_working_days, business_date, last_day, start_of_day
from records.complaints import Complaint
from records.policies import policy_detail, stop_auto_renewal
from records.request_steps import became, complete, flag_open, submit

ACTOR = "customer"
_SENT_SHORTLY_BEFORE = timedelta(hours=2)
PHONE_CHANGED = "phone_changed"
"""Flag of a request about money while payments are paused after a change of phone."""


async def register(turn: Turn, draft: Draft) -> tuple[str, str]:
    """Registers a finished draft; its number, and the written day it is due, '' when done at once."""
    due = due_on(turn, draft.kind)
    match draft.kind.record:
        case Record.COMPLAINT:
            number, due = await _complaint(turn, draft)
            await became(turn.session, draft.request, number, actor=ACTOR, now=turn.now)
        case Record.CLAIM:
            number = await _claim(turn, draft)
            await became(turn.session, draft.request, number, actor=ACTOR, now=turn.now)
        case Record.REQUEST:
            number = await _request(turn, draft, due)
    await _bring_files(turn, draft, number)
    return number, written.day(due) if due else ""


async def register_so_far(turn: Turn, draft: Draft) -> tuple[str, str]:
    """Registers what an unfinished draft holds. A ticket's draft stays open, so that the rest can follow."""
    if draft.kind.record is Record.REQUEST:
        return await register(turn, draft)
    due = due_on(turn, draft.kind)
    if draft.kind.record is Record.COMPLAINT:
        number, due = await _complaint(turn, draft)
    else:
        number = await _claim(turn, draft)
    await draft.was_opened_as(number)
    await _bring_files(turn, draft, number)
    return number, written.day(due) if due else ""


async def _bring_files(turn: Turn, draft: Draft, number: str) -> None:
    """Photos sent while the form was open, or shortly before, go along with what it became."""
    place = await filing.place_of(turn.session, number)
    if place is None:
        raise LookupError(f"There is no matter {number}, though it was just registered.")
    await filing.bring_along(
        turn.session,
        place,
        draft_id=draft.request.id,
        conversation_id=turn.conversation_id,
        since=turn.now - _SENT_SHORTLY_BEFORE,
        now=turn.now,
        consent_missing=await consent.missing(turn.context, turn.session, place),
    )


async def add_to_complaint(turn: Turn, draft: Draft, number: str) -> Complaint:
    """Adds the draft's story to an open ticket and ends the draft."""
    complaint = await _open_ticket(turn, number)
    facts = "\n".join(part for part in (story(draft), draft.answers.get("wanted")) if part)
    await complaint_steps.add_facts(turn.session, complaint, facts, actor=ACTOR, now=turn.now)
    await became(turn.session, draft.request, number, actor=ACTOR, now=turn.now)
    return complaint


def due_on(turn: Turn, kind: ServiceKind) -> date | None:
    """The last day of the kind's deadline, counted from today; None when it is done at once."""
    if kind.deadline.setting is None:
        return None
    days = int(getattr(turn.context.settings, kind.deadline.setting))
    return add_working_days(turn.today, days) if kind.deadline.working_days else last_day(turn.today, days)


async def _request(turn: Turn, draft: Draft, due: date | None) -> str:
    request = await submit(
        turn.session,
        draft.request,
        actor=ACTOR,
        now=turn.now,
        due_on=due,
        working_days=draft.kind.deadline.working_days,
        contact=await _contact(turn, draft),
        flags=[PHONE_CHANGED] if draft.kind.money and await paused_until(turn) else [],
    )
    if not draft.kind.review:
        await _carry_out(turn, draft)
        await complete(turn.session, request, actor=ACTOR, now=turn.now)
    return request.number or ""


async def _carry_out(turn: Turn, draft: Draft) -> None:
    """Does at once what needs no review."""
    customer_id = turn.identity.customer_id
    if customer_id is None or turn.identity.level < draft.kind.level:
        raise PermissionError(f"{draft.kind.kind} needs identity level {draft.kind.level}")
    if draft.kind.policy_field is None:
        await _change_contact(turn, draft, customer_id)
        return
    number = draft.answers[draft.kind.policy_field.key]
    policy = await policy_detail(turn.session, customer_id, number)
    if policy is None:
        raise LookupError("The policy of a draft is no longer the customer's own.")
    await stop_auto_renewal(turn.session, policy, actor=ACTOR, now=turn.now)


async def _change_contact(turn: Turn, draft: Draft, customer_id: str) -> None:
    """Changes the contact data and tells the number that was replaced."""
    asked = {field.key for field in draft.kind.asked(draft.answers)}
    given = {key: draft.answers.get(key) for key in ("phone", "email", "address") if key in asked}
    change = await customers.change_contact(
        turn.session,
        customer_id,
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
        await flag_open(turn.session, customer_id, money, PHONE_CHANGED, now=turn.now)


async def paused_until(turn: Turn) -> date | None:
    """The day until which money is not paid out because the phone was changed; None when it is not paused."""
    if turn.identity.customer_id is None:
        return None
    person = await customers.customer(turn.session, turn.identity.customer_id)
    if person is None or person.phone_changed_at is None:
        return None
    until = last_day(business_date(person.phone_changed_at), turn.context.settings.phone_change_pause_days)
    return until if until > turn.today else None


async def _complaint(turn: Turn, draft: Draft) -> tuple[str, date]:
    """The ticket's number and the statutory day; a ticket opened earlier from this draft is completed."""
    wish, contact = draft.answers.get("wanted", ""), await _contact(turn, draft)
    if draft.opened is not None:
        complaint = await _open_ticket(turn, draft.opened)
        await complaint_steps.fill_in(
            turn.session,
            complaint,
            category=category_of(draft),
            facts=story(draft),
            wish=wish,
            contact=contact,
            actor=ACTOR,
            now=turn.now,
        )
        return complaint.number, complaint.due_on
    told = f"{draft.said}\n{story(draft)}\n{wish}"
    signals = await complaint_signals.signals_in(turn, told)
    priority = turn.context.signals.priority(signals)
    complaint = await complaint_steps.create_complaint(
        turn.session,
        category=category_of(draft),
        facts=story(draft),
        signals=signals,
        priority=priority,
        wish=wish,
        contact=contact,
        customer_id=turn.identity.customer_id,
        conversation_id=turn.conversation_id,
        answer_days=turn.context.settings.complaint_days,
        now=turn.now,
    )
    complaint_signals.call_a_person(turn, complaint)
    return complaint.number, complaint.due_on


async def _open_ticket(turn: Turn, number: str) -> Complaint:
    complaint = await complaints.complaint_by_number(turn.session, number)
    if complaint is None:
        raise LookupError(f"There is no complaint {number}, though a draft names it.")
    return complaint


async def _claim(turn: Turn, draft: Draft) -> str:
    """The report's number; a report registered earlier from this draft is completed."""
    answers = draft.answers
    policy = answers.get("policy_number", "")
    policy_text, insured = read_policy_number(policy) or policy, read_name(policy)
    when = answers.get("event_on") or _iso(read_past_date(draft.said, turn.today))
    injured = answers["injured"] == YES if answers.get("injured") else None
    phone = await _contact(turn, draft)
    if draft.opened is not None:
        report = await claims.report_by_number(turn.session, draft.opened)
        if report is None:
            raise LookupError(f"There is no claim report {draft.opened}, though a draft names it.")
        await claims.fill_in(
            turn.session,
            report,
            happened=story(draft),
            policy_text=policy_text,
            insured_name=insured,
            happened_when=when,
            injured=injured,
            phone=phone,
        )
        for task in await tasks.open_tasks(turn.session, about=report.number):
            if task.kind == claims.REPORT_TASK:
                task.detail = {"phone": report.phone, "note": report.happened}
        return report.number
    report = await claims.report_claim(
        turn.session,
        happened=story(draft),
        now=turn.now,
        conversation_id=turn.conversation_id,
        customer_id=turn.identity.customer_id,
        policy_text=policy_text,
        insured_name=insured,
        happened_when=when,
        injured=injured,
        phone=phone,
    )
    await _have_them_called(turn, draft, report)
    return report.number


async def _have_them_called(turn: Turn, draft: Draft, report: claims.ClaimReport) -> None:
    """A claims colleague promised to call, by the hour of the day at which promises are kept."""
    by = due_on(turn, draft.kind) or turn.today
    await tasks.create(
        turn.session,
        kind=claims.REPORT_TASK,
        title=phrase("utter_task_claim_report", number=report.number),
        due_at=start_of_day(by) + timedelta(hours=turn.context.settings.callback_hour),
        skill="claim",
        about=report.number,
        promised=True,
        conversation_id=turn.conversation_id,
        customer_id=turn.identity.customer_id,
        detail={"phone": report.phone, "note": report.happened},
        now=turn.now,
        actor="bot",
    )


def story(draft: Draft) -> str:
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


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
