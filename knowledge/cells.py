"""The table of products and topics: what each product answers, and what it does not have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.contents import Contents

NOT_APPLICABLE = ("没有", "不用", "不提供", "不能", "一般不能")
"""An answer that begins so says that the product does not have the thing."""
Cell = str


def cells(contents: Contents, on: date) -> Mapping[tuple[str, str], Cell]:
    """For product and intent: `filled`, `none` (it has no such thing, and says so), or `missing`."""
    table: dict[tuple[str, str], Cell] = {}
    for intent in contents.topics.every_product:
        own = [one for one in contents.library.answering(intent, on) if one.default]
        for code in contents.products:
            found = next((one for one in own if one.product == code), None)
            if found is None:
                table[code, intent] = "missing"
            else:
                table[code, intent] = "none" if found.short.startswith(NOT_APPLICABLE) else "filled"
    return table
