"""Every answer of the knowledge base may be said; a sentence or a number slipped in may not."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.answers import Answer
from knowledge.base import KnowledgeBase


def _told(base: KnowledgeBase, section: str, on: date) -> Answer:
    result = base.answer("any", None, section, on)
    assert isinstance(result, Answer)
    return result


def test_all_of_the_knowledge_passes(base: KnowledgeBase, today: date) -> None:
    sections = [one for one in base.library if one.short and one.source.in_force(today)]
    assert len(sections) > 500
    for section in sections:
        assert base.objections(_told(base, section.id, today)) == [], section.id


@pytest.mark.parametrize("slipped", ["这种病一定能赔。", "等待期是37天。", "免赔额8,888元。", "建议您购买。"])
def test_what_was_slipped_in_is_held_back(base: KnowledgeBase, today: date, slipped: str) -> None:
    honest = _told(base, "AXZJ.waiting", today)
    assert base.objections(replace(honest, text=f"{honest.text}\n{slipped}"))
