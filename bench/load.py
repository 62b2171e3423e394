"""Many customers at once: closed loop (each waits for the answer) and open loop (messages come at a rate)."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from bench.customer import Customer, Sample
from bench.figures import Spread
from bench.scenes import DAY

NextDue = Callable[[], Awaitable[float | None]]
"""When the next message is due, on the clock of `time.perf_counter`; None to leave."""

SEED = 20261122
READY_SECONDS = 2.0
"""The open loop has customers enough for answers as slow as this; waiting for a free one is counted too."""


@dataclass(frozen=True)
class Load:
    """One phase; `per_second` counts right answers, `rate` is what was asked for (None in a closed loop)."""

    customers: int
    seconds: float
    rate: float | None
    per_second: float
    answers: Spread | None
    messages: int
    errors: int
    faults: tuple[str, ...]


async def closed_loop(url: str, customers: int, seconds: float) -> Load:
    """Each customer sends the next message as soon as the last is answered."""
    end: float | None = None

    async def next_due() -> float | None:
        nonlocal end
        now = time.perf_counter()
        end = now + seconds if end is None else end
        return now if now < end else None

    return _load(await _crowd(url, customers, asyncio.Barrier(customers), next_due), customers, None)


async def open_loop(url: str, rate: float, seconds: float) -> Load:
    """Messages become due at `rate` a second, however slow the answers are; time counts from when due."""
    dues: asyncio.Queue[float | None] = asyncio.Queue()
    customers = max(4, round(rate * READY_SECONDS))
    everybody = asyncio.Barrier(customers + 1)

    async def announce() -> None:
        await everybody.wait()
        start = time.perf_counter()
        for offset in arrivals(rate, seconds, SEED):
            await asyncio.sleep(start + offset - time.perf_counter())
            dues.put_nowait(start + offset)
        for _ in range(customers):
            dues.put_nowait(None)

    announcing = asyncio.create_task(announce())
    try:
        samples = await _crowd(url, customers, everybody, dues.get)
    finally:
        announcing.cancel()
    return _load(samples, customers, rate)


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """Moments within `seconds` at which independent customers write, `rate` a second on average."""
    chance = random.Random(seed)
    moments = itertools.accumulate(chance.expovariate(rate) for _ in itertools.count())
    return list(itertools.takewhile(lambda moment: moment < seconds, moments))


async def _crowd(url: str, customers: int, everybody: asyncio.Barrier, next_due: NextDue) -> list[Sample]:
    samples: list[Sample] = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as group:
        for number in range(customers):
            group.create_task(_visit(url, http, number, everybody, next_due, samples))
    return samples


async def _visit(
    url: str,
    http: aiohttp.ClientSession,
    number: int,
    everybody: asyncio.Barrier,
    next_due: NextDue,
    samples: list[Sample],
) -> None:
    """One conversation after another, each a scene of the day, until nothing is due any more."""
    customer = await Customer.arrive(url, http)
    await everybody.wait()
    for scene in itertools.islice(itertools.cycle(DAY), number % len(DAY), None):
        try:
            for step in scene:
                due = await next_due()
                if due is None:
                    return
                samples.append(await customer.ask(step, due))
                if samples[-1].fault:
                    break
        finally:
            await customer.leave()
        customer = await Customer.arrive(url, http)


def _load(samples: list[Sample], customers: int, rate: float | None) -> Load:
    right = [sample for sample in samples if not sample.fault]
    faults = [sample.fault for sample in samples if sample.fault]
    began = min((sample.due for sample in samples), default=0.0)
    ended = max((sample.answered for sample in right), default=began)
    seconds = ended - began
    return Load(
        customers=customers,
        seconds=round(seconds, 1),
        rate=rate,
        per_second=round(len(right) / seconds, 1) if seconds else 0.0,
        answers=Spread.of([sample.ms for sample in right]),
        messages=len(samples),
        errors=len(faults),
        faults=tuple(faults),
    )
