"""A message that holds two wishes: 改手机号13900001111，顺便查下理赔.

The first is served; the second travels beside the reading as `second`, an intent, and becomes a button later.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.nlu.normalise import normalise

SHORTEST = 3
"""Characters of a wish."""
SURE = 0.5
"""Confidence from which the second wish is believed: a wrong button costs more than none."""
FALLBACK = "nlu_fallback"
_AND_ALSO = re.compile(
    r"[，,。；;！!？?\s]*(?:顺便|顺带|顺手|另外|对了|再(?=帮我|给我|帮忙|问下|问一|查))[，,]?"
)
_POLITE = re.compile(r"^(?:再|也|还)?(?:麻烦|请|帮我|给我|帮忙|我想?|想)*")

Parse = Callable[[str], Awaitable[Mapping[str, Any]]]


def split(text: str) -> tuple[str, str] | None:
    """The two wishes of a message, as far as its joining words tell; None for one wish."""
    found = _AND_ALSO.search(text)
    if found is None:
        return None
    first, second = text[: found.start()].strip(), text[found.end() :].strip()
    if min(len(first), len(_POLITE.sub("", second))) < SHORTEST:
        return None
    return first, second


async def with_second(parsed: dict[str, Any], parse: Parse) -> dict[str, Any]:
    """The reading of a message, of its first wish where it has two; `second` then names the other intent.

    The parts are read apart. Where the whole reads like the second part the first one still goes first. The
    entities of the whole stay, since a number belongs to whichever wish asks for it.
    """
    parts = split(normalise(parsed.get("text") or ""))
    if parts is None:
        return parsed
    first, second = await parse(parts[0]), await parse(parts[1])
    one, other = first["intent"]["name"], second["intent"]["name"]
    believed = other not in (one, FALLBACK) and second["intent"]["confidence"] >= SURE
    if one == FALLBACK or not believed:
        return parsed
    reading = {key: first[key] for key in ("intent", "intent_ranking")}
    return {**parsed, **reading, "second": other}
