"""Conversations as readable text files, and the reader that plays them against the whole running product.

A file holds conversations, each under a line `# title`. Its lines:

    客户：text            the customer writes
    点：title             the customer chooses a button of the last replies, by the beginning of its title
    验证码：phone         the customer sends the newest code that went to a phone
    本人：name            a customer of the demo proves who they are: name and ID tail, then the code
    助手：words           the bot has said this since the last thing done; several lines, in any order
    系统：words           the same for the gateway's own lines (queue, mode, faults)
    专员：words           the same for what a specialist said
    没有：words           nothing said since holds this (checked when the lines above it hold)
    按钮：title           a button that begins so is on offer
    依据：clause          a citation of this clause is shown
    模式：mode            the conversation's mode is, or becomes, this
    发照片                the customer sends a photo
    评分：1 to 5           the customer rates what has ended
    接入 · 交回 · 结束     what the specialist does
    回复：text            what the specialist writes
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERBS = (
    "客户",
    "点",
    "验证码",
    "本人",
    "助手",
    "系统",
    "专员",
    "没有",
    "按钮",
    "依据",
    "模式",
    "回复",
    "评分",
)
BARE = ("接入", "接管", "交回", "结束", "发照片")


@dataclass(frozen=True)
class Line:
    """One line of a conversation and where it stands."""

    verb: str
    words: str
    number: int


@dataclass(frozen=True)
class Script:
    """One conversation."""

    file: str
    title: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"


def read(folder: Path) -> list[Script]:
    """All conversations of a folder; ValueError names file and line of what cannot be read."""
    scripts = []
    for path in sorted(folder.glob("*.txt")):
        title, lines = "", []
        for number, raw in enumerate([*path.read_text(encoding="utf-8").splitlines(), "# end"], start=1):
            text = raw.strip()
            if text.startswith("#"):
                if lines:
                    scripts.append(Script(path.stem, title, tuple(lines)))
                title, lines = text.lstrip("# "), []
            elif text:
                lines.append(_line(path, number, text))
    return scripts


def _line(path: Path, number: int, text: str) -> Line:
    if text in BARE:
        return Line(text, "", number)
    verb, colon, words = text.partition("：")
    if verb not in VERBS or not colon:
        raise ValueError(f"{path.name}:{number}: expected one of {VERBS} and a colon, or {BARE}: {text!r}")
    return Line(verb, words.strip(), number)


SCRIPTS = read(Path(__file__).with_name("flows"))
"""Every conversation of `flows/`, played over each channel."""
