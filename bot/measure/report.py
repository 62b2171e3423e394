"""The report of an evaluation: a table of figures for the terminal, a page with plots for the browser."""

# ruff: noqa: E501 (HTML)
from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from bot.measure import figures
from bot.measure.figures import Answered

WEAKEST = 12
CONFUSIONS = 15
_SIDE = 360
_CELL = 13
_LABEL = 190
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #222 }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left }
figure { display: inline-block; margin: 1rem 2rem 1rem 0 } svg text { font-size: 10px; fill: #444 }
"""


def lines(answered: Sequence[Answered]) -> Iterable[str]:
    """The figures as text."""
    yield f"cases          {len(answered)}"
    for name, value in _summary(answered):
        yield f"{name:14} {value}"
    weakest = sorted(figures.f1_by_intent(answered).items(), key=lambda item: item[1])[:WEAKEST]
    yield "weakest        " + "  ".join(f"{name} {f1:.2f}" for name, f1 in weakest)
    for name, (f1, count) in figures.f1_by_entity(answered).items():
        yield f"entity         {name:18} F1 {f1:.3f}  marked {count}"
    for (meant, taken), count in figures.confusions(answered).most_common(CONFUSIONS):
        yield f"confusion      {count} × {meant} taken for {taken}"


def page(answered: Sequence[Answered], title: str) -> str:
    """One HTML page that needs nothing else; `title` says what was measured."""
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{value}</td></tr>" for name, value in _summary(answered))
    entities = "".join(
        f"<tr><td>{escape(name)}</td><td>{f1:.3f}</td><td>{count}</td></tr>"
        for name, (f1, count) in figures.f1_by_entity(answered).items()
    )
    wrong = "".join(
        f"<tr><td>{escape(one.case.text)}</td><td>{one.case.intent}</td><td>{one.intent or ''}</td>"
        f"<td>{one.confidence:.2f}</td></tr>"
        for one in answered
        if not one.right
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1><table><tr><th>cases</th><td>{len(answered)}</td></tr>{rows}</table>"
        f"<figure>{_reliability(answered)}<figcaption>Reliability: accuracy by confidence</figcaption></figure>"
        f"<figure>{_risk(answered)}<figcaption>Risk by coverage: share wrong among the surest</figcaption></figure>"
        f"<h2>Confusions</h2>{_heat(answered)}"
        + (
            f"<h2>Entities</h2><table><tr><th>entity<th>F1<th>marked</tr>{entities}</table>"
            if entities
            else ""
        )
        + f"<h2>Misunderstood</h2><table><tr><th>text<th>meant<th>taken for<th>confidence</tr>{wrong}</table></html>\n"
    )


def _summary(answered: Sequence[Answered]) -> Iterable[tuple[str, str]]:
    yield "accuracy", f"{figures.accuracy(answered):.3f}"
    yield "macro-F1", f"{figures.macro_f1(answered):.3f}"
    yield "top-3", f"{figures.accuracy(answered, 3):.3f}"
    entities = figures.f1_by_entity(answered)
    yield "entity F1", f"{entities['all'][0]:.3f}" if entities else "no marks"
    outside = figures.scope(answered)
    yield "OOS AUROC", f"{outside.auroc:.3f} ({outside.outside} outside)" if outside else "none outside"
    if outside:
        yield "OOS caught", f"{outside.caught:.3f} at {figures.FALSE_REJECTION:.0%} false rejection"
    yield "calibration", f"{figures.calibration_error(answered):.3f} expected error"


def _reliability(answered: Sequence[Answered]) -> str:
    bars = "".join(
        f'<circle cx="{one.confidence * _SIDE:.1f}" cy="{(1 - one.accuracy) * _SIDE:.1f}"'
        f' r="{3 + 9 * one.count / len(answered):.1f}" fill="#2563eb"><title>{one.count} cases</title></circle>'
        for one in figures.reliability(answered)
    )
    return _square(f'<line x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0" stroke="#bbb"/>{bars}', 1.0)


def _risk(answered: Sequence[Answered]) -> str:
    curve = figures.risk_coverage(answered)
    highest = max(0.01, *(risk for _, risk in curve))
    points = " ".join(f"{share * _SIDE:.1f},{(1 - risk / highest) * _SIDE:.1f}" for share, risk in curve)
    return _square(f'<polyline points="{points}" fill="none" stroke="#2563eb" stroke-width="2"/>', highest)


def _square(drawing: str, highest: float) -> str:
    return (
        f'<svg width="{_SIDE + 50}" height="{_SIDE + 30}" viewBox="-40 -10 {_SIDE + 50} {_SIDE + 30}">'
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>{drawing}'
        f'<text x="-36" y="8">{highest:.2f}</text><text x="-36" y="{_SIDE}">0.00</text>'
        f'<text x="0" y="{_SIDE + 14}">0</text><text x="{_SIDE - 6}" y="{_SIDE + 14}">1</text></svg>'
    )


def _heat(answered: Sequence[Answered]) -> str:
    names = sorted({one.case.intent for one in answered} | {one.intent or "nothing" for one in answered})
    at = {name: index for index, name in enumerate(names)}
    totals = {name: sum(one.case.intent == name for one in answered) for name in names}
    cells = "".join(
        f'<rect x="{at[taken] * _CELL}" y="{at[meant] * _CELL}" width="{_CELL}" height="{_CELL}" fill="#dc2626"'
        f' fill-opacity="{0.15 + 0.85 * count / totals[meant]:.2f}"><title>{count} × {meant} taken for {taken}</title></rect>'
        for (meant, taken), count in figures.confusions(answered).items()
    )
    labels = "".join(
        f'<text x="-4" y="{index * _CELL + 10}" text-anchor="end">{name}</text>'
        f'<text transform="translate({index * _CELL + 10},-4) rotate(-90)">{name}</text>'
        for name, index in at.items()
    )
    side = len(names) * _CELL
    return (
        f'<svg width="{side + _LABEL}" height="{side + _LABEL}" viewBox="-{_LABEL} -{_LABEL} {side + _LABEL} {side + _LABEL}">'
        f'<rect width="{side}" height="{side}" fill="none" stroke="#888"/>{labels}{cells}</svg>'
    )
