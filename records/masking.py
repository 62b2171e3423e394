"""Hiding personal data: identity, phone, card and policy numbers, names and e-mail addresses.

`mask_text` works on free text and on logs. It does not ask whether a number is valid: every run of eleven or
more digits is hidden, except UUIDs (turn ids), and the numbers of requests, tickets and applications.
"""

from __future__ import annotations

import logging
import re

HIDDEN = "*"
_LONG = 11
_JOIN = r"[ \t\u00a0\u3000\-‐-―－_·．.]{0,3}"

_UUID = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z])", re.IGNORECASE
)
_TICKET = re.compile(r"(?<![0-9A-Za-z])(?:BQ|TS|CLM|RW|T)20\d{2}\d{8}(?!\d)")
_POLICY = re.compile(r"(?<![0-9A-Za-z])P[A-Z]{0,3}\d{12,20}(?!\d)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]+)@((?:[\w-]+\.)+\w+)")
_DIGITS = re.compile(rf"\+?\d(?:{_JOIN}\d){{{_LONG - 1},}}(?:{_JOIN}[Xx])?")
_KEPT = re.compile(
    rf"({_UUID.pattern})|({_TICKET.pattern})|({_POLICY.pattern})|({_DIGITS.pattern})", re.IGNORECASE
)

_PHONE = re.compile(r"1[3-9]\d{9}")
_ID_LENGTHS = (15, 18)
_CARD_LENGTHS = (16, 17, 19)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"


def mask_id(number: str) -> str:
    """First and last character; the last six identify a person to the bot, so they stay hidden."""
    return (
        number[:1] + HIDDEN * max(len(number) - 2, 0) + number[-1:]
        if len(number) > 2
        else HIDDEN * len(number)
    )


def mask_phone(number: str) -> str:
    """138****1001"""
    return number[:3] + HIDDEN * 4 + number[-4:] if len(number) >= _LONG else HIDDEN * len(number)


def mask_card(number: str) -> str:
    """Bank card: its last four digits."""
    return HIDDEN * 4 + number[-4:] if len(number) > 8 else HIDDEN * len(number)


def mask_policy(number: str) -> str:
    """The letters with the year, and the last four digits, so that a customer knows their own."""
    letters = re.match(r"[A-Za-z]*\d{0,4}", number)
    head = letters.group() if letters else ""
    hidden = len(number) - len(head) - 4
    return head + HIDDEN * hidden + number[-4:] if hidden > 0 else HIDDEN * len(number)


def mask_name(name: str) -> str:
    """王*明, 赵*: the given name is hidden but for its last character."""
    if len(name) <= 1:
        return HIDDEN * len(name)
    return name[0] + HIDDEN * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "")


def mask_email(address: str) -> str:
    return _EMAIL.sub(lambda found: f"{found[1][0]}{HIDDEN * 3}@{found[2]}", address)


def _plain(run: str) -> str:
    return "".join(
        str(int(char)) if char.isdigit() else "X" for char in run if char.isdigit() or char in "Xx"
    )


def _mask_run(run: str) -> str:
    plain = _plain(run)
    if _PHONE.fullmatch(plain):
        return mask_phone(plain)
    if len(plain) in _ID_LENGTHS:
        return mask_id(plain)
    if len(plain) in _CARD_LENGTHS:
        return mask_card(plain)
    return HIDDEN * len(plain)


def _mask_found(found: re.Match[str]) -> str:
    uuid_, ticket, policy, run = found.groups()
    if uuid_ or ticket:
        return found.group()
    return mask_policy(policy) if policy else _mask_run(run)


def mask_text(text: str) -> str:
    """The text with every personal number and e-mail address hidden."""
    return mask_email(_KEPT.sub(_mask_found, text))


def valid_id(number: str) -> bool:
    """Whether a resident identity number of 18 places has the right check character (GB 11643)."""
    if not re.fullmatch(r"\d{17}[\dXx]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECK[total % 11] == number[17].upper()


def valid_card(number: str) -> bool:
    """Whether a card number of 16 to 19 digits passes the Luhn check."""
    if not re.fullmatch(r"\d{16,19}", number):
        return False
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    return (sum(map(int, number[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def holds_personal_number(text: str) -> bool:
    """Whether the text holds a valid identity, phone or card number."""
    for found in _KEPT.finditer(text):
        run = found.groups()[-1]
        if run and (_PHONE.fullmatch(plain := _plain(run)) or valid_id(plain) or valid_card(plain)):
            return True
    return False


class MaskingFilter(logging.Filter):
    """Masks what a log record says, traceback included; put it on every handler."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask_text(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_text(record.exc_text)
        if record.stack_info:
            record.stack_info = mask_text(record.stack_info)
        return True
