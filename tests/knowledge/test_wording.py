"""Responses of the domain files are said with their placeholders filled."""

from pathlib import Path

import pytest

from knowledge.answers import Button
from knowledge.errors import InvalidKnowledge
from knowledge.settings import InsurerSettings
from knowledge.wording import Wording

ROOT = Path(__file__).resolve().parents[2]
GATEWAY = {
    "utter_ai_notice": {},
    "utter_button_stale": {},
    "utter_claimed": {"name": "何专员", "number": "1002"},
    "utter_closed": {},
    "utter_crisis_accident": {},
    "utter_crisis_danger": {},
    "utter_crisis_self_harm": {},
    "utter_error_empty": {},
    "utter_file_received": {},
    "utter_handed_back": {},
    "utter_identity_ask": {},
    "utter_identity_cancelled": {},
    "utter_identity_done": {},
    "utter_identity_expired": {},
    "utter_identity_format": {},
    "utter_identity_locked": {"until": "14:30"},
    "utter_identity_sent": {},
    "utter_identity_wrong_code": {"left": 4},
    "utter_only_symbols": {},
    "utter_queue_cancelled": {},
    "utter_queue_position": {"position": 2},
    "utter_queue_timeout": {},
    "utter_queue_waiting": {"position": 2},
    "utter_error_rate_limited": {},
    "utter_rating_request": {},
    "utter_error_too_long": {"limit": 2000},
    "utter_turn_failed": {},
    "utter_turn_failed_callback": {},
}


@pytest.fixture(scope="module")
def wording() -> Wording:
    settings = InsurerSettings.load(ROOT / "knowledge" / "settings.yml")
    return Wording.load(ROOT / "domain", settings.values())


@pytest.mark.parametrize(("name", "values"), GATEWAY.items())
def test_the_gateway_can_say_its_sentences(wording: Wording, name: str, values: dict[str, object]) -> None:
    text = wording.say(name, **values)
    assert text
    assert "{" not in text
    assert len(text.splitlines()) <= 5
    for value in values.values():
        assert str(value) in text


def test_hot_lines_come_from_the_settings(wording: Wording) -> None:
    text = wording.say("utter_crisis_self_harm")
    assert "12356" in text
    assert "110" in text
    assert wording.say("utter_crisis_self_harm", mental_health_hotline="99999").count("99999") == 1


def _write(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "a.yml", "responses:\n  utter_a:\n    - text: '{left}次'\n")
    wording = Wording.load(tmp_path)
    with pytest.raises(KeyError, match=r"utter_a.*\{left\}"):
        wording.say("utter_a")
    with pytest.raises(KeyError, match="utter_b"):
        wording.say("utter_b")
    assert wording.placeholders("utter_a") == {"left"}
    assert wording.say("utter_a", left=3) == "3次"


def test_buttons_keep_rasa_payloads(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "a.yml",
        "responses:\n  utter_a:\n    - text: 好\n"
        '      buttons:\n        - {title: 去, payload: \'/x{"y": "z"}\'}\n',
    )
    assert Wording.load(tmp_path).buttons("utter_a") == [Button("去", '/x{"y": "z"}')]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("responses:\n  utter_a:\n    - text: 再\n", "two files"),
        ("responses:\n  utter_b: []\n", "has no text"),
        ("responses:\n  utter_b:\n    - custom: {}\n", "has no text"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, second: str, reason: str) -> None:
    _write(tmp_path, "a.yml", "responses:\n  utter_a:\n    - text: 好\n")
    _write(tmp_path, "b.yml", second)
    with pytest.raises(InvalidKnowledge, match=reason):
        Wording.load(tmp_path)
