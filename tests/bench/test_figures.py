"""The arithmetic of the bench, where a mistake would look like a good figure."""

from __future__ import annotations

import itertools

import pytest

from bench.cost import mean_parts
from bench.figures import Spread, percentile
from bench.growth import compare
from bench.load import arrivals


def test_percentiles_are_measured_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([1.0, 9.0], 0.95) == 9.0
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_nothing_measured_has_no_spread() -> None:
    assert Spread.of([]) is None
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(3, 2.0, 3.0, 3.0)


def test_growth_compares_within_pairs() -> None:
    compared = compare([(10.0, 12.0), (100.0, 110.0), (20.0, 60.0)])

    assert compared is not None
    assert (compared.pairs, compared.early_ms, compared.late_ms, compared.ratio) == (3, 20.0, 60.0, 1.2)
    assert compare([]) is None


def test_arrivals_come_at_the_rate_and_unevenly() -> None:
    moments = arrivals(rate=50.0, seconds=200.0, seed=1)
    gaps = {round(later - earlier, 4) for earlier, later in itertools.pairwise(moments)}

    assert moments == sorted(moments)
    assert 0 < moments[0] < moments[-1] < 200
    assert len(moments) == pytest.approx(10_000, rel=0.05)
    assert len(gaps) > 100


def test_the_rest_of_a_turn_is_what_no_part_took() -> None:
    parts = mean_parts([(10.0, 4.0, 6.0, 30.0), (20.0, 6.0, 0.0, 40.0)])

    assert (parts.turns, parts.parse, parts.policies, parts.actions) == (2, 15.0, 5.0, 3.0)
    assert (parts.rest, parts.whole) == (12.0, 35.0)
