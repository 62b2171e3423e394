"""Where the time of a turn goes (table `turns`), and how much processor time each process takes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil
from sqlalchemy import select

from bench.customer import Sample
from bench.scenes import Kind
from records.base import make_engine, make_sessions
from records.conversations import Message, TurnRecord

BENCH = "bench"
"""This process; it is no part of the product, but shares its cores."""


@dataclass(frozen=True)
class Parts:
    """Mean milliseconds of a turn; `rest` is the gateway, its database work and the way to Rasa and back."""

    turns: int
    parse: float
    policies: float
    actions: float
    rest: float
    whole: float


async def parts_by_kind(database_url: str, samples: Iterable[Sample]) -> dict[str, Parts]:
    """The parts of the turns that answered these messages, by kind and, under `all`, of all of them."""
    kinds = {sample.message: sample.kind for sample in samples if not sample.fault}
    engine = make_engine(database_url)
    try:
        async with make_sessions(engine)() as session:
            rows = (
                await session.execute(
                    select(
                        Message.client_msg_id,
                        TurnRecord.timings,
                        TurnRecord.started_at,
                        TurnRecord.ended_at,
                    )
                    .join(TurnRecord, TurnRecord.id == Message.turn_id)
                    .where(Message.client_msg_id.in_(kinds), TurnRecord.outcome == "done")
                )
            ).all()
    finally:
        await engine.dispose()
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    for message, timings, started, ended in rows:
        whole = (ended - started).total_seconds() * 1000
        measured = (timings["parse_ms"], timings["policies_ms"], timings["actions_ms"], whole)
        for name in (kinds[str(message)], "all"):
            found.setdefault(name, []).append(measured)
    return {name: mean_parts(found[name]) for name in (*Kind, "all") if name in found}


def mean_parts(turns: Sequence[tuple[float, float, float, float]]) -> Parts:
    """From (parse, policies, actions, whole) of each turn."""
    parse, policies, actions, whole = (sum(column) / len(turns) for column in zip(*turns, strict=True))
    rest = whole - parse - policies - actions
    return Parts(len(turns), *(round(ms, 2) for ms in (parse, policies, actions, rest, whole)))


class Meter:
    """Processor seconds (user and system) of named processes with their children, and of this one alone."""

    def __init__(self, roots: dict[str, psutil.Process]) -> None:
        self._roots = roots

    def read(self) -> dict[str, float]:
        return {**{name: _seconds(root) for name, root in self._roots.items()}, BENCH: time.process_time()}

    def per_message(self, before: dict[str, float], messages: int) -> dict[str, float]:
        """Milliseconds a message since `before`; `product` is the sum without this process."""
        spent = {name: (now - before[name]) * 1000 / messages for name, now in self.read().items()}
        product = sum(ms for name, ms in spent.items() if name != BENCH)
        return {name: round(ms, 2) for name, ms in {"product": product, **spent}.items()}


def _seconds(root: psutil.Process) -> float:
    """With what ended children took, so that a database connection that closes is not forgotten."""
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
