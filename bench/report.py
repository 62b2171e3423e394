"""All figures of one run, as a table to read and as JSON to keep."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.cost import Parts
from bench.figures import Spread
from bench.growth import Compared, Growth
from bench.installation import Starts
from bench.load import Load
from bench.machine import Machine
from bench.single import Single

SHOWN_FAULTS = 5
NOT_SEEN = "not seen from outside; leave --url away"


@dataclass(frozen=True)
class Inside:
    """What is only seen of a product that we have started.

    Milliseconds a message: `parts` by the clock of the turn, by kind; `alone` and `crowded` of processor
    time, by process, with one customer and in the closed loop.
    """

    starts: Starts
    parts: dict[str, Parts]
    alone: dict[str, float]
    crowded: dict[str, float]


@dataclass(frozen=True)
class Report:
    """One run of the bench."""

    machine: Machine
    single: Single
    closed: Load
    opened: Load | None
    growth: Growth
    inside: Inside | None

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        body = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(self)}
        path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def table(self) -> str:
        sections = (
            self._machine(),
            self._starts(),
            self._single(),
            self._load(),
            self._parts(),
            self._processes(),
            self._growth(),
            self._faults(),
        )
        return "\n\n".join("\n".join(lines) for lines in sections if lines)

    def _machine(self) -> list[str]:
        machine = self.machine
        load = " ".join(f"{value:.2f}" for value in machine.load)
        return [
            f"Machine: {machine.cores} cores, {machine.processor}, {machine.memory_gb} GB, {machine.system}, "
            f"Python {machine.python}",
            f"Before the start: load {load}, processors {machine.busy:.0%} busy",
        ]

    def _starts(self) -> list[str]:
        if self.inside is None:
            return [_title("Start-up", "seconds"), NOT_SEEN]
        starts = self.inside.starts
        built = " ".join(f"{seconds:.1f}" for seconds in starts.built)
        return [
            _title("Start-up", "seconds"),
            _row("all built", built),
            _row("with a new database", f"{starts.new_database:.1f}"),
            _row("what make looks at before", f"{starts.make:.1f}"),
        ]

    def _single(self) -> list[str]:
        rows = [_row(kind, *_spread(spread)) for kind, spread in self.single.answers.items()]
        return [_title("One customer, ms to the answer", "n", "p50", "p95", "p99"), *rows]

    def _load(self) -> list[str]:
        lines = [_title("Many customers, ms to the answer", "n", "p50", "p95", "p99", "per s", "errors")]
        for name, load in (("closed loop", self.closed), ("open loop", self.opened)):
            if load is None:
                continue
            at = f"{load.customers} customers" if load.rate is None else f"{load.rate:.1f}/s due"
            figures = (*_spread(load.answers), f"{load.per_second:.1f}", str(load.errors))
            lines.append(_row(f"{name}, {at}", *figures))
        return lines

    def _parts(self) -> list[str]:
        if self.inside is None:
            return [_title("Parts of a turn"), NOT_SEEN]
        lines = [
            _title("One customer, mean ms of a turn", "n", "parse", "policies", "actions", "rest", "whole")
        ]
        for name, parts in self.inside.parts.items():
            times = (parts.parse, parts.policies, parts.actions, parts.rest, parts.whole)
            lines.append(_row(name, str(parts.turns), *(f"{ms:.1f}" for ms in times)))
        return lines

    def _processes(self) -> list[str]:
        if self.inside is None:
            return []
        return [
            _title("Processor ms a message", *self.inside.alone),
            _row("one customer", *(f"{ms:.1f}" for ms in self.inside.alone.values())),
            _row("closed loop", *(f"{ms:.1f}" for ms in self.inside.crowded.values())),
        ]

    def _growth(self) -> list[str]:
        growth = self.growth
        compared: Iterable[tuple[str, Compared | None]] = (*growth.by_kind.items(), ("both", growth.all))
        return [
            _title(f"Message {growth.length} against the 5th", "pairs", "5th ms", "late ms", "ratio"),
            *(
                _row(name, str(c.pairs), f"{c.early_ms:.1f}", f"{c.late_ms:.1f}", f"{c.ratio:.2f}")
                for name, c in compared
                if c is not None
            ),
        ]

    def _faults(self) -> list[str]:
        phases = (self.single, self.closed, self.opened, self.growth)
        faults = [fault for phase in phases if phase is not None for fault in phase.faults]
        more = [f"  ... and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        return [f"Wrong or missing answers: {len(faults)}", *(f"  {f}" for f in faults[:SHOWN_FAULTS]), *more]


def _spread(spread: Spread | None) -> tuple[str, ...]:
    if spread is None:
        return ("0", "-", "-", "-")
    return (str(spread.count), *(f"{ms:.1f}" for ms in (spread.p50, spread.p95, spread.p99)))


def _title(name: str, *columns: str) -> str:
    line = _row(name, *columns)
    return f"{line}\n{'-' * len(line)}"


def _row(name: str, *cells: str) -> str:
    return f"{name:<38}" + "".join(f"{cell:>10}" for cell in cells)
