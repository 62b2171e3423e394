"""A one-time code as customers type it, and what is said about one; for the steps that wait for a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway import buttons
from gateway.buttons import Offer
from gateway.services import Services
from gateway.speech import Words

_CODE = re.compile(r"^\D{0,8}(\d{4,8})\D{0,6}$")
_NO_CODE = re.compile(r"(没|未|木)有?(收到|来)|重发|再发|重新发")
_LEAVE = frozenset({"取消", "算了", "不核对了", "不用了", "先不核对", "不查了"})
_MARK = "［验证码］"


@dataclass(frozen=True)
class Consumed:
    """A step took the message: how the log shows it, what to say, and the intent to re-enter Rasa with."""

    shown: str
    replies: tuple[Words, ...]
    enter: dict[str, Any] | None = None


def read(text: str) -> tuple[str, str] | None:
    """The code in a message, and the message as the log may show it; None without one."""
    found = _CODE.match(text.replace(" ", ""))
    return (found[1], text.replace(" ", "").replace(found[1], _MARK)) if found else None


def none_came(text: str) -> bool:
    """Whether the customer says that no code arrived, or wants another one."""
    return _NO_CODE.search(text) is not None


def leaves(text: str) -> bool:
    """Whether the customer does not want to prove anything after all."""
    return text.strip(" 。.!！") in _LEAVE


def locked(services: Services, until: datetime) -> Words:
    """That nothing can be proven before a moment, and what works all the same."""
    local = until.astimezone(ZoneInfo(services.settings.timezone))
    return Words("utter_identity_locked", {"until": f"{local:%H:%M}"})


def again(services: Services) -> Offer:
    return Offer(services.wording.say("utter_button_resend_code"), command=buttons.RESEND_CODE)


def leave(services: Services) -> Offer:
    return Offer(services.wording.say("utter_button_leave_identity"), command=buttons.LEAVE_IDENTITY)


def human(services: Services) -> Offer:
    return Offer(services.wording.say("utter_button_human"), payload="/request_human")
