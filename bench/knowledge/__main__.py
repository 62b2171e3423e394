"""`python -m bench.knowledge`: right answers and answer time of the knowledge base alone, as one table."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from app.settings import ROOT
from bench import machine
from bench.knowledge import contest, speed
from bench.knowledge.generate import enlarged
from knowledge.base import KnowledgeBase
from knowledge.contents import Contents
from knowledge.meaning import VectorCache

TABLES = ROOT / "tests" / "knowledge"
FOLDER = ROOT / "var" / "bench" / "knowledge"


def main(
    file: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Tables: intent, product, question, sections; else ours."),
    ] = None,
    sections: Annotated[list[int] | None, typer.Option(help="Sizes to time; may be given again.")] = None,
) -> None:
    """Measure how well and how fast the knowledge base answers, without Rasa."""
    today = date.today()
    facts = machine.look()
    contents = Contents.load(ROOT / "knowledge")
    vectors = VectorCache(ROOT / "var" / "vectors")
    base = KnowledgeBase(contents, vectors)
    result: dict[str, object] = {"machine": asdict(facts)}
    for path in file or [TABLES / "questions.tsv", TABLES / "fresh.tsv"]:
        result[path.stem] = _table(base, path, vectors, today)
    foreign = contest.read(TABLES / "unanswerable.tsv")
    result["refused"] = share = contest.refused(base, foreign, today)
    print(f"\nnot ours: {share:.3f} of {len(foreign)} refused")
    print(f"\n{'sections':>9} | ms by the clock p50 / p95 / p99 | ms of processor time p50 / p95 / p99")
    questions = contest.read(TABLES / "questions.tsv")
    times = []
    for size in sections or [0, 2_000, 20_000]:
        timed = speed.measure(enlarged(contents, size, today) if size else base, questions, today)
        times.append(asdict(timed))
        clock, used = timed.clock, timed.processor
        print(
            f"{timed.sections:9} | {clock.p50:.1f} / {clock.p95:.1f} / {clock.p99:.1f}"
            f" | {used.p50:.1f} / {used.p95:.1f} / {used.p99:.1f}",
            flush=True,
        )
    result["speed"] = times
    print(f"load before the start: {facts.load[0]:.1f} on {facts.cores} cores")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "result.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


def _table(base: KnowledgeBase, path: Path, vectors: VectorCache, today: date) -> dict[str, object]:
    questions = contest.read(path)
    found = contest.answers(base, questions, today)
    ways = contest.rankings(base, questions, vectors, today)
    print(f"\n{path.name}: {found.questions} questions, right at first {found.right:.3f}, ", end="")
    print(f"right or asks back {found.right_or_asked:.3f}")
    for way in ways:
        print(f"  {way.name:11} recall@1 {way.recall_1:.3f}  recall@5 {way.recall_5:.3f}  mrr {way.mrr:.3f}")
    return {"answers": asdict(found), "rankings": [asdict(way) for way in ways]}


if __name__ == "__main__":
    typer.run(main)
