"""The lint: a sound project has no complaint, and each fault has its sentence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.lint.__main__ import main
from bot.lint.checks import FEWEST_EXAMPLES, complaints
from bot.lint.project import parse_example, read_project
from bot.nlu.spans import Span
from tests.bot.conftest import FIXTURE, ROOT

ACTIONS = """
NAMES = ["action_answer", "action_break", "action_affirmed", "action_start_service", "action_submit_service",
         "action_default_fallback", "validate_service_form", "utter_greet"]
"""
READINGS = "\n".join(
    f"{intent}: 问题{number}"
    for number, intent in enumerate(
        ["greet", "affirm", "ask_waiting_period", "change_contact", "cancel", "break_it", "loop_for_ever"]
    )
)
EXTRA = """
  - rule: turns
    steps:
      - intent: loop_for_ever
      - action: action_affirmed
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The fixture project made sound: enough examples, all actions and readings there."""
    root = tmp_path / "project"
    shutil.copytree(FIXTURE, root)
    (root / "actions").mkdir()
    (root / "actions" / "all.py").write_text(ACTIONS, encoding="utf-8")
    (root / "knowledge" / "readings.yml").write_text(READINGS, encoding="utf-8")
    edit(root / "data" / "rules.yml", lambda text: text + EXTRA)
    edit(root / "data" / "nlu.yml", _grown)
    edit(
        root / "domain" / "domain.yml",
        lambda text: text.replace(
            "entities: [product, phone, person_name]",
            "entities: [product, phone, person_name, email, id_number, policy_number, claim_number, "
            "request_number, bank_card, plate_number, vin, date, amount, percent, age, "
            "payment_frequency, payment_mode]",
        ),
    )
    return root


def _grown(text: str) -> str:
    """The NLU file with examples added to every intent until there are enough."""
    lines, intent, number = [], "", 0
    for line in text.splitlines():
        if line.strip().startswith("- intent:"):
            intent = line.split(":")[1].strip()
        lines.append(line)
        if line.strip().startswith("examples:"):
            for _ in range(FEWEST_EXAMPLES):
                number += 1
                lines.append(f"      - {intent}的第{number}个例子")
    return "\n".join(lines) + "\n"


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_sound_project_has_no_complaint(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert complaints(read_project(project)) == []
    assert main(["--root", str(project)]) == 0
    assert "0 complaints" in capsys.readouterr().out


FAULTS = {
    "two intents": (
        "data/nlu.yml",
        "- 没错",
        "- 在 吗？",
        "'在吗' stands in data/nlu.yml affirm and in data/nlu.yml greet",
    ),
    "twice": ("data/nlu.yml", "- 没错", "- 是的", "data/nlu.yml affirm: '是的' stands there 2 times"),
    "lost span": ("data/nlu.yml", "[王小明]", "[王小明 ]", "begins or ends with white space"),
    "undeclared intent": (
        "data/nlu.yml",
        "- intent: cancel",
        "- intent: cancle",
        "the intent is not declared",
    ),
    "undeclared entity": (
        "data/nlu.yml",
        "(person_name)",
        "(persona)",
        "entity persona is recognised or annotated",
    ),
    "missing reading": ("knowledge/readings.yml", "cancel: 问题4", "", "intent cancel: no question in"),
    "reading of nothing": (
        "knowledge/readings.yml",
        "cancel:",
        "cancle:",
        "knowledge/readings.yml: cancle is no intent",
    ),
    "no rule": (
        "data/rules.yml",
        "- intent: loop_for_ever",
        "- intent: greet",
        "intent loop_for_ever: no rule",
    ),
    "rule without action": (
        "data/rules.yml",
        "action: action_break",
        "action: action_brake",
        "action_brake is neither",
    ),
    "rule without intent": (
        "data/rules.yml",
        "intent: affirm",
        "intent: afirm",
        "the intent afirm is not declared",
    ),
    "rule without slot": (
        "data/rules.yml",
        "- requested_slot: null",
        "- wished: null",
        "the slot wished is not declared",
    ),
    "rule without form": (
        "data/rules.yml",
        "active_loop: service_form",
        "active_loop: form",
        "the form form is not",
    ),
    "form slot": (
        "domain/domain.yml",
        "required_slots: [service_answer]",
        "required_slots: [answer]",
        "its slot answer",
    ),
    "slot entity": (
        "domain/domain.yml",
        "entity: product",
        "entity: produce",
        "its entity produce is not declared",
    ),
    "slot form": (
        "domain/domain.yml",
        "active_loop: service_form",
        "active_loop: form",
        "its form form is not declared",
    ),
    "unimplemented": (
        "actions/all.py",
        '"action_answer"',
        '"action_anser"',
        "action action_answer is declared but not",
    ),
    "missing response": (
        "actions/all.py",
        '"utter_greet"',
        '"utter_great"',
        "the response utter_great is not declared",
    ),
    "button intent": (
        "actions/all.py",
        "NAMES",
        'payload = "/cancle"\nNAMES',
        "actions/all.py:2: the button's intent cancle",
    ),
    "button entity": (
        "actions/all.py",
        "NAMES",
        'payload = \'/cancel{"colour": "red"}\'\nNAMES',
        "the button's entity colour does not exist",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(project: Path, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    file, good, bad, says = FAULTS[fault]
    assert good in (project / file).read_text(encoding="utf-8")
    edit(project / file, lambda text: text.replace(good, bad, 1))
    found = complaints(read_project(project))
    assert [complaint for complaint in found if says in complaint], found
    assert main(["--root", str(project)]) == 1


def test_too_few_examples_are_named(project: Path) -> None:
    def without_the_added(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if "greet的第" not in line)

    edit(project / "data" / "nlu.yml", without_the_added)
    assert complaints(read_project(project)) == ["intent greet: 6 examples, at least 40 are needed"]


def test_a_promise_of_the_vocabulary_without_an_example_is_named(project: Path) -> None:
    (project / "docs").mkdir()
    page = "| intent | means |\n|---|---|\n| `greet` | |\n| `sing` | |\n\n"
    page += "| entity |\n|---|\n| `phone` |\n| `key` |\n"
    (project / "docs" / "vocabulary.md").write_text(page, encoding="utf-8")
    assert complaints(read_project(project)) == [
        "docs/vocabulary.md: the entity key has no example",
        "docs/vocabulary.md: the intent sing has no example",
    ]


def test_an_intent_that_nothing_leads_to_is_named(project: Path) -> None:
    edit(
        project / "domain" / "domain.yml",
        lambda text: text.replace("  - greet\n", "  - greet\n  - lonely\n", 1),
    )
    found = complaints(read_project(project))
    assert "intent lonely: neither an example nor a button leads to it" in found
    assert "intent lonely: no rule and no kind of service answers it" in found


def test_a_test_sentence_in_the_training_data_is_named(project: Path) -> None:
    (project / "tests" / "nlu").mkdir(parents=True)
    tests = 'version: "3.1"\nnlu:\n  - intent: cancel\n    examples: |\n      - 算了！\n      - 再说吧\n'
    (project / "tests" / "nlu" / "moves.yml").write_text(tests, encoding="utf-8")
    found = complaints(read_project(project))
    assert [
        complaint
        for complaint in found
        if "the test sentence '算了！' is also a training example" in complaint
    ]
    assert "intent cancel: 2 test sentences, at least 12 are needed" in found


@pytest.mark.parametrize(
    ("written", "text", "spans"),
    [
        ("等待期", "等待期", ()),
        (
            "[重疾险](product)和[车险](product:CXSY)",
            "重疾险和车险",
            (Span("product", 0, 3), Span("product", 4, 6)),
        ),
        ('住[北京]{"entity": "city", "value": "110000"}', "住北京", (Span("city", 1, 3),)),
        ('[王明][{"entity": "person_name"}]来', "王明来", (Span("person_name", 0, 2),)),
    ],
)
def test_annotations_are_read_as_rasa_reads_them(written: str, text: str, spans: tuple[Span, ...]) -> None:
    from rasa.shared.nlu.training_data.entities_parser import parse_training_example

    example = parse_example("greet", written, "here")
    assert (example.text, example.spans) == (text, spans)
    theirs = parse_training_example(written, "greet")
    assert theirs.get("text") == text
    assert tuple(Span(e["entity"], e["start"], e["end"]) for e in theirs.get("entities", [])) == spans


def test_this_project_has_no_complaint() -> None:
    assert complaints(read_project(ROOT)) == []
