"""What WeChat shows of an entry of the log: no Markdown, and everything else as it was written."""

from __future__ import annotations

import pytest

from gateway.channels.wechat.text import plain
from records.masking import mask_card, mask_email, mask_id, mask_phone, mask_policy

CARD = mask_card("6222020200001234570")


@pytest.mark.parametrize(
    "text",
    [
        f"从{CARD}换成{mask_card('6222020200001234661')}。",
        f"证件号{mask_id('110105198803124533')}，手机{mask_phone('13800001001')}",
        f"{mask_policy('P202400010001')}和{mask_policy('P202400010002')}都在保",
        f"发到{mask_email('wang@example.com')}，抄送{mask_email('li_xm__1@example.com')}",
        CARD,
        "4****9",
        "王*明、李*梅和赵*",
        "****",
        "文件my__name__v2.pdf",
    ],
)
def test_hidden_parts_of_numbers_arrive_as_they_are(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**90天**，从生效次日起算", "90天，从生效次日起算"),
        (
            "满2年。**中止期间我们不承担责任。**满2年的，**可以**恢复",
            "满2年。中止期间我们不承担责任。满2年的，可以恢复",
        ),
        (f"**卡号{CARD}**已登记", f"卡号{CARD}已登记"),
        ("__要紧__：用`查进度`", "要紧：用查进度"),
        ("## 材料\n- 身份证\n* 银行卡\n---\n好了", "材料\n• 身份证\n• 银行卡\n好了"),
        ("看[条款](https://example.com/a)<b>", "看条款（https://example.com/a）＜b＞"),
    ],
)
def test_marks_are_gone(text: str, shown: str) -> None:
    assert plain(text) == shown
