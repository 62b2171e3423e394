"""Reads one field's answer from what was heard, by the field's type, or says what is wrong with it."""

from __future__ import annotations

from datetime import date

from actions import days, people, reading
from actions.drafts import ON_FILE, RESEND, SKIPPED, Draft
from actions.heard import Heard
from knowledge.service_field import OWN, Days, FieldType, ServiceField
from records.masking import valid_id

YES = "yes"
NO = "no"
OPEN_END = "open"
"""Answer to a date field: without end."""
MIN_TEXT = 2
ID_LENGTH = 18

Problem = tuple[str, dict[str, str]]
"""Name of the response that says what is wrong, and its values."""


def read_value(field: ServiceField, heard: Heard, draft: Draft) -> str | None:
    """The value as it is kept; SKIPPED for an optional field passed over, None when there is no such value.

    Own records are read elsewhere, because that needs the database.
    """
    value = typed_value(field, heard.words, draft.today, waits_for_code=draft.pending is not None)
    if value is None and not field.required and reading.says_skip(heard.text):
        return SKIPPED
    return value


def typed_value(field: ServiceField, text: str, today: date, *, waits_for_code: bool = False) -> str | None:
    """The value of the field's own type in the words."""
    if field.type in OWN:
        return text or None
    match field.type:
        case FieldType.CHOICE:
            return choice(field, text)
        case FieldType.PHONE:
            if field.on_file and reading.read_phone(text) is None and reading.means_on_file(text):
                return ON_FILE
            if field.prove:
                return reading.read_mobile(text) or (_code_or_resend(text) if waits_for_code else None)
            return reading.read_phone(text)
        case FieldType.DATE:
            return _date(field, text, today)
        case FieldType.AMOUNT:
            amount = reading.read_amount(text)
            return str(amount) if amount is not None else None
        case FieldType.YESNO | FieldType.CONSENT:
            said = reading.read_yes_no(text)
            return None if said is None else (YES if said else NO)
        case FieldType.TEXT:
            if not field.required and reading.says_skip(text):
                return SKIPPED
            return text if len(text) >= MIN_TEXT else None
        case _:
            return _named(field, text)


def _named(field: ServiceField, text: str) -> str | None:
    """Values that name somebody or something."""
    match field.type:
        case FieldType.EMAIL:
            return reading.read_email(text)
        case FieldType.ADDRESS:
            return reading.read_address(text)
        case FieldType.ID_NUMBER:
            number = reading.read_id_number(text)
            return number if number and valid_id(number) else None
        case FieldType.BANK_CARD:
            return reading.read_bank_card(text)
        case FieldType.BENEFICIARIES:
            listed = people.read_beneficiaries(text)
            return listed if isinstance(listed, str) else None
        case _:
            return reading.read_name(text)


def _date(field: ServiceField, text: str, today: date) -> str | None:
    if field.open_end and reading.says_open_end(text):
        return OPEN_END
    read = days.read_past_date if field.days is Days.PAST else days.read_future_date
    day = read(text, today)
    return day.isoformat() if day else None


def _code_or_resend(text: str) -> str | None:
    return reading.read_code(text) or (RESEND if reading.says_resend(text) else None)


def choice(field: ServiceField, text: str) -> str | None:
    """The first option the text says."""
    return next((option.value for option in field.options if option.meant_in(text)), None)


def problem(field: ServiceField, text: str, today: date) -> Problem:
    """What is wrong with words that hold no value of the field's type, as precisely as can be told."""
    match field.type:
        case FieldType.DATE if days.names_impossible_day(text, today):
            return "form_no_such_day", {}
        case FieldType.DATE if field.days is Days.FUTURE:
            return ("form_day_over" if days.names_day(text) else "form_wrong_future_date"), {}
        case FieldType.DATE if days.names_day(text):
            return "form_day_to_come", {}
        case FieldType.ID_NUMBER if reading.read_id_number(text):
            return "form_wrong_check_digit", {}
        case FieldType.BENEFICIARIES:
            listed = people.read_beneficiaries(text)
            if isinstance(listed, people.Wrong):
                return listed.response, listed.values
    return f"form_wrong_{field.type}", {}
