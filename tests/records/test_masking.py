from __future__ import annotations

import io
import logging
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.masking import (
    MaskingFilter,
    holds_personal_number,
    mask_card,
    mask_id,
    mask_name,
    mask_phone,
    mask_policy,
    mask_text,
    valid_card,
    valid_id,
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ANY = st.text(max_size=30)
_SEPARATORS = st.sampled_from(["", " ", "-", "　", "·", "－", "—", ".", "\u00a0", "  ", " - "])


def _check_digit(body: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _luhn_digit(body: str) -> str:
    return next(str(last) for last in range(10) if valid_card(f"{body}{last}"))


_IDS = st.from_regex(r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])\d{3}", fullmatch=True).map(
    lambda body: body + _check_digit(body)
)
_PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
_CARDS = st.from_regex(r"62[0-9]{13,16}", fullmatch=True).map(lambda body: body + _luhn_digit(body))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


@pytest.mark.parametrize(
    ("mask", "number", "masked"),
    [
        (mask_id, "110105198803124533", "1****************3"),
        (mask_phone, "13800001001", "138****1001"),
        (mask_card, "6222020200001234562", "****4562"),
        (mask_policy, "P202400010001", "P2024****0001"),
        (mask_policy, "PDAA2026440300000123", "PDAA2026********0123"),
        (mask_name, "王小明", "王*明"),
        (mask_name, "赵磊", "赵*"),
        (mask_name, "", ""),
    ],
)
def test_masks(mask: object, number: str, masked: str) -> None:
    assert callable(mask)
    assert mask(number) == masked


@pytest.mark.parametrize("tail_of", [mask_id, mask_phone, mask_card, mask_policy, mask_name])
def test_what_is_too_short_is_hidden_whole(tail_of: object) -> None:
    assert callable(tail_of)
    assert "7" not in tail_of("7")


def test_the_six_characters_that_identify_a_person_stay_hidden() -> None:
    assert "124533" not in mask_id("110105198803124533")
    assert mask_id("110105198803124533").count("*") == 16


def test_text_keeps_what_is_not_personal() -> None:
    turn = uuid.UUID("5f0c1a2b-0000-4000-8000-138000010010")
    text = f"申请 BQ202600100001，投诉 TS202600040001，报案 CLM202600030001，{turn}，2026-11-22 21:03"
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("我的电话是13800001001。", "我的电话是138****1001。"),
        ("电话 138 0000 1001", "电话 138****1001"),
        ("+86 138-0000-1001", "*************"),
        ("身份证32010219990123401x", "身份证3****************X"),
        ("卡号6222 0202 0000 1234 562", "卡号****4562"),
        ("保单P202400010001", "保单P2024****0001"),
        ("１３８００００１００１", "138****1001"),
        ("发到 xiaoming.wang@example.com", "发到 x***@example.com"),
    ],
)
def test_text_is_masked(said: str, logged: str) -> None:
    assert mask_text(said) == logged


@given(before=_ANY, secret=_IDS | _PHONES | _CARDS, after=_ANY)
def test_no_valid_number_survives(before: str, secret: str, after: str) -> None:
    masked = mask_text(f"{before}{secret}{after}")
    assert secret not in masked
    assert _digits(secret) not in _digits(masked)


@given(secret=_IDS | _PHONES | _CARDS, separator=_SEPARATORS, every=st.sampled_from([3, 4]))
def test_no_number_survives_in_groups(secret: str, separator: str, every: int) -> None:
    groups = separator.join(secret[start : start + every] for start in range(0, len(secret), every))
    masked = mask_text(f"号码{groups}。")
    assert secret[-6:] not in masked
    assert len(_digits(masked)) <= 7


@given(secret=_IDS | _PHONES | _CARDS)
def test_personal_numbers_are_recognised(secret: str) -> None:
    assert holds_personal_number(f'{{"note": "号码{secret}"}}')


@given(number=st.uuids())
def test_a_turn_id_is_never_taken_for_one(number: uuid.UUID) -> None:
    assert mask_text(f"turn={number}") == f"turn={number}"
    assert not holds_personal_number(str(number))


@given(number=_IDS)
def test_one_wrong_digit_makes_an_id_invalid(number: str) -> None:
    wrong = str((int(number[5]) + 1) % 10)
    assert valid_id(number)
    assert not valid_id(number[:5] + wrong + number[6:])


def test_logs_are_masked_with_arguments_and_tracebacks() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskingFilter())
    logger = logging.getLogger("tests.records.masking")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        raise ValueError("no customer with 13800001001")
    except ValueError:
        logger.exception("phone %s of %s", "13800001002", {"id": "110105198803124533"})
    finally:
        logger.removeHandler(handler)
    written = stream.getvalue()
    assert "138****1002" in written
    assert "138****1001" in written
    assert "110105198803124533" not in written
    assert "ValueError" in written
