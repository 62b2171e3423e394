"""Letters of the insurer as A4 pages in PDF, with the font inside, so that they look alike everywhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, WrapMode
from fpdf.fonts import FontFace
from pylopdf_fonts_zh_cn import sans_path

_FONT = "NotoSansSC"
_MARGIN, _LABEL_WIDTH = 24, 42
_SMALL, _TEXT, _TITLE = 9, 11, 18
_LINE = 7.2
_GREY = 90
_one_at_a_time = threading.Lock()
"""Setting a page needs a processor for a second or two; more at once would only wait for each other."""


@dataclass(frozen=True)
class Letter:
    """What stands on the page, from top to bottom; `sections` are headed paragraphs."""

    sender: str
    title: str
    reference: str
    greeting: str
    opening: str
    rows: Sequence[tuple[str, str]]
    sections: Sequence[tuple[str, str]]
    signature: Sequence[str]
    footer: str


async def pdf_response(letter: Letter, name: str) -> web.Response:
    """The letter to be looked at or printed; no cache keeps it."""
    return web.Response(
        body=await asyncio.to_thread(render, letter),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )


def render(letter: Letter) -> bytes:
    """The PDF; only the glyphs that occur are embedded."""
    with _one_at_a_time:
        page = _Page(letter.footer)
        _head(page, letter)
        _body(page, letter)
        return bytes(page.output())


class _Page(FPDF):
    """A4 with our font, and a footer with the page number."""

    def __init__(self, footer: str) -> None:
        super().__init__(format="A4")
        self._footer = footer
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN)
        self.add_font(_FONT, "", str(sans_path()))
        self.add_page()

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font(_FONT, size=_SMALL)
        self.set_text_color(_GREY)
        self.cell(0, 6, f"{self._footer}　{self.page_no()}", align="C")
        self.set_text_color(0)

    def write_lines(self, text: str, *, size: float = _TEXT, align: str = "L", indent: bool = False) -> None:
        self.set_font(_FONT, size=size)
        for line in text.splitlines():
            self.multi_cell(
                0,
                _LINE * size / _TEXT,
                f"　　{line}" if indent else line,
                align=align,
                new_x="LMARGIN",
                new_y="NEXT",
                wrapmode=WrapMode.CHAR,
            )


def _head(page: _Page, letter: Letter) -> None:
    page.write_lines(letter.sender, align="C")
    page.ln(2)
    page.write_lines(letter.title, size=_TITLE, align="C")
    page.ln(2)
    page.write_lines(letter.reference, size=_SMALL, align="R")
    page.line(_MARGIN, page.get_y() + 1, page.w - _MARGIN, page.get_y() + 1)
    page.ln(6)


def _body(page: _Page, letter: Letter) -> None:
    page.write_lines(letter.greeting)
    page.write_lines(letter.opening, indent=True)
    if letter.rows:
        page.ln(3)
        _table(page, letter.rows)
    for heading, text in letter.sections:
        page.ln(3)
        page.write_lines(heading)
        page.write_lines(text, indent=True)
    page.ln(10)
    for line in letter.signature:
        page.write_lines(line, align="R")


def _table(page: _Page, rows: Sequence[tuple[str, str]]) -> None:
    page.set_font(_FONT, size=_TEXT)
    page.set_draw_color(170)
    widths = (_LABEL_WIDTH, page.epw - _LABEL_WIDTH)
    with page.table(
        col_widths=widths,
        first_row_as_headings=False,
        line_height=_LINE,
        padding=1.5,
        borders_layout=TableBordersLayout.ALL,
        text_align="LEFT",
        wrapmode=WrapMode.CHAR,
    ) as table:
        for label, value in rows:
            row = table.row()
            row.cell(label, style=FontFace(color=_GREY))
            row.cell(value)
    page.set_draw_color(0)
