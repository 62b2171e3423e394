"""A knowledge file is read as it is written, and refused with line and reason when it breaks the format."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.answers import Button
from knowledge.documents import Kind
from knowledge.errors import InvalidKnowledge
from knowledge.loader import read_file

FRONT = """---
kind: product
key: ABCD
title: 某某保险
label: 某某
version: "1"
effective_from: 2026-01-01
approver: 某组
aliases: [某某]
line: medical
facts: {waiting_days: 30}
---
"""
SECTION = """
# 第一部分

## 3.2 等待期 {#waiting}
answers: ask_waiting_period
words: 观察期 几时生效
default: yes
cites: 2.1 insurance_law.16
next: 看保什么 /ask_coverage

30天，请打{hotline}。
意外没有。

> 等待期30日。
>
> 意外伤害除外。
"""


def _read(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "ABCD.md"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_section_has_its_answer_and_its_text(tmp_path: Path) -> None:
    source, product, sections = read_file(_read(tmp_path, FRONT + SECTION), {"hotline": "400"})
    assert source.kind is Kind.PRODUCT
    assert source.effective_from == date(2026, 1, 1)
    assert product is not None
    assert product.facts == {"waiting_days": 30}
    [section] = sections
    assert section.id == "ABCD.waiting"
    assert section.clause == "第3.2条"
    assert section.short == "30天，请打400。\n意外没有。"
    assert section.body == "等待期30日。\n\n意外伤害除外。"
    assert section.words == ("观察期", "几时生效")
    assert section.cites == ("ABCD.2.1", "insurance_law.16")
    assert section.next == (Button("看保什么", '/ask_coverage{"product": "ABCD"}'),)
    assert section.default
    assert section.line == 16


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("---\nkind", "kind", 1, "front matter"),
        ("kind: product", "kind: novel", 1, "kind 'novel'"),
        ("label: 某某\n", "", 1, "lacks 'label'"),
        ("line: medical", "line: medical\ncolour: red", 1, "unknown 'colour'"),
        ("effective_from: 2026-01-01", "effective_from: soon", 1, "not a date"),
        ("facts: {waiting_days: 30}", "facts: 30", 1, "'facts' must be"),
        ("facts: {waiting_days: 30}", "facts: {", 1, "not YAML"),
        ("## 3.2 等待期 {#waiting}", "## 等待期", 16, "needs a slug"),
        ("30天，请打{hotline}。\n意外没有。", "", 16, "no short answer"),
        ("{hotline}", "{hotlime}", 16, "no setting named 'hotlime'"),
        ("看保什么 /ask_coverage", "看保什么", 16, "next is not"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    content = FRONT + SECTION
    assert old in content
    with pytest.raises(InvalidKnowledge, match=reason) as caught:
        read_file(_read(tmp_path, content.replace(old, new, 1)), {"hotline": "400"})
    assert caught.value.line == line


def test_a_file_without_sections_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidKnowledge, match="no section"):
        read_file(_read(tmp_path, FRONT), {})


def test_clauses_are_named_by_the_kind_of_file(tmp_path: Path) -> None:
    law = "---\nkind: law\nkey: l\ntitle: 某法\nversion: '1'\neffective_from: 2020-01-01\napprover: x\n---\n"
    _, _, [article] = read_file(_read(tmp_path, law + "## 第十六条 如实告知 {#16}\n> 文\n"), {})
    assert (article.id, article.clause, article.title) == ("l.16", "第十六条", "如实告知")
    _, _, [step] = read_file(
        _read(tmp_path, law.replace("law", "guide") + "## 2 材料 {#docs}\nanswers: a\n\n要。\n"), {}
    )
    assert (step.id, step.clause) == ("l.docs", "第2节")
