"""What a model makes of cases, in figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from bot.measure.cases import OUT_OF_SCOPE, Case
from bot.nlu.spans import Span

#: Share of messages inside our scope that may be taken for outside when `caught` is measured.
FALSE_REJECTION = 0.05
BINS = 15


@dataclass(frozen=True)
class Answered:
    """A case and the parse of its text: intents from the likeliest on, and the entities found."""

    case: Case
    ranking: tuple[tuple[str, float], ...]
    found: frozenset[Span] = frozenset()

    @property
    def intent(self) -> str | None:
        """The likeliest intent; None where the text was empty."""
        return self.ranking[0][0] if self.ranking else None

    @property
    def confidence(self) -> float:
        """Of the likeliest intent."""
        return self.ranking[0][1] if self.ranking else 0.0

    @property
    def right(self) -> bool:
        """Whether the likeliest intent is a right reading."""
        return self.case.accepts(self.intent)

    @property
    def strangeness(self) -> float:
        """How far from our scope: 1 less the probability of the likeliest intent inside it."""
        return 1.0 - max((chance for name, chance in self.ranking if name != OUT_OF_SCOPE), default=0.0)


@dataclass(frozen=True)
class Scope:
    """How well the messages outside our scope are told from the others; shares from 0 to 1."""

    outside: int
    auroc: float
    caught: float


@dataclass(frozen=True)
class Bin:
    """Cases of nearly one confidence: how many, their mean confidence, how many of them were right."""

    count: int
    confidence: float
    accuracy: float


def accuracy(answered: Sequence[Answered], best: int = 1) -> float:
    """Share of cases with a right reading among the `best` first."""
    hits = [any(one.case.accepts(name) for name, _ in one.ranking[:best]) for one in answered]
    return float(np.mean(hits))


def f1_by_intent(answered: Sequence[Answered]) -> dict[str, float]:
    """F1 of each intent that is the right one somewhere; another right reading counts as that one."""
    truth = [one.intent if one.right else one.case.intent for one in answered]
    names = sorted(set(truth))
    scores = f1_score(
        truth, [one.intent or "" for one in answered], labels=names, average=None, zero_division=0
    )
    return dict(zip(names, map(float, scores), strict=False))


def macro_f1(answered: Sequence[Answered]) -> float:
    """Mean F1 of the intents, each weighing the same."""
    return float(np.mean(list(f1_by_intent(answered).values())))


def f1_by_entity(answered: Sequence[Answered]) -> dict[str, tuple[float, int]]:
    """F1 on exact spans and number of marked ones by entity, `all` their micro average; {} without marks."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in answered:
        if one.case.spans is None:
            continue
        for span in one.case.spans | one.found:
            verdict = "false" if span not in one.case.spans else "right" if span in one.found else "missed"
            counts[span.entity][verdict] += 1
            counts["all"][verdict] += 1
    return {
        name: (
            2 * count["right"] / (2 * count["right"] + count["false"] + count["missed"]),
            count["right"] + count["missed"],
        )
        for name, count in sorted(counts.items())
    }


def scope(answered: Sequence[Answered]) -> Scope | None:
    """None unless there are cases inside and outside."""
    outside = np.array([one.case.intent == OUT_OF_SCOPE for one in answered])
    if outside.all() or not outside.any():
        return None
    scores = np.array([one.strangeness for one in answered])
    limit = np.quantile(scores[~outside], 1 - FALSE_REJECTION)
    return Scope(
        outside=int(outside.sum()),
        auroc=float(roc_auc_score(outside, scores)),
        caught=float((scores[outside] > limit).mean()),
    )


def reliability(answered: Sequence[Answered]) -> list[Bin]:
    """Equal steps of confidence with the cases in each, the empty ones left out."""
    bins: dict[int, list[Answered]] = defaultdict(list)
    for one in answered:
        bins[min(int(one.confidence * BINS), BINS - 1)].append(one)
    return [
        Bin(len(group), float(np.mean([one.confidence for one in group])), accuracy(group))
        for _, group in sorted(bins.items())
    ]


def calibration_error(answered: Sequence[Answered]) -> float:
    """Expected calibration error: mean distance of confidence and accuracy over the bins."""
    return sum(one.count * abs(one.confidence - one.accuracy) for one in reliability(answered)) / len(
        answered
    )


def risk_coverage(answered: Sequence[Answered]) -> list[tuple[float, float]]:
    """For each share of the surest cases: the share of them that are wrong."""
    surest = sorted(answered, key=lambda one: -one.confidence)
    wrong = np.cumsum([not one.right for one in surest])
    return [((at + 1) / len(surest), float(wrong[at]) / (at + 1)) for at in range(len(surest))]


def confusions(answered: Sequence[Answered]) -> Counter[tuple[str, str]]:
    """How often an intent was taken for another, commonest first by `most_common`."""
    return Counter((one.case.intent, one.intent or "nothing") for one in answered if not one.right)
