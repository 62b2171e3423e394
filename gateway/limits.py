"""Rate limits: token buckets per conversation and per address, in the memory of one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from gateway.errors import RateLimited

_REMEMBERED = 10_000


@dataclass(frozen=True)
class Allowance:
    """`burst` at once, refilled at `per_minute`."""

    burst: float
    per_minute: float


class Limits:
    """What one conversation and one address may send."""

    def __init__(self, conversation: Allowance, address: Allowance) -> None:
        self._allowances = {"conversation": conversation, "address": address}
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def spend(self, *, conversation: str, address: str) -> None:
        """One message's worth from both buckets; RateLimited when either is empty."""
        self._spend(("conversation", conversation), ("address", address))

    def spend_address(self, address: str) -> None:
        """The same for what belongs to no conversation yet."""
        self._spend(("address", address))

    def _spend(self, *keys: tuple[str, str]) -> None:
        left = [self._left(key) for key in keys]
        if min(left) < 1:
            raise RateLimited()
        now = time.monotonic()
        for key, tokens in zip(keys, left, strict=True):
            self._buckets[key] = (tokens - 1, now)
            self._buckets.move_to_end(key)
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)

    def _left(self, key: tuple[str, str]) -> float:
        allowance = self._allowances[key[0]]
        now = time.monotonic()
        tokens, at = self._buckets.get(key, (allowance.burst, now))
        return min(allowance.burst, tokens + (now - at) * allowance.per_minute / 60)
