"""How long an answer takes without Rasa, and how that grows with the number of sections."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bench.figures import Spread
from bench.knowledge.contest import Question
from knowledge.base import KnowledgeBase
from knowledge.meaning import encode_question

WARM_UP = 20


@dataclass(frozen=True)
class Speed:
    """Milliseconds an answer takes: by the clock, and of processor time, which other work cannot stretch."""

    sections: int
    clock: Spread
    processor: Spread


def measure(base: KnowledgeBase, questions: Sequence[Question], on: date) -> Speed:
    """Every question once, as a first-time message: nothing of it is remembered from before."""
    for asked in questions[:WARM_UP]:
        base.answer(asked.intent, asked.product, asked.text, on)
    encode_question.cache_clear()
    clock: list[float] = []
    processor: list[float] = []
    for asked in questions:
        began, used = time.perf_counter(), time.process_time()
        base.answer(asked.intent, asked.product, asked.text, on)
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - used) * 1000)
    by_clock, by_processor = Spread.of(clock), Spread.of(processor)
    if by_clock is None or by_processor is None:
        raise ValueError("no questions to measure with")
    return Speed(len(base.library.sections), by_clock, by_processor)
