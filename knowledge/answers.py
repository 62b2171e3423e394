"""What the knowledge base gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Button:
    """A next step: title for the customer, payload in Rasa's own `/intent{...}` form (never shown)."""

    title: str
    payload: str


@dataclass(frozen=True)
class Citation:
    """The text an answer rests on."""

    title: str
    clause: str
    version: str
    body: str

    @property
    def label(self) -> str:
        """《title》clause, as written behind an answer."""
        return f"《{self.title}》{self.clause}"


@dataclass(frozen=True)
class Candidate:
    """One of several things the customer may mean; the payload answers with it."""

    id: str
    title: str
    payload: str


@dataclass(frozen=True)
class Answer:
    """A section that answers: at most five lines, what it rests on, at most one next step."""

    text: str
    citations: list[Citation]
    next: list[Button]
    section_id: str


@dataclass(frozen=True)
class AskProduct:
    """The answer differs by product and none is known; at most four candidates, id is the product code."""

    candidates: list[Candidate]


@dataclass(frozen=True)
class AskWhich:
    """Several sections fit alike; at most four candidates, id is the section id."""

    candidates: list[Candidate]


@dataclass(frozen=True)
class Unknown:
    """Nothing fits well enough; titles (with candidates) of the nearest sections, perhaps none.

    `refused`: something fits, but must not be said.
    """

    titles: list[str]
    candidates: list[Candidate]
    refused: bool = False


Result = Answer | AskProduct | AskWhich | Unknown
