"""What a service file's formulas come to: rules an answer must keep, the table shown before confirming."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from actions import written
from actions.age_correction import corrected_premium
from actions.answers import OPEN_END
from actions.drafts import Draft
from actions.policy_facts import Facts, age, born_on, facts_of, settings_of
from actions.speech import phrase
from actions.turn import Turn
from knowledge.catalogue import fill
from knowledge.expressions import Unknown, Value
from knowledge.service_field import FieldType, ServiceField
from knowledge.service_kind import EstimateLine, Unit
from records.policies import Policy, policies_of

_PLAIN = ("days", "age", "claims", "youngest", "oldest", "factor")
"""Facts whose name holds one of these are plain numbers; other numbers are money."""


async def known(turn: Turn, draft: Draft, **more: str) -> Facts:
    """Facts of the draft's policy, settings and the answers, `more` among them, as formulas take them."""
    facts = settings_of(turn)
    answers = {**draft.answers, **more}
    for field in draft.kind.asked({**draft.known, **more}):
        if answers.get(field.key):
            facts |= _answer(field, answers[field.key], turn.today)
    if (policy := await _policy(turn, draft)) is not None:
        facts |= (await facts_of(turn, [policy]))[policy.id]
        if (corrected := await corrected_premium(turn, policy, facts)) is not None:
            facts["corrected_premium"] = corrected
    return facts


async def _policy(turn: Turn, draft: Draft) -> Policy | None:
    customer = turn.identity.customer_id
    own = await policies_of(turn.session, customer) if customer is not None else []
    return next((policy for policy in own if policy.id == draft.request.policy_id), None)


def _answer(field: ServiceField, value: str, today: date) -> Facts:
    match field.type:
        case FieldType.AMOUNT:
            return {field.key: Decimal(value)}
        case FieldType.DATE if value != OPEN_END:
            day = date.fromisoformat(value)
            return {field.key: day, f"{field.key}_age": Decimal(age(day, today))}
        case FieldType.ID_NUMBER if born := born_on(value):
            return {field.key: value, f"{field.key}_age": Decimal(age(born, today))}
        case FieldType.CHOICE if (option := field.option(value)) and option.factor:
            return {field.key: value, f"{field.key}_factor": Decimal(option.factor)}
    return {field.key: value}


def texts(facts: Mapping[str, Value]) -> dict[str, str]:
    """Facts as a sentence names them: money in yuan, days written out."""
    return {name: _text(name, value) for name, value in facts.items()}


def _text(name: str, value: Value) -> str:
    match value:
        case date():
            return written.day(value)
        case Decimal() if any(part in name for part in _PLAIN):
            return f"{value.normalize():f}"
        case Decimal():
            return written.money(value)
    return str(value)


async def refusal(turn: Turn, draft: Draft, field: ServiceField, value: str) -> str:
    """Why an answer cannot be taken, by the first of the file's rules it breaks; '' when it keeps all."""
    facts = await known(turn, draft, **{field.key: value}) if field.rules else {}
    rule = next((rule for rule in field.rules if not rule.holds.holds(facts)), None)
    return fill(rule.refused, {**turn.context.settings.values(), **texts(facts)}) if rule is not None else ""


async def table(turn: Turn, draft: Draft) -> list[str]:
    """The effect on premium or money, a line each, and that it is an estimate; days alone are no estimate."""
    estimate = draft.kind.estimate
    if estimate is None:
        return []
    facts = await known(turn, draft)
    shown = [(entry, line) for entry in estimate.lines if (line := _line(entry, facts))]
    lines = [line for _, line in shown]
    if not any(entry.unit is Unit.MONEY for entry, _ in shown):
        return lines
    note = phrase("estimate_note", note=estimate.note) if estimate.note else phrase("estimate_note_plain")
    return [phrase("estimate_head"), *lines, note]


def _line(entry: EstimateLine, facts: Facts) -> str:
    if entry.when is not None and not entry.when.holds(facts):
        return ""
    try:
        value = entry.value.value(facts)
    except Unknown:
        return ""
    return phrase("form_line", label=entry.label, value=_written(value, entry.unit))


def _written(value: Value, unit: Unit) -> str:
    match value:
        case date():
            return written.day(value)
        case Decimal() if unit is Unit.DAYS:
            return phrase("number_of_days", days=f"{value:.0f}")
        case Decimal():
            return written.money(value)
    return str(value)
