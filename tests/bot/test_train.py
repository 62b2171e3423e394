"""Training: what is assembled, when nothing is done, and what stops it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.assemble import assemble, start_rules
from bot.train import main
from bot.vocabulary import product_names, terms
from tests.bot.conftest import FIXTURE, ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURE, tmp_path / "project")
    return tmp_path / "project"


def digest(project: Path) -> str:
    return assemble(project, project.parent / "work").digest


def test_every_kind_and_intent_gets_a_start_rule() -> None:
    kinds = [
        {"kind": "move", "intents": ["a", "b"]},
        {"kind": "more", "intents": ["b"]},
        {"kind": "inner", "intents": []},
    ]
    rules = start_rules(kinds)
    assert [rule["steps"][0]["intent"] for rule in rules] == ["a", "b"]
    assert rules[0]["steps"][1:] == [
        {"action": "action_start_service"},
        {"action": "service_form"},
        {"active_loop": "service_form"},
    ]


def test_a_new_kind_brings_its_rule_and_its_intent(project: Path) -> None:
    (project / "knowledge" / "services" / "moving.yml").write_text(
        "kind: moving\nintents: [transfer_policy]\nfields: [{key: new_city}]\n"
    )
    assembled = assemble(project, project.parent / "work")
    rules = yaml.safe_load((assembled.data / "generated_rules.yml").read_text(encoding="utf-8"))["rules"]
    domain = yaml.safe_load((assembled.domain / "generated.yml").read_text(encoding="utf-8"))
    assert {rule["steps"][0]["intent"] for rule in rules} == {"change_contact", "transfer_policy"}
    assert domain["intents"] == ["transfer_policy"]
    assert "new_city" in domain["entities"]


def test_names_and_terms_come_from_knowledge(project: Path) -> None:
    glossary = "terms:\n  - {term: 犹豫期, words: [冷静期], plain: x}\n"
    (project / "knowledge" / "glossary.yml").write_text(glossary, encoding="utf-8")
    names = product_names(project / "knowledge")
    assert names == sorted(["安心守护重大疾病保险（2026版）", "安心守护重大疾病保险", "安心守护", "重疾险"])
    assert terms(project / "knowledge") == sorted(
        ["安心守护重大疾病保险", "安心守护", "重疾险", "犹豫期", "冷静期"]
    )


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("data/nlu.yml", "      - 又一句\n"),
        ("domain/domain.yml", "\n# changed\n"),
        ("config.yml", "\n# changed\n"),
        ("knowledge/services/change_contact.yml", "more: 1\n"),
    ],
)
def test_the_digest_follows_what_the_model_is_made_from(project: Path, file: str, more: str) -> None:
    before = digest(project)
    assert digest(project) == before
    path = project / file
    old = path.read_text(encoding="utf-8")
    path.write_text(old.replace("kind: change_contact", "kind: change_of_contact") + more, encoding="utf-8")
    assert digest(project) != before


def test_the_digest_does_not_depend_on_what_answers_say(project: Path) -> None:
    before = digest(project)
    path = project / "knowledge" / "products" / "axzj.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n等待期改为一百天。\n", encoding="utf-8")
    assert digest(project) == before


def test_an_unchanged_project_is_not_trained_again(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = model.stat().st_mtime_ns
    out = model.parent
    assert main(["--root", str(FIXTURE), "--out", str(out), "--work", str(out / "work")]) == 0
    assert capsys.readouterr().out == f"unchanged {model}\n"
    assert model.stat().st_mtime_ns == before


def test_a_lost_annotation_stops_the_training(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "data" / "nlu.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("[王小明](", "[王小明 ]("), encoding="utf-8")
    out = project.parent / "models"
    assert main(["--root", str(project), "--out", str(out), "--work", str(project.parent / "work")]) == 1
    assert "begins or ends with white space" in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_contradicting_rules_stop_the_training(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "data" / "rules.yml"
    more = "\n  - rule: against it\n    steps:\n      - intent: affirm\n      - action: action_answer\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    out = project.parent / "models"
    assert main(["--root", str(project), "--out", str(out), "--work", str(project.parent / "work")]) == 1
    assert "Contradicting rules" in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_the_fixture_uses_the_pipeline_of_the_project() -> None:
    ours, theirs = (
        yaml.safe_load((root / "config.yml").read_text(encoding="utf-8")) for root in (ROOT, FIXTURE)
    )
    assert ours == theirs
