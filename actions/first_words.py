"""What the message that starts a request already says, so that nothing is asked twice."""

from __future__ import annotations

import re

from actions.answers import typed_value
from actions.heard import Heard
from actions.reading import read_plate, read_policy_number, tidy
from actions.secrets import hide
from actions.turn import Turn
from knowledge.service_field import OWN, SECRET, FieldType, ServiceField
from knowledge.service_kind import ServiceKind

MIN_SUBSTANCE = 4
MAX_SAID = 200
_EMPTY_WORDS = re.compile(
    r"你好|您好|请问|麻烦|帮忙|帮我|我想|我要|我|你们?|您|要|想|给|一下|登记|申请|办理|办|报案|投诉|举报|告知|通知|"
    r"风险变更|风险|变更|理赔|有个?|事情?|的|了|吗|呢|啊|吧|呀|怎么|请|和|就|这|那|，|。|！|？|[,.!?\s]"
)


def said(now: Turn, kind: ServiceKind, heard: Heard) -> str:
    """The words to be kept, without numbers that the log keeps only as a mark."""
    words = heard.words
    for field in kind.fields:
        words = hide(now, field, words) if field.type in SECRET else words
    return words[:MAX_SAID]


def derive(now: Turn, kind: ServiceKind, heard: Heard) -> dict[str, str]:
    """What the first message already answers, by field key; values that came with a button go first."""
    found: dict[str, str] = {}
    for field in kind.fields:
        if not field.applies(found):
            continue
        value = _given(now, field, heard) if heard.is_button else None
        if value is None and field.derive:
            value = _derived(now, field, heard)
        if value is not None:
            found[field.key] = value
    return found


def substance(text: str) -> str:
    """What a sentence says besides that something shall be done."""
    return _EMPTY_WORDS.sub("", tidy(text))


def _given(now: Turn, field: ServiceField, heard: Heard) -> str | None:
    """A value that came with the button, if it is one the field takes."""
    value = heard.entity(field.key)
    if value is None or field.type in OWN:
        return None
    return value if field.option(value) is not None else typed_value(field, value, now.today)


def _derived(now: Turn, field: ServiceField, heard: Heard) -> str | None:
    words = heard.words
    if field.type is FieldType.TEXT:
        if field.key == "policy_number":
            return heard.entity("policy_number") or read_policy_number(words) or read_plate(words)
        return words if len(substance(words)) >= MIN_SUBSTANCE else None
    return typed_value(field, words, now.today)
