"""What the measured customers say, and a word by which the right answer is known."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What a message makes the product do; `OTHER` opens a scene and is only counted under load."""

    KNOWLEDGE = "knowledge question"
    FALLBACK = "fallback"
    FORM = "form answer"
    BUTTON = "chosen button"
    SMALL_TALK = "small talk"
    OTHER = "other"


@dataclass(frozen=True)
class Step:
    """One message; `expects` stands in the answer or on one of its buttons.

    When `chooses`, `says` is the title of a button of the answer before.
    """

    kind: Kind
    says: str
    expects: str
    chooses: bool = False


Scene = tuple[Step, ...]

QUESTIONS = (
    Step(Kind.KNOWLEDGE, "重疾险等待期多久", "90"),
    Step(Kind.KNOWLEDGE, "重疾险哪些情况不赔", "酒"),
    Step(Kind.KNOWLEDGE, "百万医疗险等待期多久", "30"),
    Step(Kind.KNOWLEDGE, "安心守护保什么", "重"),
    Step(Kind.KNOWLEDGE, "重疾险怎么交费", "年"),
)
SMALL_TALK = (
    Step(Kind.SMALL_TALK, "你好", "不是真人"),
    Step(Kind.SMALL_TALK, "谢谢", "不客气"),
    Step(Kind.SMALL_TALK, "你能做什么", "条款"),
    Step(Kind.SMALL_TALK, "你是机器人吗", "智能助手"),
    Step(Kind.SMALL_TALK, "再见", "再见"),
)
CHATTER = tuple(step for pair in zip(QUESTIONS, SMALL_TALK, strict=True) for step in pair)
"""Knowledge questions and small talk in turn, for conversations of any length."""

TERMS: Scene = (SMALL_TALK[0], *QUESTIONS[:3])
LOST: Scene = (SMALL_TALK[0], Step(Kind.FALLBACK, "那个那个蓝色的还有没有呀", "转人工"))
COMPLAINT: Scene = (
    Step(Kind.OTHER, "我要投诉，业务员骗我", "什么时候"),
    Step(Kind.FORM, "去年3月马业务说这个是存款，三年就能取出来，结果是保险", "怎么处理"),
    Step(Kind.FORM, "退还多交的钱", "哪个电话"),
    Step(Kind.FORM, "13900002222", "139"),
)
CHOICE: Scene = (
    Step(Kind.OTHER, "等待期是多久", "重疾险（安心守护）"),
    Step(Kind.BUTTON, "重疾险（安心守护）", "90", chooses=True),
)

ONE_ROUND = (TERMS, LOST, CHOICE, LOST, COMPLAINT, CHOICE, LOST, CHOICE)
"""One customer after another: three messages of each measured kind."""

DAY: tuple[Scene, ...] = (
    TERMS,
    COMPLAINT,
    (SMALL_TALK[2], *QUESTIONS[3:], SMALL_TALK[1]),
    CHOICE,
    LOST,
)
"""What the customers of the load phases do, in rotation."""
