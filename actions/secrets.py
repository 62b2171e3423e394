"""Numbers that the log keeps only as a mark: identity and card numbers given as answers."""

from __future__ import annotations

import re

from actions.speech import phrase
from actions.turn import Turn
from knowledge.service_field import FieldType, ServiceField

_SHAPES = {
    FieldType.ID_NUMBER: ("mark_id", re.compile(r"\d(?:[\s-]*\d){16}[\s-]*[\dXx]")),
    FieldType.BANK_CARD: ("mark_card", re.compile(r"\d(?:[\s-]*\d){15,18}")),
}


def hide(turn: Turn, field: ServiceField, text: str) -> str:
    """The text with numbers of the field's kind as a mark; the log will have it so."""
    mark, shape = _SHAPES[field.type]
    for found in shape.findall(text):
        turn.secrets[found] = phrase(mark)
    return shape.sub(phrase(mark), text)
