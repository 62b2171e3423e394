"""How the service form asks: questions with reason and buttons, the summary, what to change."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from actions import effect, own_choice, policy_choice, written
from actions.answers import NO, OPEN_END, YES
from actions.complaint_merge import open_complaint
from actions.drafts import CONFIRM, MERGE, ON_FILE, OTHER_PHONE, RESEND, SKIPPED, Draft
from actions.heard import ANSWER
from actions.speech import MAX_BUTTONS, button, payload, phrase, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from knowledge.catalogue import fill
from knowledge.service_field import OWN, FieldType, ServiceField
from knowledge.service_kind import ServiceKind
from knowledge.wording import PLACEHOLDER
from records import customers
from records.complaints import Complaint
from records.masking import mask_card, mask_id, mask_phone
from records.policies import policies_of, policy_detail
from records.words import state_text

SUBMIT = "submit"
CHANGE_BUTTON = "change"

Question = tuple[str, list[Button]]


def values(turn: Turn, **more: object) -> Mapping[str, object]:
    """What a service text may name in braces."""
    return {**turn.context.settings.values(), **more}


async def question(turn: Turn, draft: Draft, step: str) -> Question:
    """What to say for a step, with its buttons and the way to a person."""
    if step == CONFIRM:
        return await _summary(turn, draft)
    if step == MERGE and (complaint := await open_complaint(turn, draft)) is not None:
        return _same_complaint(complaint)
    if step.startswith("_"):
        return _what_to_change(draft)
    field = draft.kind.field(step)
    if draft.pending:
        return _code(draft.pending)
    lines = [await _told(turn, draft, field.question), await _told(turn, draft, field.why)]
    if field.type is FieldType.CHOICE and len(field.options) >= MAX_BUTTONS:
        labels = "、".join(option.label for option in field.options)
        lines.insert(1, phrase("form_choices", labels=labels))
    return "\n".join(line for line in lines if line), with_way_out(await _buttons(turn, draft.kind, field))


async def _told(turn: Turn, draft: Draft, text: str) -> str:
    """The text with settings filled in, and with facts of the policy where it names any."""
    told = values(turn)
    if set(PLACEHOLDER.findall(text)) - set(told):
        told = values(turn, **effect.texts(await effect.known(turn, draft)))
    return fill(text, told)


async def shown(turn: Turn, draft: Draft, field: ServiceField) -> str:
    """An answer as the customer sees it in the summary."""
    value = draft.answers.get(field.key, SKIPPED)
    if not value:
        return phrase("form_skipped")
    match field.type:
        case FieldType.CHOICE:
            option = field.option(value)
            return option.label if option else value
        case FieldType.YESNO:
            return phrase("form_yes" if value == YES else "form_no")
        case FieldType.CONSENT:
            return phrase("form_agreed")
        case FieldType.DATE:
            return phrase("form_open_end") if value == OPEN_END else written.day_text(value)
        case FieldType.AMOUNT:
            return written.money(Decimal(value))
        case FieldType.ID_NUMBER:
            return mask_id(value)
        case FieldType.BANK_CARD:
            return mask_card(value)
        case FieldType.PHONE if value == ON_FILE:
            return phrase("form_phone_kept", phone=mask_phone(await phone_on_file(turn) or ""))
        case FieldType.PHONE if field.prove:
            return mask_phone(value)
        case FieldType.POLICY:
            return await _policy_text(turn, value)
        case FieldType.TEXT if field.own_policies:
            return await _policy_text(turn, value)
        case FieldType.TEXT:
            return draft.text_of(field)
        case _:
            return value


async def phone_on_file(turn: Turn) -> str | None:
    """The phone the insurer has for the customer, if the customer is known and it still reaches them."""
    if turn.identity.customer_id is None:
        return None
    person = await customers.customer(turn.session, turn.identity.customer_id)
    return person.phone if person is not None and not person.phone_unusable else None


async def _buttons(turn: Turn, kind: ServiceKind, field: ServiceField) -> list[Button]:
    """What can be chosen instead of written; an optional field can always be passed over."""
    offered = await _values(turn, kind, field)
    if field.required:
        return offered
    return [*offered[: MAX_BUTTONS - 2], answer_button(phrase("button_skip"), SKIPPED)]


async def _values(turn: Turn, kind: ServiceKind, field: ServiceField) -> list[Button]:
    if field.type in OWN:
        found = await own_choice.options(turn, kind, field)
        return [answer_button(one.title, one.number) for one in found]
    match field.type:
        case FieldType.CHOICE:
            return [answer_button(option.label, option.value) for option in field.options]
        case FieldType.YESNO:
            return [answer_button(phrase("form_yes"), YES), answer_button(phrase("form_no"), NO)]
        case FieldType.CONSENT:
            return [answer_button(phrase("button_agree"), YES), answer_button(phrase("button_disagree"), NO)]
        case FieldType.DATE if field.open_end:
            return [answer_button(phrase("form_open_end"), OPEN_END)]
        case FieldType.PHONE if field.on_file and (phone := await phone_on_file(turn)):
            return [answer_button(phrase("form_phone_on_file", phone=mask_phone(phone)), ON_FILE)]
        case FieldType.TEXT if field.own_policies:
            return await _own_policies(turn)
        case _:
            return []


async def _own_policies(turn: Turn) -> list[Button]:
    """Buttons for the policies with cover of a known customer."""
    if turn.identity.customer_id is None:
        return []
    own = await policies_of(turn.session, turn.identity.customer_id)
    return [answer_button(policy_choice.title(one), one.number) for one in own if one.covered]


async def _summary(turn: Turn, draft: Draft) -> Question:
    lines = [fill(draft.kind.texts.summary, values(turn))]
    for field in draft.answered():
        lines.append(phrase("form_line", label=field.label, value=await shown(turn, draft, field)))
    if left := draft.left_open():
        lines.append(phrase("form_left_open", labels="、".join(field.label for field in left)))
    lines += await effect.table(turn, draft)
    if draft.kind.effect:
        lines.append(await _told(turn, draft, draft.kind.effect))
    buttons = [
        answer_button(phrase("button_submit"), SUBMIT),
        answer_button(phrase("button_change"), CHANGE_BUTTON),
    ]
    return "\n".join(lines), with_way_out([*buttons, button("leave", "cancel")])


def _same_complaint(complaint: Complaint) -> Question:
    text = phrase(
        "form_same_complaint",
        number=complaint.number,
        state=state_text(complaint.state),
        due=written.day(complaint.due_on),
    )
    buttons = [
        answer_button(phrase("button_add_to_complaint"), YES),
        answer_button(phrase("button_another_complaint"), NO),
    ]
    return text, with_way_out(buttons)


def _what_to_change(draft: Draft) -> Question:
    fields = [*draft.answered(), *draft.left_open()]
    labels = "、".join(field.label for field in fields)
    buttons = [answer_button(field.label, field.key) for field in fields]
    return phrase("form_what_to_change", labels=labels), with_way_out(buttons)


def _code(phone: str) -> Question:
    buttons = [
        answer_button(phrase("button_resend"), RESEND),
        answer_button(phrase("button_other_phone"), OTHER_PHONE),
    ]
    return phrase("form_code", phone=mask_phone(phone)), with_way_out(buttons)


async def _policy_text(turn: Turn, number: str) -> str:
    if turn.identity.customer_id is None:
        return number
    policy = await policy_detail(turn.session, turn.identity.customer_id, number)
    return policy_choice.title(policy) if policy is not None else number


async def about(turn: Turn, draft: Draft) -> list[str]:
    """Which own record it is about, where that is settled and no summary says it at once."""
    field = draft.kind.own_field
    if field is None or not draft.answers.get(field.key) or draft.next_step() == CONFIRM:
        return []
    return [phrase("form_about", what=await shown(turn, draft, field))]


def resume(draft: Draft) -> Button:
    """A button that goes on with a draft that was left."""
    return Button(phrase("button_resume", title=draft.kind.title), payload("resume_service", draft=draft.id))


def answer_button(title: str, value: str) -> Button:
    """A button that answers what the form asked."""
    return Button(title, payload("inform", **{ANSWER: value}))
