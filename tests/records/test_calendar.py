from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.calendar import (
    add_months,
    add_working_days,
    add_years,
    business_date,
    is_working_day,
    last_day,
    start_of_day,
    warning_day,
    working_days_between,
)


def test_the_business_day_changes_at_midnight_in_shanghai() -> None:
    assert business_date(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert business_date(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert start_of_day(date(2026, 11, 23)) == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def test_a_business_day_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        business_date(datetime(2026, 11, 22))


def test_a_period_ends_after_its_days_or_with_its_first_day_counted() -> None:
    assert last_day(date(2026, 11, 1), 15) == date(2026, 11, 16)
    assert last_day(date(2026, 11, 1), 15, including_start=True) == date(2026, 11, 15)


def test_public_holidays_and_the_sundays_worked_for_them() -> None:
    assert not is_working_day(date(2026, 10, 1))
    assert is_working_day(date(2026, 9, 20))


def test_a_year_without_announced_holidays_has_plain_weeks() -> None:
    assert is_working_day(date(2060, 1, 2))
    assert not is_working_day(date(2060, 1, 3))


def test_working_days_skip_the_weekend_and_never_count_the_first_day() -> None:
    assert add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 22), 5) == date(2026, 11, 27)


@given(start=st.dates(date(2024, 1, 1), date(2030, 1, 1)), days=st.integers(1, 40))
def test_the_nth_working_day_has_n_working_days_behind_it(start: date, days: int) -> None:
    end = add_working_days(start, days)
    passed = [date.fromordinal(day) for day in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert sum(map(is_working_day, passed)) == days
    assert is_working_day(end)


def test_months_and_years_keep_to_the_end_of_short_months() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 15), -2) == date(2025, 11, 15)
    assert add_years(date(2024, 2, 29), -1) == date(2023, 2, 28)


@given(day=st.dates(date(1950, 1, 1), date(2100, 1, 1)), months=st.integers(-240, 240))
def test_adding_months_moves_that_many_months(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months


@pytest.mark.parametrize(
    ("days", "share", "working", "day"),
    [
        (15, "0.5", False, date(2026, 11, 20)),
        (15, "0.8", False, date(2026, 11, 24)),
        (5, "0.5", True, date(2026, 11, 25)),
        (5, "0.8", True, date(2026, 11, 26)),
        (30, "0.5", False, date(2026, 11, 12)),
    ],
)
def test_a_deadline_is_warned_of_once_a_share_of_it_is_gone(
    days: int, share: str, working: bool, day: date
) -> None:
    assert warning_day(date(2026, 11, 27), days, Decimal(share), working=working) == day


@settings(deadline=None)
@given(
    start=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 40),
    share=st.sampled_from([Decimal("0.5"), Decimal("0.8")]),
)
def test_a_warning_comes_as_soon_as_the_share_is_gone(start: date, days: int, share: Decimal) -> None:
    due_on = add_working_days(start, days)
    first = warning_day(due_on, days, share, working=True)
    gone = working_days_between(start, first)
    assert gone >= days * share > gone - 1
    assert is_working_day(first)
