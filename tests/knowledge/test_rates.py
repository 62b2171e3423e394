from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.rates import Person, Rates

FOLDER = Path(__file__).parents[2] / "knowledge" / "rates"


@pytest.fixture(scope="module")
def rates() -> Rates:
    table = Rates.load(FOLDER / "AXZJ.yml")
    assert table is not None
    return table


def corrected(rates: Rates, yearly: int, told: Person, true: Person) -> Decimal | None:
    return rates.corrected(Decimal(yearly), Decimal(500_000), told, true)


def test_another_age_costs_what_the_table_says_at_the_same_terms(rates: Rates) -> None:
    """6,800 yuan is 男, 30 years of paying, 36 to 40; five years younger is 107 for each 10,000."""
    assert corrected(rates, 6800, Person("男", 36), Person("男", 33)) == 5350


def test_the_other_sex_costs_another_rate(rates: Rates) -> None:
    premium = corrected(rates, 6800, Person("男", 36), Person("女", 36))
    assert premium is not None
    assert premium != 6800


def test_a_premium_the_table_does_not_give_tells_nothing(rates: Rates) -> None:
    assert corrected(rates, 7777, Person("男", 36), Person("男", 33)) is None


def test_an_age_the_product_does_not_take_has_no_premium(rates: Rates) -> None:
    assert corrected(rates, 6800, Person("男", 36), Person("男", 90)) is None


@pytest.mark.parametrize("product", ["CXSY", "KXYL", "NONE"])
def test_only_tables_by_sum_insured_sex_and_age_are_used(product: str) -> None:
    assert Rates.load(FOLDER / f"{product}.yml") is None
