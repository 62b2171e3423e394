"""`python -m bench`: measures the product and prints one table; see `docs/measurements.md`."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from app.settings import ROOT
from bench import growth, load, machine, single
from bench.cost import parts_by_kind
from bench.customer import Sample
from bench.installation import Installation, installed
from bench.report import Inside, Report

FOLDER = ROOT / "var" / "bench"


@dataclass(frozen=True)
class Plan:
    """How much is measured; the options of the command line say what each means."""

    seconds: float
    customers: int
    rounds: int
    warm_up: int
    conversations: int
    length: int


def main(
    url: Annotated[
        str | None, typer.Option(help="Public address of a running Baodan, else start one.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, help="Length of each load phase.")] = 20.0,
    customers: Annotated[int, typer.Option(min=1, help="Customers at once in the closed loop.")] = 16,
    rounds: Annotated[
        int, typer.Option(min=1, help="Rounds of one customer; 3 messages of a kind each.")
    ] = 20,
    warm_up: Annotated[int, typer.Option(min=0, help="Rounds played before anything is measured.")] = 3,
    conversations: Annotated[int, typer.Option(min=1, help="How many long conversations.")] = 4,
    length: Annotated[int, typer.Option(min=10, help="Message of a long one that is compared.")] = 200,
    starts: Annotated[int, typer.Option(min=1, help="How often the start-up is timed.")] = 3,
    result: Annotated[
        Path, typer.Option(help="Where the figures go as JSON.", show_default="var/bench/result.json")
    ] = FOLDER / "result.json",
) -> None:
    """Measure a running Baodan as its customers meet it."""
    facts = machine.look()
    with ExitStack() as stack:
        ours: Installation | None = None
        if url is None:
            _say(f"Starting Baodan {starts + 1} times ...")
            ours = stack.enter_context(installed(FOLDER, starts))
        at = ours.url if ours else str(url).rstrip("/")
        plan = Plan(seconds, customers, rounds, warm_up, conversations, length)
        try:
            report = asyncio.run(_measure(at, ours, facts, plan))
        except* aiohttp.ClientConnectionError:
            sys.exit(f"bench: no Baodan answers at {at}, or it went away.")
    report.save(result)
    _say(f"\n{report.table()}\n\nWritten to {result}")


async def _measure(url: str, ours: Installation | None, facts: machine.Machine, plan: Plan) -> Report:
    await single.play_rounds(url, plan.warm_up)

    _say("One customer ...")
    before = ours.meter.read() if ours else {}
    samples = await single.play_rounds(url, plan.rounds)
    alone = ours.meter.per_message(before, len(samples)) if ours else {}

    _say(f"{plan.customers} customers for {plan.seconds:g} s ...")
    before = ours.meter.read() if ours else {}
    closed = await load.closed_loop(url, plan.customers, plan.seconds)
    crowded = ours.meter.per_message(before, closed.messages) if ours else {}

    rate = closed.per_second / 2
    _say(f"{rate:.1f} messages a second for {plan.seconds:g} s ...")
    opened = await load.open_loop(url, rate, plan.seconds) if rate else None

    _say(f"{plan.conversations} long conversations, to message {plan.length + growth.LATE // 2} ...")
    grown = await growth.grow(url, plan.conversations, plan.length)
    inside = await _inside(ours, samples, alone, crowded) if ours else None
    return Report(facts, single.single(samples), closed, opened, grown, inside)


async def _inside(
    ours: Installation, samples: list[Sample], alone: dict[str, float], crowded: dict[str, float]
) -> Inside:
    return Inside(ours.starts, await parts_by_kind(ours.database_url, samples), alone, crowded)


def _say(text: str) -> None:
    print(text, file=sys.stderr if text.endswith("...") else sys.stdout, flush=True)


if __name__ == "__main__":
    typer.run(main)
