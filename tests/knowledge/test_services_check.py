"""`baodan services check` and `table`: our own catalogue is whole, and each kind of fault is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue
from knowledge.services_check import problems
from knowledge.services_table import HEAD, table

ROOT = Path(__file__).parents[2]
KIND = "transfer_policy"
Edit = Callable[[str], str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One kind of the project with what the check reads."""
    services = tmp_path / "knowledge" / "services"
    services.mkdir(parents=True)
    shutil.copy(ROOT / "knowledge" / "services" / f"{KIND}.yml", services)
    for name in ("standard_fields.yml", "guard.yml"):
        shutil.copy(ROOT / "knowledge" / name, tmp_path / "knowledge")
    shutil.copytree(ROOT / "data" / "nlu", tmp_path / "data" / "nlu")
    flows = tmp_path / "tests" / "conversations" / "flows"
    flows.mkdir(parents=True)
    (flows / "some.txt").write_text(f"# {KIND}: a\n# {KIND}: b\n# {KIND}: c\n", encoding="utf-8")
    return tmp_path


def edit(project: Path, old: str, new: str) -> None:
    path = project / "knowledge" / "services" / f"{KIND}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_projects_own_catalogue_is_whole() -> None:
    assert problems(ROOT) == []


def test_a_whole_kind_has_no_problem(project: Path) -> None:
    assert problems(project) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("intents: [transfer_policy]\n", "", "nothing starts it"),
        ("intents: [transfer_policy]", "intents: [move_house]", "move_house has 0 training phrases"),
        ("level: 2", "words: [没有人这样说]\nlevel: 2", "its words are in 0 phrases"),
        ("sources:\n  - 《保险法》第二十条\n", "", "no source"),
        ("effect: 保障和保费都不变", "# 保障和保费都不变", "no effect"),
        ("holds: loan == 0", "holds: lone == 0", "names lone, which is no fact"),
        ("setting: service_working_days", "setting: someday", "someday, which is no setting"),
    ],
)
def test_each_fault_is_named_with_its_file(project: Path, old: str, new: str, fault: str) -> None:
    edit(project, old, new)
    assert any(fault in one and one.startswith(f"{KIND}.yml: ") for one in problems(project)), problems(
        project
    )


def test_two_conversations_are_not_enough(project: Path) -> None:
    flows = project / "tests" / "conversations" / "flows" / "some.txt"
    flows.write_text(f"# {KIND}: a\n# {KIND}: b\n", encoding="utf-8")
    [fault] = problems(project)
    assert "2 conversation tests" in fault


def test_the_table_shows_every_kind_in_as_many_cells_as_the_head() -> None:
    head, _, *rows = table(ROOT).splitlines()
    kinds = Catalogue.load(ROOT / "knowledge" / "services").kinds
    assert [row.split("`")[1] for row in rows] == list(kinds)
    assert {row.count(" | ") for row in [head, *rows]} == {len(HEAD) - 1}
    loan = next(row for row in rows if "`policy_loan`" in row)
    for part in ("button at ask_policy_loan", "贷款金额", "amount <= loan_limit", "被保险人书面同意书"):
        assert part in loan or part.replace("amount <= loan_limit", "不超过现金价值净额的80%") in loan
