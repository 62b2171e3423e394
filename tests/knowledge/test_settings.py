"""Numbers of the insurer are typed, sourced and usable in sentences."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from knowledge.errors import InvalidKnowledge
from knowledge.settings import InsurerSettings

FILE = Path(__file__).resolve().parents[2] / "knowledge" / "settings.yml"


@pytest.fixture(scope="module")
def settings() -> InsurerSettings:
    return InsurerSettings.load(FILE)


def test_every_setting_names_its_source(settings: InsurerSettings) -> None:
    for key in InsurerSettings.model_fields:
        assert settings.source_of(key)


def test_hours_read_as_a_customer_reads_them(settings: InsurerSettings) -> None:
    assert settings.hours == "周一至周日 9:00-21:00"
    workdays = settings.model_copy(update={"weekdays": (1, 2, 3, 4, 5)})
    assert workdays.hours == "周一至周五 9:00-21:00"
    odd = settings.model_copy(update={"weekdays": (1, 3, 6)})
    assert odd.hours == "周一、周三、周六 9:00-21:00"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 22, 0, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 12, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 13, 0, tzinfo=UTC), False),
    ],
)
def test_specialists_work_by_shanghai_time(
    settings: InsurerSettings, moment: datetime, is_open: bool
) -> None:
    assert settings.is_open(moment) is is_open


def test_the_next_opening_skips_closed_days(settings: InsurerSettings) -> None:
    workdays = settings.model_copy(update={"weekdays": (1, 2, 3, 4, 5)})
    sunday_noon = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert workdays.next_opening(sunday_noon) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert settings.next_opening(sunday_noon) == sunday_noon


def test_the_calendar_day_is_that_of_shanghai(settings: InsurerSettings) -> None:
    assert settings.today(datetime(2026, 11, 22, 16, 30, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_complaint_is_due_fifteen_days_after_receipt(settings: InsurerSettings) -> None:
    assert settings.complaint_due(date(2026, 11, 22)) == date(2026, 12, 7)


def test_sentences_may_name_every_setting(settings: InsurerSettings) -> None:
    values = settings.values()
    assert values["hotline"] == "400-000-0000"
    assert values["hours"] == settings.hours
    assert set(InsurerSettings.model_fields) <= set(values)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("hotline: {value", "hotlines: {value", "hotline"),
        ("complaint_days: {value: 15", "complaint_days: {value: none", "complaint_days"),
        (", source: 报警电话}", "}", "police"),
    ],
)
def test_a_broken_setting_names_itself(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "settings.yml"
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match=reason):
        InsurerSettings.load(path)
