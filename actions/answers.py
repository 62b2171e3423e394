"""Reads one field's answer from what was heard, by the field's type."""

from __future__ import annotations

from datetime import date

from actions import reading
from actions.drafts import ON_FILE, RESEND, SKIPPED, Draft
from actions.heard import Heard
from knowledge.catalogue import FieldType, ServiceField

YES = "yes"
NO = "no"
MIN_TEXT = 2


def read_value(field: ServiceField, heard: Heard, draft: Draft) -> str | None:
    """The value as it is kept; SKIPPED for an optional field passed over, None when there is no such value.

    Policies are read elsewhere, because that needs the records.
    """
    value = typed_value(field, heard.words, draft.today, waits_for_code=draft.pending is not None)
    if value is None and not field.required and reading.says_skip(heard.text):
        return SKIPPED
    return value


def typed_value(field: ServiceField, text: str, today: date, *, waits_for_code: bool = False) -> str | None:
    """The value of the field's own type in the words."""
    match field.type:
        case FieldType.CHOICE:
            return choice(field, text)
        case FieldType.PHONE:
            if field.on_file and reading.read_phone(text) is None and reading.means_on_file(text):
                return ON_FILE
            if field.prove:
                return reading.read_mobile(text) or (_code_or_resend(text) if waits_for_code else None)
            return reading.read_phone(text)
        case FieldType.EMAIL:
            return reading.read_email(text)
        case FieldType.ADDRESS:
            return reading.read_address(text)
        case FieldType.NAME:
            return reading.read_name(text)
        case FieldType.DATE:
            day = reading.read_past_date(text, today)
            return day.isoformat() if day else None
        case FieldType.AMOUNT:
            amount = reading.read_amount(text)
            return str(amount) if amount is not None else None
        case FieldType.YESNO:
            said = reading.read_yes_no(text)
            return None if said is None else (YES if said else NO)
        case FieldType.TEXT:
            if not field.required and reading.says_skip(text):
                return SKIPPED
            return text if len(text) >= MIN_TEXT else None
        case FieldType.POLICY:
            return text or None


def _code_or_resend(text: str) -> str | None:
    return reading.read_code(text) or (RESEND if reading.says_resend(text) else None)


def choice(field: ServiceField, text: str) -> str | None:
    """The first option the text says."""
    return next((option.value for option in field.options if option.meant_in(text)), None)
