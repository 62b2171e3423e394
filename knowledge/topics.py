"""Which intents need a product, and the words that carry no meaning for search: `topics.yml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.errors import InvalidKnowledge
from knowledge.yaml_file import read_mapping


class Topic(BaseModel):
    """How an intent is answered.

    Attributes:
        needs_product: the answer differs so much by product that it is asked for.
        cues: words such as 追尾 may tell the product when it is not named, also another than that of the
            conversation.
        by_name: only what the message names is explained, never what is merely like it.
        offer: product codes or section ids to choose from when the message says nothing special.
        generic: words that every message of this intent may have, so that they tell nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    needs_product: bool = False
    cues: bool = False
    by_name: bool = False
    offer: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topics:
    """All of `topics.yml`.

    `every_product` are the intents that each product must answer. `filler` carries no meaning in a message,
    `common` none in the text of a clause either. `frames` are the ways in which one asks about a title.
    """

    by_intent: dict[str, Topic] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    filler: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    frames: tuple[str, ...] = ("{}",)
    every_product: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Topics:
        """Read `topics.yml`; InvalidKnowledge when an entry is malformed."""
        raw = read_mapping(path)
        try:
            by_intent = {name: Topic.model_validate(entry) for name, entry in raw["intents"].items()}
        except ValidationError as error:
            raise InvalidKnowledge(path, 1, str(error.errors()[0])) from error
        lines = {word: tuple(codes) for word, codes in raw["lines"].items()}
        return cls(
            by_intent,
            lines,
            filler=tuple(raw["filler"]),
            common=tuple(raw["common"]),
            frames=tuple(raw["frames"]),
            every_product=tuple(raw["every_product"]),
        )

    def of(self, intent: str) -> Topic:
        """The topic of an intent; one without an entry needs nothing."""
        return self.by_intent.get(intent, Topic())
