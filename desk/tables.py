"""Tables that leave the desk as CSV, readable by the spreadsheet programs people have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

_BOM = "\ufeff"
"""Without it Excel takes Chinese for Latin letters."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> str:
    """A heading and one row for each line; what looks like a formula is made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([_cell(line.get(column)) for column in columns])
    return out.getvalue()


def csv_response(name: str, columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> web.Response:
    return web.Response(
        text=_BOM + csv_text(columns, lines),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}.csv", "Cache-Control": "no-store"},
    )


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
