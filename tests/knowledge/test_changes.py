"""What changed since a day, and the table of products and topics."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.cells import cells
from knowledge.changes import ChangeKind, new_versions
from knowledge.contents import Contents

CONTENTS = Contents.load(Path(__file__).resolve().parents[2] / "knowledge")
TODAY = date(2026, 11, 22)


def test_a_version_is_held_against_the_one_before() -> None:
    found = {one.source.key: one for one in new_versions(CONTENTS.library, date(2025, 12, 31), TODAY)}
    version = found["AXZJ"]
    assert version.earlier is not None
    assert version.earlier.version == "2019.1"
    waiting = next(one for one in version.changes if one.section == "AXZJ.waiting")
    assert waiting.kind is ChangeKind.CHANGED
    assert "180天" in waiting.before
    assert "90天" in waiting.since


@pytest.mark.parametrize(("since", "until"), [(TODAY, TODAY), (date(2010, 1, 1), date(2010, 2, 1))])
def test_nothing_changed_where_no_version_began(since: date, until: date) -> None:
    assert new_versions(CONTENTS.library, since, until) == []


def test_every_cell_is_filled_or_said_not_to_apply() -> None:
    table = cells(CONTENTS, TODAY)
    assert len(table) == len(CONTENTS.products) * len(CONTENTS.topics.every_product)
    assert "missing" not in table.values()
    assert table["AJJC", "ask_cooling_off"] == "none"
    assert table["AXZJ", "ask_cooling_off"] == "filled"


def test_a_cell_without_section_is_missing() -> None:
    table = cells(CONTENTS, date(2010, 1, 1))
    assert set(table.values()) == {"missing"}
