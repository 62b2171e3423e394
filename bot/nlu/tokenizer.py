"""Rasa tokens from jieba words, and the place where a lost annotation stops the training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.segment import Segmenter
from bot.nlu.spans import Span, SpansLostError, lost_spans
from bot.nlu.storage import read_json, reading, write_json, writing

_FILE = "terms.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class ChineseTokenizer(Tokenizer):  # type: ignore[misc]
    """Words of the normalised text at their places in the typed one.

    `dictionary` names a file with one term a line, made by `bot.train`; the terms are kept in the model.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"dictionary": None, "intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @staticmethod
    def supported_languages() -> list[str]:
        return ["zh"]

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, terms: list[str]
    ) -> None:
        super().__init__(config)
        self._storage = storage
        self._resource = resource
        self._terms = terms
        self._segmenter = Segmenter(terms)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseTokenizer:
        return cls(config, model_storage, resource, _read_terms(config["dictionary"]))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ChineseTokenizer:
        with reading(model_storage, resource) as folder:
            return cls(config, model_storage, resource, read_json(folder / _FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the dictionary; raises SpansLostError if an annotation could not be returned exactly."""
        complaints = [
            complaint
            for example in training_data.entity_examples
            for complaint in lost_spans(*_annotated(example))
        ]
        if complaints:
            raise SpansLostError(complaints)
        with writing(self._storage, self._resource) as folder:
            write_json(folder / _FILE, self._terms)
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        return [
            Token(word.text, word.start, word.end) for word in self._segmenter.words(message.get(attribute))
        ]


def _annotated(example: Message) -> tuple[str, list[Span]]:
    spans = [Span(entity["entity"], entity["start"], entity["end"]) for entity in example.get(ENTITIES, [])]
    return example.get(TEXT), spans


def _read_terms(dictionary: str | None) -> list[str]:
    if dictionary is None:
        return []
    return Path(dictionary).read_text(encoding="utf-8").split("\n")
