"""Entities that need no training: numbers by their form, products by their names, in one spaCy pass.

The product names are read when the model is loaded, so a product added to knowledge/ is recognised by an
older model.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.pipeline import EntityRuler
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bot.nlu.normalise import normalise
from bot.nlu.patterns import Found, find_fixed, find_likely
from bot.vocabulary import product_names

#: Message properties between this component and the extractor: lists of `Found`.
FIXED = "fixed_entities"
LIKELY = "likely_entities"
_ROOT = Path(__file__).resolve().parents[2]

if not Doc.has_extension("typed"):
    Doc.set_extension("typed", default="")


@Language.component("written_forms")
def _written_forms(doc: Doc) -> Doc:
    doc.spans["fixed"] = [_span(doc, found) for found in find_fixed(doc._.typed)]
    doc.spans["forms"] = [_span(doc, found) for found in find_likely(doc._.typed)]
    return doc


def _span(doc: Doc, found: Found) -> Span:
    return Span(doc, found.start, found.end, label=found.entity)


class Recogniser:
    """A blank Chinese pipeline whose tokens are characters, so that its spans are character offsets."""

    def __init__(self, products: Iterable[str]) -> None:
        self._nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})
        names = sorted({normalise(name) for name in products})
        if names:
            ruler = cast(EntityRuler, self._nlp.add_pipe("entity_ruler"))
            ruler.add_patterns([{"label": "product", "pattern": name} for name in names])
        self._nlp.add_pipe("written_forms")

    def __call__(self, text: str) -> tuple[list[Found], list[Found]]:
        """Entities whose form leaves no doubt, and those that are likely; each list without overlaps."""
        doc = self._nlp(self._doc(text))
        likely = filter_spans([*doc.ents, *doc.spans["forms"]])
        return _found(doc.spans["fixed"]), _found(likely)

    def _doc(self, text: str) -> Doc:
        doc = Doc(self._nlp.vocab, words=list(normalise(text)), spaces=[False] * len(text))
        doc._.typed = text
        return doc


def _found(spans: Iterable[Span]) -> list[Found]:
    return [Found(span.label_, span.start, span.end) for span in spans]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class KnownEntities(GraphComponent):  # type: ignore[misc]
    """Puts what `Recogniser` finds on each message; `knowledge` is the folder, from the project's root."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"knowledge": "knowledge"}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    def __init__(self, config: dict[str, Any]) -> None:
        self._recognise = Recogniser(product_names(_ROOT / config["knowledge"]))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KnownEntities:
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT):
                fixed, likely = self._recognise(message.get(TEXT))
                message.set(FIXED, fixed)
                message.set(LIKELY, likely)
        return messages
