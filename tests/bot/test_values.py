"""What entities say: written forms, the table of the test split, and the component that sets the value."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.meaning import EntityValues
from bot.nlu.values import value_of

TODAY = date(2026, 11, 23)
TABLE = Path(__file__).resolve().parents[1] / "nlu" / "values.tsv"
RIGHT = 0.97


@pytest.mark.parametrize(
    ("entity", "typed", "value"),
    [
        ("amount", "三千二", "3200"),
        ("amount", "20w", "200000"),
        ("amount", "3,200.50元", "3200.50"),
        ("amount", "三百六十五块八毛", "365.80"),
        ("amount", "十几万", "十几万"),
        ("amount", "3000多块", "3000多块"),
        ("percent", "百分之三十", "30"),
        ("percent", "三成半", "35"),
        ("age", "四十五周岁", "45"),
        ("date", "上个月", "2026-10"),
        ("date", "上个月15号", "2026-10-15"),
        ("date", "月底", "2026-11-30"),
        ("date", "上周", "2026-11-16/2026-11-22"),
        ("date", "二〇二六年三月五日", "2026-03-05"),
        ("date", "12月5号", "2026-12-05"),
        ("date", "3月5号", "2026-03-05"),
        ("date", "半年前", "2026-05-23"),
        ("date", "2月29号", "2024-02-29"),
        ("date", "2026年13月1日", "2026年13月1日"),
        ("date", "11月31号", "11月31号"),
        ("date", "前几天", "前几天"),
        ("phone", "+86 138-0000-1001", "13800001001"),
        ("id_number", "32010219990123401x", "32010219990123401X"),
        ("id_number", "44O1O61985O3O71234", "44O1O61985O3O71234"),
        ("plate_number", "粤b·d12345", "粤BD12345"),
        ("policy_number", "p2O24 0001-0001", "P202400010001"),
        ("policy_number", "尾号4410", "4410"),
        ("payment_frequency", "半年交", "half_yearly"),
        ("payment_mode", "趸交", "single"),
        ("relation", " 老公 ", "老公"),
    ],
)
def test_written_forms_have_one_value(entity: str, typed: str, value: str) -> None:
    assert value_of(entity, typed, TODAY, {}) == value


@pytest.mark.parametrize(
    "typed", ["", " ", "。", "零", "〇月〇日", "9" * 40, "99999年99月", "百分之", "%", "万", "点", "负三"]
)
def test_odd_forms_stay_words(typed: str) -> None:
    for entity in ("amount", "percent", "age", "date", "phone", "plate_number", "payment_mode"):
        assert isinstance(value_of(entity, typed, TODAY, {}), str)


def test_the_table_of_written_forms_is_read_right() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) >= 300
    given = [value_of(row["entity"], row["typed"], date.fromisoformat(row["today"]), {}) for row in rows]
    wrong = [
        (row, value)
        for row, value in zip(rows, given, strict=False)
        if value != (row["value"] or row["typed"])
    ]
    assert len(wrong) <= (1 - RIGHT) * len(rows), wrong


def test_a_product_gets_its_code_where_its_name_is_the_only_one() -> None:
    text = "重疾險和車險，昨天"
    entities = [
        {"entity": "product", "start": 0, "end": 3},
        {"entity": "date", "start": 7, "end": 9},
        {"entity": "city", "start": 4, "end": 6},
    ]
    message = Message({"text": text, "entities": entities})
    EntityValues({"knowledge": "tests/bot/fixture/knowledge"}, lambda: TODAY).process([message])
    assert [entity["value"] for entity in message.get("entities")] == ["axzj", "2026-11-22", "車險"]
