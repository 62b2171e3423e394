"""What a message means inside the service form: an answer, a correction, a way out, or something else.

Decided by the kind of the field that was asked and by the intent. Free text swallows nearly everything,
because what customers tell reads like questions and complaints; typed fields take only what fits them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.answers import NO, YES, read_value
from actions.drafts import CHANGE, CONFIRM, MERGE, Draft
from actions.heard import ANSWER, Heard
from actions.reading import asks, read_mobile, read_plate, read_policy_number, read_yes_no, tidy
from knowledge.service_field import OWN, FieldType, ServiceField

TYPED_CONFIDENCE = 0.4
FREE_TEXT_CONFIDENCE = 0.6
SHORT = 20
OUTBURST = 8
"""Longest exclamation, in characters; what is longer tells something."""
OTHER = "other"
"""The option of a choice that other words count as."""
MIN_OTHER = 5
_VALUES_ONLY = {"inform", "affirm", "deny", "nlu_fallback", "cancel", ""}
_HUMAN = re.compile(
    r"^(?:我?要?(?:转接?|找|接)?)?(?:到|个)?(?:人工|真人|专员|客服|活人|坐席)(?:客服|服务|专员)?[吧啊呀谢]*[!！。.~～?？]*$|^rg$|^转人$",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    r"^(?:那?就?(?:算了|取消|退出|不办了?|不弄了?|不改了?|不报了?|不投诉了?|不填了?|先不办了?|先不弄了?|停止|结束|不用办了?|不想办了?|改天再说|下次再说))"
    r"[吧啊呀哦了]*[。.!！~～]*$"
)
_CORRECTION = re.compile(
    r"^(?:不对|不是|错了|错啦|说错了?|写错了?|打错了?|填错了?|我说错了?|我写错了?|等等|等一下|更正|应该是|改一下|要改|修改)"
    r"[了啦啊呀]?[,，。.!！:：;；\s]*(?:是|应该是|改成|换成|改为)?"
)
_CORRECTION_IN_TEXT = re.compile(
    r"^(?:不对|错了|错啦|说错了?|写错了?|打错了?|填错了?|我说错了?|我写错了?|更正)"
    r"[了啦啊呀]?(?:$|[,，。.!！:：;；\s]+(?:是|应该是|改成|换成|改为)?)"
)
_HOW = re.compile(
    r"(?:怎么|咋|如何)(?:填|写|选|答)|(?:填|写|选)(?:什么|啥|哪)|不会(?:填|写)|(?:什么|啥|哪个)意思|指(?:什么|啥|谁)"
)
_WANTS = re.compile(r"^(?:那?我(?:还|也)?(?:要|想)|帮我|给我)")


@dataclass(frozen=True)
class Answered:
    """An answer to what was asked, read into its value."""

    value: str


@dataclass(frozen=True)
class Corrected:
    """Another value for a field; `value` is None when only the wish to change it was said."""

    field: ServiceField | None
    value: str | None


@dataclass(frozen=True)
class AsksHow:
    """How a field is filled in, or what it means."""

    field: ServiceField


@dataclass(frozen=True)
class WantsHuman:
    pass


@dataclass(frozen=True)
class Leaves:
    pass


@dataclass(frozen=True)
class Digresses:
    """A question or another wish; its own rule answers and the form goes on afterwards."""


@dataclass(frozen=True)
class Unclear:
    """Neither an answer that fits nor anything else."""


Move = Answered | Corrected | AsksHow | WantsHuman | Leaves | Digresses | Unclear


def says_human(text: str) -> bool:
    """Whether the words ask for a person and nothing else."""
    return bool(_HUMAN.match(tidy(text)))


def decide(draft: Draft, heard: Heard) -> Move:
    """What the message means, given what was asked last."""
    if heard.is_button:
        return _chosen(heard)
    text = tidy(heard.text)
    if (asked := _asks_how(draft, text)) is not None:
        return AsksHow(asked)
    short = len(text) <= SHORT
    if says_human(text) or (
        short and heard.intent == "request_human" and heard.confidence >= FREE_TEXT_CONFIDENCE
    ):
        return WantsHuman()
    if _CANCEL.match(text) or (
        short
        and heard.intent == "cancel"
        and heard.confidence >= FREE_TEXT_CONFIDENCE
        and not _takes_no(draft)
    ):
        return Leaves()
    if correction := _correction(draft, text, heard):
        return correction
    field = draft.field
    if field is None:
        return _about_the_whole(draft, heard)
    if _digresses(draft, field, heard):
        return Digresses()
    value = read_value(field, heard, draft)
    if value is not None:
        return Answered(value)
    if _is_elsewhere(draft, heard):
        return Digresses()
    other = field.type is FieldType.CHOICE and field.option(OTHER) and len(text) >= MIN_OTHER
    return Answered(OTHER) if other else Unclear()


def _asks_how(draft: Draft, text: str) -> ServiceField | None:
    """The field whose way of filling in is asked for: the one named, else the one asked last."""
    if len(text) > SHORT or not _HOW.search(text):
        return None
    named = (field for field in draft.kind.asked(draft.known) if field.label in text)
    field = next(named, draft.field)
    return field if field is not None and field.hint else None


def _chosen(heard: Heard) -> Move:
    answer = heard.entity(ANSWER)
    if answer is not None:
        return Answered(answer)
    if heard.intent == "request_human":
        return WantsHuman()
    return Leaves() if heard.intent == "cancel" else Digresses()


def _takes_no(draft: Draft) -> bool:
    return draft.asking == CONFIRM or (draft.field is not None and draft.field.type is FieldType.YESNO)


def _correction(draft: Draft, text: str, heard: Heard) -> Corrected | None:
    field = draft.field
    free = field is not None and field.type is FieldType.TEXT
    found = (_CORRECTION_IN_TEXT if free else _CORRECTION).match(text)
    if found is None or (field is not None and field.type is FieldType.YESNO):
        return None
    rest = text[found.end() :].strip()
    if not rest:
        return None if field is not None and not draft.answered() else Corrected(None, None)
    waits = field is not None and field.type is FieldType.PHONE and draft.pending
    if waits and (phone := read_mobile(rest)):
        return Corrected(field, phone)
    for answered in reversed(draft.answered()):
        if answered.type in OWN and (read_policy_number(rest) or read_plate(rest)):
            return Corrected(answered, rest)
        told = answered.type is FieldType.TEXT or answered.type in OWN
        if told or (free and answered.type is FieldType.CHOICE):
            if answered.label in rest:
                return Corrected(answered, None)
            continue
        value = read_value(answered, heard.saying(rest), draft)
        if value is not None and value != draft.answers[answered.key]:
            return Corrected(answered, value)
        if answered.label in rest:
            return Corrected(answered, None)
    return None


def _about_the_whole(draft: Draft, heard: Heard) -> Move:
    agrees = read_yes_no(heard.text)
    if draft.asking == MERGE:
        return _merges(heard.text, agrees)
    if draft.asking == CHANGE and agrees is False:
        return Answered(NO)
    if draft.asking == CONFIRM and agrees is not None:
        return Answered("submit" if agrees else "change")
    shown = (*draft.answered(), *draft.left_open())
    if named := next((field for field in shown if field.label in heard.text), None):
        open_words = named.type is FieldType.TEXT or named.type in OWN
        return Corrected(named, None if open_words else read_value(named, heard, draft))
    if draft.asking == CONFIRM and heard.intent in {"affirm", "deny"}:
        return Answered("submit" if heard.intent == "affirm" else "change")
    return Digresses() if _is_elsewhere(draft, heard) else Unclear()


def _merges(text: str, agrees: bool | None) -> Move:
    if agrees is None and re.search("另|不同|别的|新的", text):
        agrees = False
    if agrees is None and re.search("同一|一样|补充", text):
        agrees = True
    return Unclear() if agrees is None else Answered(YES if agrees else NO)


def _digresses(draft: Draft, field: ServiceField, heard: Heard) -> bool:
    """Whether words that could be taken as an answer are a question or another wish instead."""
    if field.type not in {FieldType.TEXT, FieldType.ADDRESS, FieldType.NAME}:
        return False
    if len(heard.text) > SHORT or heard.confidence < FREE_TEXT_CONFIDENCE:
        return False
    if heard.intent == "express_emotion":
        return len(heard.text) <= OUTBURST
    if heard.intent.startswith("ask_") or heard.intent in {"bot_challenge", "repeat"}:
        return asks(heard.text)
    return _is_elsewhere(draft, heard) and bool(_WANTS.match(heard.text))


def _is_elsewhere(draft: Draft, heard: Heard) -> bool:
    """Whether the intent is neither giving a value nor starting this very kind."""
    if heard.intent in _VALUES_ONLY or heard.intent in draft.kind.intents:
        return False
    return heard.confidence >= TYPED_CONFIDENCE
