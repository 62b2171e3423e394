"""Every published table gives its own examples, and says when it has no rate."""

from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import InvalidKnowledge
from knowledge.premiums import NoRate, RateTable

FOLDER = Path(__file__).resolve().parents[2] / "knowledge" / "rates"
GIVEN = {"sex": "男", "age": 36, "pay_years": 30, "sum_insured": 500000, "frequency": "年"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_the_examples_of_a_table_come_out(path: Path) -> None:
    table = RateTable.load(path)
    assert table.product == path.stem
    assert table.examples


def test_every_product_has_a_table(base: KnowledgeBase) -> None:
    assert set(base.rates) == set(base.products)


def test_factors_are_multiplied() -> None:
    table = RateTable.load(FOLDER / "AXZJ.yml")
    assert table.premium(GIVEN) == 6800
    assert table.premium({**GIVEN, "frequency": "半年"}) == Decimal(3536)


@pytest.mark.parametrize("change", [{"age": 56}, {"sum_insured": 10}, {"pay_years": 7}, {"frequency": "周"}])
def test_what_has_no_rate_is_not_made_up(change: dict[str, object]) -> None:
    with pytest.raises(NoRate):
        RateTable.load(FOLDER / "AXZJ.yml").premium({**GIVEN, **change})


def test_an_example_that_does_not_come_out_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "AXZJ.yml"
    path.write_text(
        (FOLDER / "AXZJ.yml").read_text(encoding="utf-8").replace("premium: 6800", "premium: 6801")
    )
    with pytest.raises(InvalidKnowledge, match="does not come out"):
        RateTable.load(path)
