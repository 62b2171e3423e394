"""The last look at an answer before it is said: sentences against the rules, numbers against the source."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from knowledge import numbers
from knowledge.answers import Answer
from knowledge.guard import Guard
from knowledge.settings import InsurerSettings

EXAMPLE = "比如："
"""What follows is an example with numbers of its own."""


class Sayable:
    """Holds answers against `guard.yml` and the texts they rest on."""

    def __init__(self, guard: Guard, settings: InsurerSettings) -> None:
        self._guard = guard
        self._known = settings_numbers(settings)

    def objections(self, answer: Answer) -> list[str]:
        """Why an answer must not be said; empty when it may."""
        broken = [f"{breach.rule}: {breach.sentence}" for breach in self._guard.breaches(answer.text)]
        said = answer.text.partition(EXAMPLE)[0]
        bodies = [citation.body for citation in answer.citations]
        return broken + [f"unsourced number: {number}" for number in unsourced(said, bodies, self._known)]


def settings_numbers(settings: InsurerSettings) -> set[Decimal]:
    """Every number the insurer's settings give, each with its source there."""
    return {number for text in settings.values().values() for number in numbers.arabic(text)}


def unsourced(said: str, bodies: Iterable[str], known: set[Decimal]) -> list[Decimal]:
    """Numbers that a sentence states and that stand neither in the texts it rests on nor among the known."""
    source = known.union(*(numbers.every(body) for body in bodies))
    return sorted(numbers.arabic(said) - source)
