"""The project's own knowledge base is clean, and every fault that can be planted in it is found."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge import numbers
from knowledge.check import problems

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def _found(folder: Path, today: date = TODAY) -> str:
    return "\n".join(str(problem) for problem in problems(folder, ROOT / "domain", today))


def test_the_knowledge_base_is_clean() -> None:
    assert problems(today=TODAY) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "products/AXZJ.md",
            "90天，从合同生效次日起算；",
            "97天，从合同生效次日起算；",
            "number 97 stands neither",
        ),
        (
            "products/AXZJ.md",
            "waiting_days: 90",
            "waiting_days: 180",
            "waiting_days 180 is not in its clause",
        ),
        ("products/AXZJ.md", "cites: 5.1 5.2\n", "cites: 5.1 5.9\n", "cites 'AXZJ.5.9'"),
        ("products/AXZJ.md", "看第5.2条：要有影像", "看第5.8条：要有影像", "names 第5.8条"),
        (
            "products/AXZJ.md",
            "next: 我要交费 /pay_premium",
            "next: 我要交费 /pay_all",
            "'pay_all', which is no intent",
        ),
        (
            "products/AXZJ.md",
            "因意外伤害引起的没有等待期。\n具体",
            "这种病一定能赔。\n具体",
            "promises_payout",
        ),
        (
            "products/KXYL.md",
            "最终以理赔审核为准。\n\n## 生病住院",
            "\n## 生病住院",
            "speaks of a claim without",
        ),
        (
            "products/SXYW.md",
            "aliases: [随行,",
            "aliases: [随行, 安心守护,",
            "alias '安心守护' also belongs to",
        ),
        (
            "products/HJDS.md",
            "answers: ask_renewal",
            "answers: ask_price",
            "no default section answers ask_renewal",
        ),
        (
            "products/LYBX.md",
            'version: "2026.1"\n',
            'version: "2026.1"\neffective_until: 2026-06-30\n',
            "no version of",
        ),
        ("products/HJDS.md", "title: 合家", "titel: 合家", "lacks 'title'"),
        (
            "guides/claims.md",
            "四步：报案、交材料、审核、付款。\n",
            "四步：\n报案、\n交材料、\n审核、\n付款。\n",
            "more than 5 lines",
        ),
        (
            "glossary.yml",
            "宽限期是到了交费日没交",
            "宽限期有77天，是到了交费日没交",
            "number 77 stands neither",
        ),
        ("topics.yml", "offer: [KXYL, AXZJ, SXYW, CXSY]", "offer: [KXYL, GONE]", "offers 'GONE'"),
    ],
)
def test_a_planted_fault_is_found(copy: Path, file: str, old: str, new: str, reason: str) -> None:
    path = copy / file
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    assert reason in _found(copy)


def test_overlapping_versions_are_found(copy: Path) -> None:
    older = (copy / "products" / "AJJC.md").read_text(encoding="utf-8")
    (copy / "products" / "AJJC-2025.md").write_text(
        older.replace('version: "2026.1"', 'version: "2025.1"').replace("2026-01-01", "2025-01-01"),
        encoding="utf-8",
    )
    assert "version 2025.1 overlaps version 2026.1" in _found(copy)


def test_two_sections_of_one_name_are_refused(copy: Path) -> None:
    path = copy / "guides" / "contact.md"
    path.write_text(path.read_text(encoding="utf-8").replace("{#branch}", "{#phone}"), encoding="utf-8")
    assert "'contact.phone' stands there twice" in _found(copy)


def test_a_wording_that_breaks_the_rules_is_found(copy: Path, tmp_path: Path) -> None:
    domain = tmp_path / "domain"
    shutil.copytree(ROOT / "domain", domain)
    (domain / "x.yml").write_text("responses:\n  utter_x:\n    - text: 我们包赔。\n", encoding="utf-8")
    assert "utter_x: promises_payout" in "\n".join(map(str, problems(copy, domain, TODAY)))


def test_numbers_are_read_in_figures_and_in_numerals() -> None:
    assert numbers.arabic("第3.2条：90天，1,560元，赔30%") == {Decimal(90), Decimal(1560), Decimal(30)}
    assert {Decimal(30), Decimal(60), Decimal(105)} <= numbers.every("三十日、六十日、一百零五")
    assert numbers.clauses("见第3.2、5.2条和第7.1条") == {"3.2", "5.2", "7.1"}


def test_a_glossary_of_few_terms_is_found(copy: Path) -> None:
    path = copy / "glossary.yml"
    head, _, terms = path.read_text(encoding="utf-8").partition("terms:\n")
    few = terms.split("  - term: ")[:60]
    path.write_text(f"{head}terms:\n{'  - term: '.join(few)}", encoding="utf-8")
    (copy / "asked.yml").write_text("agent.who: [谁在管我的保单]\n", encoding="utf-8")
    assert "explains 59 terms, fewer than 80" in _found(copy)
