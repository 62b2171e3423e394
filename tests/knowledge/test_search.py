"""Ranking: words, character pairs, customer's phrases."""

from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import InvalidKnowledge
from knowledge.glossary import read_glossary
from knowledge.index import Bm25
from knowledge.text import normalise
from knowledge.words import Terms


def test_a_rare_term_counts_more_than_a_common_one() -> None:
    index = Bm25([["甲", "乙"], ["甲", "丙"], ["甲", "丁"]])
    assert index.idf["乙"] > index.idf["甲"]
    assert index.scores(["甲", "乙"]).argmax() == 0
    assert not index.scores(["戊"]).any()


def test_a_repeated_query_term_counts_once() -> None:
    index = Bm25([["甲"], ["乙"]])
    assert index.scores(["甲", "甲"]).tolist() == index.scores(["甲"]).tolist()


def test_spelling_does_not_matter() -> None:
    assert normalise(" ＡXZJ（2026 版） ") == "axzj(2026版)"


def test_text_is_cut_into_words_and_pairs_without_filler() -> None:
    terms = Terms(["请问", "的"], ["等待期"]).telling("请问等待期的天数30")
    assert "等待期" in terms
    assert "~待期" in terms
    assert "30" in terms
    assert not any("请" in term or "的" in term for term in terms)


def test_a_phrase_of_the_customer_is_found_as_it_stands(base: KnowledgeBase) -> None:
    hits = base.search.rank("", text="我想知道年交改月交行不行")
    assert hits[0].section.id == "payment.frequency"


def test_a_section_outside_the_pool_is_not_ranked(base: KnowledgeBase) -> None:
    pool = [section for section in base.library if section.product == "KXYL"]
    hits = base.search.rank("等待期", pool)
    assert hits
    assert {hit.section.product for hit in hits} == {"KXYL"}


def test_the_glossary_has_plain_words_and_an_example_for_every_term(base: KnowledgeBase) -> None:
    terms = [section for section in base.library if section.id.startswith("glossary.")]
    assert len(terms) >= 80
    for section in terms:
        assert "\n比如：" in section.short


def test_a_term_without_example_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yml"
    path.write_text(
        "title: t\nversion: '1'\neffective_from: 2026-01-01\napprover: a\n"
        "terms:\n  - term: 甲\n    plain: 乙\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidKnowledge, match="lacks 'example'") as caught:
        read_glossary(path)
    assert caught.value.line == 6
