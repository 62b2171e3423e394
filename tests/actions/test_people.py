"""Beneficiaries in the words of customers."""

from __future__ import annotations

import pytest

from actions.people import Wrong, read_beneficiaries


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("李雪梅 妻子 60%，王小宝 儿子 40%", "李雪梅（配偶）60%、王小宝（儿子）40%"),
        ("李雪梅 配偶 60% 王小宝 儿子 40%", "李雪梅（配偶）60%、王小宝（儿子）40%"),
        ("我老婆李雪梅100%", "李雪梅（配偶）100%"),
        ("改成我妈张桂英", "张桂英（母亲）100%"),
        ("给我儿子王小宝和女儿王小美，一人一半", "王小宝（儿子）50%、王小美（女儿）50%"),
        ("受益人改为父亲王建国、母亲李芳各50%", "王建国（父亲）50%、李芳（母亲）50%"),
        ("妻子李雪梅 50、儿子王小宝 50", "李雪梅（配偶）50%、王小宝（儿子）50%"),
        ("妻子，李雪梅", "李雪梅（配偶）100%"),
        (
            "儿子 王小宝，女儿 王小美，母亲 张桂英",
            "王小宝（儿子）33.34%、王小美（女儿）33.33%、张桂英（母亲）33.33%",
        ),
        ("李雪梅，妻子，六成，王小宝，儿子，四成", "李雪梅（配偶）60%、王小宝（儿子）40%"),
        ("就写法定的", "法定继承人"),
    ],
)
def test_a_list_is_read(text: str, listed: str) -> None:
    assert read_beneficiaries(text) == listed


@pytest.mark.parametrize(
    ("text", "response", "values"),
    [
        ("老婆 李雪梅 60% 儿子王小宝 30%", "form_shares_wrong", {"sum": "90"}),
        ("妻子李雪梅80%，儿子王小宝40%", "form_shares_wrong", {"sum": "120"}),
        ("妻子李雪梅60%，儿子王小宝", "form_shares_wrong", {"sum": "60"}),
        ("李雪梅60%，王小宝40%", "form_beneficiary_unrelated", {"name": "李雪梅"}),
        ("我老婆和儿子", "form_beneficiary_unnamed", {"relation": "配偶"}),
        ("好", "form_wrong_beneficiaries", {}),
    ],
)
def test_what_is_wrong_is_told(text: str, response: str, values: dict[str, str]) -> None:
    assert read_beneficiaries(text) == Wrong(response, values)
