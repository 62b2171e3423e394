from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge.expressions import BadExpression, Expression, Unknown, Value

KNOWN: dict[str, Value] = {
    "premium": Decimal("6800"),
    "loan": Decimal(0),
    "state": "in_force",
    "today": date(2026, 11, 22),
    "ends": date(2026, 12, 2),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("premium * 0.09", Decimal("612.00")),
        ("round(premium / 7)", Decimal(971)),
        ("round(2.5)", Decimal(3)),
        ("ends - today", Decimal(10)),
        ("premium * (ends - today) / 10", Decimal(6800)),
        ("-premium", Decimal(-6800)),
        ('1 if state == "lapsed" else 2', Decimal(2)),
        ("min(premium, 5)", Decimal(5)),
        ('state in ("in_force", "grace")', True),
        ('" a " in " b a "', True),
        ("0 <= loan < 1", True),
        ("0 < loan < 1", False),
        ("not loan", True),
        ('state == "lapsed" or premium > 1', True),
        ("ends > today and loan == 0", True),
        ("today", date(2026, 11, 22)),
    ],
)
def test_what_it_comes_to(text: str, value: Value) -> None:
    assert Expression(text).value(KNOWN) == value


def test_what_is_not_known_has_no_value_and_does_not_hold() -> None:
    formula = Expression("cash_value - loan > 0")
    with pytest.raises(Unknown, match="cash_value"):
        formula.value(KNOWN)
    assert not formula.holds(KNOWN)
    assert formula.names == {"cash_value", "loan"}


def test_a_branch_that_is_not_taken_needs_no_value() -> None:
    assert Expression('premium if state == "in_force" else cash_value').value(KNOWN) == 6800


@pytest.mark.parametrize(
    "text",
    [
        "open('x')",
        "premium.real",
        "[1, 2]",
        "lambda: 1",
        "__import__('os')",
        "premium ** 9",
        "f'{premium}'",
        "x := 1",
        "{1: 2}",
        "premium[0]",
        "min(key=1)",
        "(a for a in b)",
    ],
)
def test_nothing_but_reckoning_is_allowed(text: str) -> None:
    with pytest.raises(BadExpression, match=r"not allowed|cannot be read"):
        Expression(text)


def test_what_cannot_be_read_is_shown() -> None:
    with pytest.raises(BadExpression, match="premium \\+"):
        Expression("premium +")
