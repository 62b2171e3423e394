"""What the customer just said or chose, as Rasa understood it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker

ANSWER = "answer"
"""Entity of a button inside the service form: the value to answer with."""
SAID = "said"
"""Entity of a button that reads earlier words anew: those words."""


START = "start"
"""Entity of a button that begins a kind of request: its name."""


THEN = "then"
"""Entity that takes the intent of a second wish through the identity step."""


@dataclass(frozen=True)
class Reading:
    """One intent the words may mean; `confidence` from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Heard:
    """The latest message. A button has no text of its own, only an intent and entities."""

    text: str
    intent: str
    confidence: float
    entities: tuple[tuple[str, str], ...]
    ranking: tuple[Reading, ...]
    second: str | None = None
    """The intent of a second wish in the same message."""

    @classmethod
    def from_tracker(cls, tracker: Tracker, text: str) -> Heard:
        """Reads Rasa's parse; `text` is the customer's own, empty for a button."""
        message: Mapping[str, Any] = tracker.latest_message
        intent: Mapping[str, Any] = message.get("intent") or {}
        ranking: Sequence[Mapping[str, Any]] = message.get("intent_ranking") or ()
        return cls(
            text=text.strip(),
            intent=str(intent.get("name") or ""),
            confidence=float(intent.get("confidence") or 0.0),
            entities=tuple(
                (str(entity["entity"]), str(entity["value"])) for entity in message.get("entities") or ()
            ),
            second=message.get("second") or None,
            ranking=tuple(Reading(str(one["name"]), float(one["confidence"])) for one in ranking),
        )

    @property
    def words(self) -> str:
        """The customer's words; for a button that stands for them, the words it was made from."""
        return self.text or self.entity(SAID) or ""

    @property
    def then(self) -> str | None:
        """The intent of a second wish, said now or before the identity step."""
        return self.second or self.entity(THEN)

    def saying(self, text: str) -> Heard:
        """The same message with only this part of its words."""
        return replace(self, text=text)

    @property
    def is_button(self) -> bool:
        """Whether a button was chosen instead of words written."""
        return not self.text

    def entity(self, name: str) -> str | None:
        """The last value of an entity; the last one wins in "not A but B"."""
        return next((value for entity, value in reversed(self.entities) if entity == name), None)
