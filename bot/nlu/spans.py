"""Annotated spans that the pipeline cannot give back exactly, which is an error wherever it is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.nlu.patterns import find_fixed


@dataclass(frozen=True)
class Span:
    """An entity in characters of the typed text, `end` exclusive."""

    entity: str
    start: int
    end: int


class SpansLostError(ValueError):
    """Annotations that extraction cannot return; one line each."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__(
            f"{len(complaints)} annotated entities cannot be returned:\n" + "\n".join(complaints)
        )


def lost_spans(text: str, spans: Iterable[Span]) -> list[str]:
    """One sentence for each span of `text` that no extractor can return.

    The trained extractor marks single characters and never white space at an edge; spans may not overlap;
    and a number that a pattern recognises always comes whole and under the name the pattern gives.
    """
    complaints = []
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    fixed = find_fixed(text)
    for index, span in enumerate(ordered):
        words = text[span.start : span.end]
        if not 0 <= span.start < span.end <= len(text):
            complaints.append(f"{text!r}: {span.entity} {span.start}-{span.end} lies outside the text")
        elif words != words.strip():
            complaints.append(f"{text!r}: {span.entity} {words!r} begins or ends with white space")
        elif index and span.start < ordered[index - 1].end:
            complaints.append(f"{text!r}: {span.entity} {words!r} overlaps the entity before it")
        else:
            complaints += [
                f"{text!r}: {span.entity} {words!r} is recognised as "
                f"{found.entity} {text[found.start : found.end]!r}"
                for found in fixed
                if found.start < span.end
                and span.start < found.end
                and (found.entity, found.start, found.end) != (span.entity, span.start, span.end)
            ]
    return complaints
