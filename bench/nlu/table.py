"""The comparison as a table to read and as JSON to keep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import percentile
from bench.machine import Machine


@dataclass(frozen=True)
class Row:
    """Figures of one contestant: shares from 0 to 1, a parse in ms, the peaks of resident memory in MB."""

    title: str
    note: str
    accuracy: float
    macro_f1: float
    entity_f1: float | None
    real: float | None
    p50: float
    p95: float
    training_seconds: float
    training_mb: float
    serving_mb: float

    @classmethod
    def of(cls, title: str, note: str, trained: dict[str, Any], measured: dict[str, Any]) -> Row:
        """From what the two processes of a contestant wrote."""
        split, real, times = measured["split"], measured.get("real"), measured["milliseconds"]
        return cls(
            title=title,
            note=note,
            accuracy=split["accuracy"],
            macro_f1=split["macro_f1"],
            entity_f1=split["entity_f1"],
            real=real and real["accuracy"],
            p50=percentile(times, 0.5),
            p95=percentile(times, 0.95),
            training_seconds=trained["seconds"],
            training_mb=trained["peak_mb"],
            serving_mb=measured["peak_mb"],
        )


def save(path: Path, rows: Sequence[Row], machine: Machine) -> None:
    """Writes everything as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    body = {"at": at, "machine": asdict(machine), "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def markdown(rows: Sequence[Row]) -> str:
    """The rows side by side, then their notes; the column `real` only where it was measured."""
    return "\n".join(_lines(rows, any(row.real is not None for row in rows)))


def _lines(rows: Sequence[Row], with_real: bool) -> Iterable[str]:
    real = ["real accuracy"] if with_real else []
    head = ["pipeline", "accuracy", "macro-F1", "entity F1", *real, "parse p50 ms", "p95 ms", "training s"]
    head += ["training MB", "parsing MB"]
    yield _line(head)
    yield "|" + "---|" * len(head)
    for number, row in enumerate(rows, 1):
        measured = [_share(row.real)] if with_real else []
        yield _line(
            [
                f"{number} {row.title}",
                _share(row.accuracy),
                _share(row.macro_f1),
                _share(row.entity_f1),
                *measured,
                f"{row.p50:.1f}",
                f"{row.p95:.1f}",
                f"{row.training_seconds:.0f}",
                f"{row.training_mb:.0f}",
                f"{row.serving_mb:.0f}",
            ]
        )
    yield ""
    yield from (f"{number}: {row.note}" for number, row in enumerate(rows, 1) if row.note)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
