from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from actions import days, reading

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("138 0000 1001", "13800001001"),
        ("改成１３９００００２２２２", "13900002222"),
        ("不是13800001001，是139-0000-2222", "13900002222"),
        ("一三八零零零零幺零零幺", "13800001001"),
        ("+86 13912345678", "13912345678"),
        ("010-88886666", "010-88886666"),
        ("138000010012", None),
        ("1380000100", None),
        ("电话没变", None),
    ],
)
def test_phones_are_read_as_customers_write_them(text: str, phone: str | None) -> None:
    assert reading.read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天下午3点", date(2026, 11, 21)),
        ("大前天晚上", date(2026, 11, 19)),
        ("三天前", date(2026, 11, 19)),
        ("两周前", date(2026, 11, 8)),
        ("上周五", date(2026, 11, 13)),
        ("周三", date(2026, 11, 18)),
        ("上个月5号", date(2026, 10, 5)),
        ("11月20号", date(2026, 11, 20)),
        ("12月3日", date(2025, 12, 3)),
        ("去年12月3日", date(2025, 12, 3)),
        ("2026-11-20", date(2026, 11, 20)),
        ("二〇二六年十一月一日", date(2026, 11, 1)),
        ("25号", date(2026, 10, 25)),
        ("11/20", date(2026, 11, 20)),
        ("刚才追尾了", SUNDAY),
        ("修车花了3.5万", None),
        ("2026年11月23日", None),
        ("2026年2月30日", None),
        ("五号楼漏水", None),
        ("记不清了", None),
    ],
)
def test_a_past_day_is_read_and_a_coming_one_is_not(text: str, day: date | None) -> None:
    assert days.read_past_date(text, SUNDAY) == day


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("三千二", "3200"),
        ("1.2w", "12000"),
        ("3,200元", "3200"),
        ("两万五", "25000"),
        ("36.60元", "36.60"),
        ("没多少", None),
    ],
)
def test_amounts(text: str, amount: str | None) -> None:
    assert reading.read_amount(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("是的", True),
        ("嗯嗯", True),
        ("有人受伤", True),
        ("没问题。", True),
        ("没有", False),
        ("没人受伤", False),
        ("不对", False),
        ("不是我撞的，是他撞的我", None),
        ("好的服务在哪里", None),
    ],
)
def test_yes_and_no_only_when_nothing_else_is_said(text: str, answer: bool | None) -> None:
    assert reading.read_yes_no(text) is answer


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫王小明", "王小明"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("王小明的保单在哪里查", None),
        ("12345", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert reading.read_name(text) == name


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("地址改成武汉市洪山区珞喻路100号3栋502", "武汉市洪山区珞喻路100号3栋502"),
        ("武汉", None),
        ("我不知道写什么好", None),
    ],
)
def test_addresses_name_a_place(text: str, address: str | None) -> None:
    assert reading.read_address(text) == address


def test_a_plate_and_a_policy_number_are_found_in_a_sentence() -> None:
    assert reading.read_plate("粤b·12345刚被撞了") == "粤B12345"
    assert reading.read_policy_number("保单号是p202400010001，帮我看下") == "P202400010001"
    assert reading.read_policy_number("13800001001") is None
