"""The commands around what the bot may say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from app.errors import AppError
from app.settings import ROOT, Settings
from knowledge.errors import InvalidKnowledge
from knowledge.meaning import VectorCache
from knowledge.topics import Topics

FOLDER = ROOT / "knowledge"
Say = Callable[[str], None]


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
