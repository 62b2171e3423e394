from __future__ import annotations

import enum

import pytest

from records import models
from records.claims import ClaimState
from records.complaints import ComplaintCategory
from records.products import Frequency
from records.words import all_words, from_word, state_means, state_text

_WITHOUT_WORDS = {
    "GapReason",
    "MarkKind",
    "State",
    "DeliveryState",
    "Mode",
    "NumberKind",
    "Origin",
    "Outcome",
    "Scope",
    "SmsPurpose",
    "SmsState",
    "Source",
    "Topic",
    "Visibility",
}
"""Kinds nobody reads."""


def _enums() -> dict[str, type[enum.StrEnum]]:
    found = {}
    for name in models.__all__:
        for value in vars(getattr(models, name)).values():
            if isinstance(value, type) and issubclass(value, enum.StrEnum) and value is not enum.StrEnum:
                found[value.__name__] = value
    return found


def test_every_state_has_a_word_and_every_word_a_state() -> None:
    kinds = {name: kind for name, kind in _enums().items() if name not in _WITHOUT_WORDS}
    assert {name: {state.value for state in kind} for name, kind in kinds.items()} == {
        name: set(section) for name, section in all_words().items()
    }


@pytest.mark.parametrize(
    "section",
    ["PolicyState", "ApplicationState", "RequestState", "ClaimState", "ComplaintState", "PremiumState"],
)
def test_states_are_explained(section: str) -> None:
    assert all(words.means.endswith("。") for words in all_words()[section].values())


@pytest.mark.parametrize("section", sorted(all_words()))
def test_words_of_a_section_differ(section: str) -> None:
    words = [entry.word for entry in all_words()[section].values()]
    assert len(words) == len(set(words))


def test_closed_is_not_paid() -> None:
    assert state_text(ClaimState.CLOSED) == "已结案"
    assert "不等于到账" in state_means(ClaimState.CLOSED)


def test_a_word_leads_back_to_its_kind() -> None:
    assert from_word(Frequency, "月") is Frequency.MONTHLY
    assert from_word(ComplaintCategory, "续期收费") is ComplaintCategory.PREMIUM_COLLECTION
    with pytest.raises(KeyError, match="周"):
        from_word(Frequency, "周")
