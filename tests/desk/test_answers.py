"""What a customer filled in, as specialists read it."""

from __future__ import annotations

from typing import Any

from desk import views
from gateway.services import Services
from records.requests import ServiceRequest


def _filled(services: Services, kind: str, answers: dict[str, Any]) -> dict[str, str]:
    return views.filled(services, ServiceRequest(kind=kind, answers=answers, contact="13800001001"))


async def test_answers_are_words_in_the_order_asked_and_masked(services: Services) -> None:
    filled = _filled(services, "change_contact", {"phone": "13900002222", "item": "phone"})
    assert list(filled.items()) == [("要改的项目", "手机号"), ("新手机号", "139****2222")]


async def test_yes_is_a_word(services: Services) -> None:
    assert _filled(services, "report_claim", {"injured": "yes"}) == {"是否有人受伤": "是"}


async def test_a_policy_is_masked(services: Services) -> None:
    filled = _filled(services, "request_reinstatement", {"policy": "P202200010004"})
    assert filled == {"要恢复的保单": "P2022****0004"}


async def test_a_skipped_answer_and_a_kind_nobody_knows_show_nothing(services: Services) -> None:
    assert _filled(services, "change_contact", {"email": ""}) == {}
    assert _filled(services, "of_yesterday", {"email": "a@example.com"}) == {}


async def test_the_effect_of_every_kind_is_a_sentence_without_gaps(services: Services) -> None:
    kinds = services.context.services.kinds
    shown = {name: views.effect_of(services, kind, None) for name, kind in kinds.items()}
    assert "官网在线客服" in shown["change_bank_account"]
    assert not [name for name, effect in shown.items() if "{" in effect]
