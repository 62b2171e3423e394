"""What a browser has to load before the first screen, compressed as a proxy would."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.gateway.conftest import ROOT

pytestmark = pytest.mark.browser
WIDGET_BYTES = 35 * 1024
DESK_BYTES = 300 * 1024


def _compressed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def test_the_widget_is_small() -> None:
    assert _compressed(ROOT / "web" / "widget" / "dist" / "baodan-chat.js") <= WIDGET_BYTES


def test_the_desk_opens_without_its_charts() -> None:
    dist = ROOT / "web" / "desk" / "dist"
    page = (dist / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page)
    assert named
    assert _compressed(dist / "index.html") + sum(_compressed(dist / name) for name in named) <= DESK_BYTES
    assert not any("echarts" in (dist / name).read_text(encoding="utf-8").lower() for name in named)


def test_no_page_holds_an_inline_script() -> None:
    for part in ("desk", "widget"):
        page = (ROOT / "web" / part / "dist" / "index.html").read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page), part
