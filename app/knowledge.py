"""The commands around what the bot may say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.errors import AppError
from app.settings import ROOT, Settings
from knowledge.cells import cells
from knowledge.changes import ChangeKind, new_versions
from knowledge.contents import Contents
from knowledge.documents import Kind
from knowledge.errors import InvalidKnowledge
from knowledge.meaning import VectorCache
from knowledge.topics import Topics
from records.base import make_engine, make_sessions
from records.gaps import frequent_gaps

FOLDER = ROOT / "knowledge"
Say = Callable[[str], None]
SIGNS = {"filled": "●", "none": "○", "missing": "✗"}
MARKS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~"}


def bench(settings: Settings, file: Path, say: Say, *, as_json: bool, fit: bool) -> None:
    """How well the passages of a file are found; with `fit`, weights for the ranking instead.

    AppError when the file holds something else than cases.
    """
    from knowledge import measure

    try:
        cases = measure.Cases.load(file)
    except InvalidKnowledge as error:
        raise AppError(str(error)) from error
    topics, vectors = Topics.load(FOLDER / "topics.yml"), VectorCache(None)
    if fit:
        weights, seen = measure.fit(cases, topics, vectors)
        for name, weight in weights.items():
            say(f"{name:14} {weight:8.2f}")
        say("on parts not fitted on: " + "  ".join(f"{name} {value:.3f}" for name, value in seen.items()))
        return
    found = measure.compare(cases, topics, vectors)
    if as_json:
        say(json.dumps(found))
        return
    for name, figures in found.items():
        say(f"{name:11}" + "".join(f"{key:>10} {value:.3f}" for key, value in figures.items()))


def table(say: Say) -> None:
    """How many sections there are, and which product answers which topic."""
    contents = Contents.load(FOLDER)
    found = cells(contents, date.today())
    codes = sorted(contents.products)
    terms = sum(one.source.kind is Kind.GLOSSARY for one in contents.library)
    say(f"{len(contents.library.sections)} sections, {terms} of them terms of the glossary")
    say("● answered  ○ the product has no such thing  ✗ missing")
    say(f"{'':24}" + "".join(f"{code:>6}" for code in codes))
    for intent in contents.topics.every_product:
        say(f"{intent:24}" + "".join(f"{SIGNS[found[code, intent]]:>6}" for code in codes))


def diff(since: date, say: Say) -> None:
    """Every version that came into force after a day, section by section."""
    versions = new_versions(Contents.load(FOLDER).library, since, date.today())
    if not versions:
        say(f"Nothing changed since {since}.")
    for version in versions:
        source, earlier = version.source, version.earlier
        against = f"against {earlier.version}" if earlier else "new"
        say(f"《{source.title}》 {source.version}, in force from {source.effective_from}, {against}")
        for change in version.changes:
            say(f"  {MARKS[change.kind]} {change.clause} {change.title}")
            say("".join(f"      - {line}\n" for line in change.before.splitlines()).rstrip("\n"))
            say("".join(f"      + {line}\n" for line in change.since.splitlines()).rstrip("\n"))


async def gaps(url: str, days: int, say: Say) -> None:
    """What was asked in the last days and not answered, most frequent first."""
    engine = make_engine(url)
    try:
        async with make_sessions(engine)() as session:
            found = await frequent_gaps(session, datetime.now(UTC) - timedelta(days=days))
    finally:
        await engine.dispose()
    if not found:
        say(f"Nothing went unanswered in {days} days.")
    for gap in found:
        say(f"{gap.times:5}  {gap.intent:24} {gap.product_code or '-':6} {gap.latest}")
