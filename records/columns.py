"""Column kinds that several models share."""

from __future__ import annotations

import enum

from sqlalchemy import Enum

WORD_LENGTH = 32


def words(kind: type[enum.StrEnum]) -> Enum:
    """A string column holding the values (not the Python names) of a string enum."""
    return Enum(
        kind,
        native_enum=False,
        length=WORD_LENGTH,
        values_callable=lambda members: [member.value for member in members],
    )
