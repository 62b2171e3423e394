"""Kernel least squares: a message is read by how like it is to every example, in characters and in meaning.

One likeness holds both: `exp(curvature * (share * meaning + (1 - share) * characters - 1))`, where
`meaning` is the cosine of two sentence embeddings and `characters` that of two rows of TF-IDF. Unlike a
linear model it also learns which characters count beside which meaning. Weights solve `(K + ridge * I) W =
T`, T being 1 where an example has the label (kernel ridge regression). Memory and time of a training grow
with the square and the cube of the number of examples: 22,000 take 2 GB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky
from scipy.sparse import csr_matrix

Array = NDArray[np.float32]
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Features:
    """Rows of unit length: characters sparse, meaning dense."""

    sparse: csr_matrix
    dense: Array


@dataclass(frozen=True)
class Likeness:
    """How like two messages are, over 0 and at most 1; `share` is of meaning, the rest of characters."""

    share: float
    curvature: float

    def between(self, some: Features, others: Features) -> Array:
        """A row for each of `some`, a column for each of `others`."""
        likeness: Array = np.empty((len(some.dense), len(others.dense)), dtype=np.float32)
        for start in range(0, len(likeness), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            part = likeness[rows]
            np.matmul(some.dense[rows], others.dense.T, out=part)
            part *= self.share
            part += (1 - self.share) * (others.sparse @ some.sparse[rows].T.toarray()).T
            part -= 1
            part *= self.curvature
            np.exp(part, out=part)
        return likeness


@dataclass(frozen=True)
class KernelModel:
    """The examples, and for each the weight with which it speaks for each of `classes`."""

    classes: list[str]
    examples: Features
    weights: Array
    likeness: Likeness

    def chances(self, features: Features, sharpness: float) -> Array:
        """One row of probabilities per row of features; a higher `sharpness` makes them surer."""
        scores = sharpness * (self.likeness.between(features, self.examples) @ self.weights)
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Array = raised / raised.sum(axis=1, keepdims=True)
        return chances


def fit(features: Features, labels: Sequence[str], likeness: Likeness, ridge: float) -> KernelModel:
    """Learns to tell `labels` apart; a larger `ridge` follows single examples less."""
    classes, index = np.unique(np.array(labels), return_inverse=True)
    truth = np.zeros((len(labels), len(classes)), dtype=np.float32)
    truth[np.arange(len(labels)), index] = 1.0
    system = likeness.between(features, features)
    system[np.diag_indices(len(system))] += ridge
    # The transposed view is in LAPACK's order, so that the factor takes the place of the matrix.
    factor = cholesky(system.T, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve((factor, True), truth, check_finite=False)
    return KernelModel([str(name) for name in classes], features, np.asarray(weights, np.float32), likeness)
