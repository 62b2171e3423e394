"""Life first: signs of danger are seen, questions about clauses are not mistaken for them."""

from pathlib import Path

import pytest
import yaml

from knowledge.crisis import CrisisSigns
from knowledge.errors import InvalidKnowledge
from knowledge.wording import Wording

ROOT = Path(__file__).resolve().parents[2]
SENTENCES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "crisis_sentences.yml").read_text(encoding="utf-8")
)
SIGNS = CrisisSigns.load(ROOT / "knowledge" / "crisis.yml")
CRISES = [(kind, text) for kind, texts in SENTENCES.items() if kind != "none" for text in texts]


def test_there_are_enough_sentences_of_both_sorts() -> None:
    assert len(CRISES) >= 40
    assert len(SENTENCES["none"]) >= 40


@pytest.mark.parametrize(("kind", "text"), CRISES)
def test_a_crisis_is_recognised(kind: str, text: str) -> None:
    crisis = SIGNS.recognise(text)
    assert crisis is not None
    assert crisis.kind == kind


@pytest.mark.parametrize("text", SENTENCES["none"])
def test_a_question_is_no_crisis(text: str) -> None:
    assert SIGNS.recognise(text) is None


def test_every_response_exists() -> None:
    wording = Wording.load(ROOT / "domain")
    for kind, texts in SENTENCES.items():
        if kind != "none":
            crisis = SIGNS.recognise(texts[0])
            assert crisis is not None
            assert crisis.response in wording.names()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("groups: {a: ['(']}\nkinds: {}\n", "is no pattern"),
        ("groups: {}\nkinds: {danger: {response: r, rules: [{all: [lost]}]}}\n", "no group 'lost'"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "crisis.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match=reason):
        CrisisSigns.load(path)
