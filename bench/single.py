"""One customer alone: how long each kind of message takes when nobody else is there."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from bench.customer import Sample, play
from bench.figures import Spread
from bench.scenes import ONE_ROUND, Kind

MEASURED = (Kind.KNOWLEDGE, Kind.FALLBACK, Kind.FORM, Kind.BUTTON)


@dataclass(frozen=True)
class Single:
    """From sending to answer over the WebSocket, by kind of message."""

    answers: dict[Kind, Spread | None]
    messages: int
    errors: int
    faults: tuple[str, ...]


async def play_rounds(url: str, rounds: int) -> list[Sample]:
    """The kinds take turns within a round, so that a disturbance of the machine meets all of them."""
    samples: list[Sample] = []
    async with aiohttp.ClientSession() as http:
        for _ in range(rounds):
            for scene in ONE_ROUND:
                samples.extend(await play(url, http, scene))
    return samples


def single(samples: list[Sample]) -> Single:
    """The figures of these samples."""
    faults = tuple(sample.fault for sample in samples if sample.fault)
    return Single(
        {kind: Spread.of([s.ms for s in samples if s.kind is kind and not s.fault]) for kind in MEASURED},
        len(samples),
        len(faults),
        faults,
    )
