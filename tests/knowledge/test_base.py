"""The section that answers is found, or the base says what is missing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import Answer, AskProduct, AskWhich, Unknown
from knowledge.base import MOST, KnowledgeBase

TABLE: dict[str, list[list[Any]]] = yaml.safe_load(
    (Path(__file__).parent / "questions.yml").read_text(encoding="utf-8")
)
ANSWERED = [row for group, rows in TABLE.items() if group not in {"asked_back", "unknown"} for row in rows]


def test_the_table_is_large_enough() -> None:
    assert len(ANSWERED) >= 60


@pytest.mark.parametrize(("intent", "product", "text", "section"), ANSWERED)
def test_a_question_finds_its_section(
    base: KnowledgeBase, today: date, intent: str, product: str | None, text: str, section: str
) -> None:
    result = base.answer(intent, product, text, today)
    assert isinstance(result, Answer), result
    assert result.section_id == section
    assert result.citations


@pytest.mark.parametrize(("intent", "product", "text", "offered"), TABLE["asked_back"])
def test_what_is_not_said_is_asked(
    base: KnowledgeBase, today: date, intent: str, product: str | None, text: str, offered: list[str]
) -> None:
    result = base.answer(intent, product, text, today)
    assert isinstance(result, AskProduct | AskWhich)
    assert [candidate.id for candidate in result.candidates] == offered
    assert len(result.candidates) <= MOST


@pytest.mark.parametrize(("intent", "product", "text"), TABLE["unknown"])
def test_what_is_not_known_is_not_invented(
    base: KnowledgeBase, today: date, intent: str, product: str | None, text: str
) -> None:
    result = base.answer(intent, product, text, today)
    assert isinstance(result, Unknown)
    assert len(result.titles) == len(result.candidates)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("重疾险等待期多久", "AXZJ"),
        ("安心守护重大疾病保险（2026版）", "AXZJ"),
        ("安心守护重大疾病保险(2026版)", "AXZJ"),
        ("axzj", "AXZJ"),
        ("我的百万医疗", "KXYL"),
        ("终身寿险分红吗", "CSZS"),
        ("定期寿险", "HJDS"),
        ("三者险保额", "CXSY"),
        ("交 强 险", "CXJQ"),
        ("旅游意外险", "LYBX"),
        ("寿险有哪些", None),
        ("保单在哪里看", None),
    ],
)
def test_a_product_is_found_by_its_longest_name(base: KnowledgeBase, text: str, code: str | None) -> None:
    assert base.find_product(text) == code


def test_a_product_in_the_text_goes_before_that_of_the_conversation(base: KnowledgeBase, today: date) -> None:
    result = base.answer("ask_waiting_period", "AXZJ", "那意外险呢", today)
    assert isinstance(result, Answer)
    assert result.section_id == "SXYW.waiting"


@pytest.mark.parametrize(
    ("talked_about", "text", "about"),
    [
        ("SXYW", "我家狗把楼下邻居咬了能赔吗", "AJJC"),
        ("KXYL", "飞机晚点六个钟头能赔吗", "LYBX"),
        ("SXYW", "楼上花盆掉下来砸坏别人车顶赔吗", "AJJC"),
        ("SXYW", "被邻居的狗咬了打疫苗能报吗", "SXYW"),
        ("KXYL", "做胆囊手术住院七天能报吗", "KXYL"),
    ],
)
def test_the_product_of_the_conversation_yields_to_a_matter_of_another(
    base: KnowledgeBase, today: date, talked_about: str, text: str, about: str
) -> None:
    result = base.answer("ask_claim_eligibility", talked_about, text, today)
    assert isinstance(result, Answer)
    assert result.section_id.startswith(about)


def test_a_product_may_be_given_by_any_name(base: KnowledgeBase, today: date) -> None:
    result = base.answer("ask_waiting_period", "康享百万医疗保险", "", today)
    assert isinstance(result, Answer)
    assert result.section_id == "KXYL.waiting"


def test_a_button_that_names_a_section_is_answered_with_it(base: KnowledgeBase, today: date) -> None:
    asked = base.answer("ask_claim_documents", None, "要啥材料", today)
    assert isinstance(asked, AskWhich)
    for candidate in asked.candidates:
        assert candidate.id in candidate.payload
        result = base.answer("ask_claim_documents", None, candidate.id, today)
        assert isinstance(result, Answer)
        assert result.section_id == candidate.id


def test_every_intent_with_sections_says_something_for_every_product(
    base: KnowledgeBase, today: date
) -> None:
    for code in base.products:
        for intent in base.topics.every_product:
            result = base.answer(intent, code, "", today)
            assert isinstance(result, Answer)
            assert result.section_id.startswith(code)
            assert result.citations


def test_an_event_gets_the_clause_and_never_a_verdict(base: KnowledgeBase, today: date) -> None:
    for section in base.library.answering("ask_claim_eligibility", today):
        result = base.answer("ask_claim_eligibility", section.product, section.id, today)
        assert isinstance(result, Answer)
        assert "最终以理赔审核为准" in result.text
        assert result.citations
        assert "准备" in result.text


def test_a_citation_opens(base: KnowledgeBase, today: date) -> None:
    result = base.answer("ask_waiting_period", "AXZJ", "", today)
    assert isinstance(result, Answer)
    cited = result.citations[0]
    assert cited.label == "《安心守护重大疾病保险（2026版）》第3.2条"
    assert base.clause(cited.title, cited.clause, cited.version) == cited
    assert "90日" in cited.body
    assert base.clause(cited.title, "第99条", cited.version) is None


def test_citations_are_told_apart(base: KnowledgeBase) -> None:
    names = [
        (section.source.title, section.clause, section.source.version)
        for section in base.library
        if section.body
    ]
    assert len(names) == len(set(names))


def test_nothing_is_in_force_before_its_first_day(base: KnowledgeBase) -> None:
    assert isinstance(base.answer("ask_waiting_period", "AXZJ", "", date(2010, 1, 1)), Unknown)


@pytest.mark.parametrize(
    ("text", "section"),
    [("被保险人身份证换新了要更新吗", "endorsement.id-validity"), ("贷的钱想提前还清", "loans.repay")],
)
def test_what_answers_another_intent_is_offered_by_its_title(
    base: KnowledgeBase, today: date, text: str, section: str
) -> None:
    result = base.answer("ask_invented_intent", None, text, today)
    assert isinstance(result, Unknown)
    assert section in [candidate.id for candidate in result.candidates]
    assert len(set(result.titles)) == len(result.titles) <= 3
