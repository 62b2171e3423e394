"""Multinomial logistic regression over a sparse and a dense block at once.

scikit-learn takes one matrix; dense features stored as sparse ones make its products ten times slower. The
objective is scikit-learn's with `class_weight="balanced"`: half the squared weights plus C times the
weighted log loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Softmax:
    """Learned weights: rows are features, columns are `classes`."""

    classes: list[str]
    sparse: Array
    dense: Array
    bias: Array

    def chances(self, sparse: csr_matrix, dense: Array, temperature: float = 1.0) -> Array:
        """One row of probabilities per row of features; a `temperature` above 1 makes them less sure."""
        return _normalised((sparse @ self.sparse + dense @ self.dense + self.bias) / temperature)


def fit(
    sparse: csr_matrix,
    dense: Array,
    labels: Sequence[str],
    inverse_regularisation: float,
    most_iterations: int,
) -> Softmax:
    """Learns to tell `labels` apart; every label weighs the same in total."""
    classes, index = np.unique(np.array(labels), return_inverse=True)
    truth = np.zeros((len(labels), len(classes)), dtype=np.float32)
    truth[np.arange(len(labels)), index] = 1.0
    weight = (len(labels) / (len(classes) * truth.sum(axis=0)))[index][:, None].astype(np.float32)
    dense = np.ascontiguousarray(dense, dtype=np.float32)
    sparse = csr_matrix(sparse, dtype=np.float32)
    transposed = csr_matrix(sparse.T)
    edges = np.cumsum([sparse.shape[1], dense.shape[1]])

    def split(flat: NDArray[np.float64]) -> tuple[Array, Array, Array]:
        rows = flat.astype(np.float32).reshape(-1, len(classes))
        return rows[: edges[0]], rows[edges[0] : edges[1]], rows[edges[1]]

    def objective(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        of_sparse, of_dense, bias = split(flat)
        chances = _normalised(sparse @ of_sparse + dense @ of_dense + bias)
        picked = np.maximum(chances[np.arange(len(labels)), index], 1e-30)
        loss = -float((weight[:, 0] * np.log(picked)).sum())
        penalty = 0.5 * float((of_sparse**2).sum() + (of_dense**2).sum())
        slope = inverse_regularisation * weight * (chances - truth)
        gradient = np.vstack(
            [transposed @ slope + of_sparse, dense.T @ slope + of_dense, slope.sum(axis=0, keepdims=True)]
        )
        return penalty + inverse_regularisation * loss, gradient.ravel().astype(np.float64)

    start = np.zeros((edges[1] + 1) * len(classes))
    found = minimize(
        objective, start, jac=True, method="L-BFGS-B", options={"maxiter": most_iterations, "ftol": 1e-6}
    )
    of_sparse, of_dense, bias = split(found.x)
    return Softmax([str(name) for name in classes], of_sparse, of_dense, bias)


def _normalised(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Array = raised / raised.sum(axis=1, keepdims=True)
    return chances
