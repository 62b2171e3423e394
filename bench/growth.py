"""What a message costs late in a conversation against early in one, measured side by side.

While a long conversation takes its messages around `length`, young ones take the same words as their third
to seventh message. So each pair has the same text, the same moment and the same machine.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from bench.customer import Customer, Sample
from bench.scenes import CHATTER, Kind, Step

LATE = 10
EARLY = 5
"""So many messages of a young conversation are measured, after its first `UNMEASURED`."""
UNMEASURED = 2


@dataclass(frozen=True)
class Compared:
    """Median milliseconds early and late, and the median of late : early over the pairs."""

    pairs: int
    early_ms: float
    late_ms: float
    ratio: float


@dataclass(frozen=True)
class Growth:
    """`length` is the middle of the late messages; the comparison by kind, and of all pairs."""

    length: int
    conversations: int
    by_kind: dict[Kind, Compared]
    all: Compared | None
    errors: int
    faults: tuple[str, ...]


async def grow(url: str, conversations: int, length: int) -> Growth:
    """Plays `conversations` long ones, one after another."""
    pairs: list[tuple[Sample, Sample]] = []
    faults: list[str] = []
    async with aiohttp.ClientSession() as http:
        for _ in range(conversations):
            await _one(url, http, length, pairs, faults)
    good = [pair for pair in pairs if not any(sample.fault for sample in pair)]
    by_kind = {
        kind: compared
        for kind in (Kind.KNOWLEDGE, Kind.SMALL_TALK)
        if (compared := compare([(e.ms, late.ms) for e, late in good if e.kind is kind]))
    }
    everything = compare([(early.ms, late.ms) for early, late in good])
    return Growth(length, conversations, by_kind, everything, len(faults), tuple(faults))


def compare(pairs: Sequence[tuple[float, float]]) -> Compared | None:
    """Pairs of (early, late) milliseconds; None when there are none."""
    if not pairs:
        return None
    return Compared(
        len(pairs),
        round(statistics.median(early for early, _ in pairs), 1),
        round(statistics.median(late for _, late in pairs), 1),
        round(statistics.median(late / early for early, late in pairs), 2),
    )


def text_of(number: int) -> Step:
    """What is said as message `number` of a long conversation, counted from 1."""
    return CHATTER[number % len(CHATTER)]


async def _one(
    url: str,
    http: aiohttp.ClientSession,
    length: int,
    pairs: list[tuple[Sample, Sample]],
    faults: list[str],
) -> None:
    first = length - LATE // 2 + 1
    old = await Customer.arrive(url, http)
    young: Customer | None = None

    async def say(customer: Customer, number: int) -> Sample:
        sample = await customer.ask(text_of(number))
        if sample.fault:
            faults.append(sample.fault)
        return sample

    try:
        for number in range(1, first):
            await say(old, number)
        for number in range(first, first + LATE):
            if young is None or (number - first) % EARLY == 0:
                if young is not None:
                    await young.leave()
                young = await Customer.arrive(url, http)
                for before in range(number - UNMEASURED, number):
                    await say(young, before)
            if number % 2:
                late, early = await say(old, number), await say(young, number)
            else:
                early, late = await say(young, number), await say(old, number)
            pairs.append((early, late))
    finally:
        await old.leave()
        if young is not None:
            await young.leave()
