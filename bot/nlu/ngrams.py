"""Character n-grams of the raw text as features.

Rasa's CountVectorsFeaturizer joins tokens by spaces, so that its n-grams never cross the border of a word;
in Chinese the pairs across such borders carry much of the meaning, and they survive a wrong segmentation.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.normalise import normalise
from bot.nlu.storage import read_json, reading, write_json, writing

_FILE = "ngrams.json"
FEWEST_EXAMPLES = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterNgrams(SparseFeaturizer, GraphComponent):  # type: ignore[misc]
    """TF-IDF of character n-grams, `shortest` to `longest`, over the text between two edge marks.

    An n-gram of one example alone tells nothing of others and is left out.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**SparseFeaturizer.get_default_config(), "shortest": 1, "longest": 2}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        return None

    def __init__(self, name: str, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._vectorizer = self._new_vectorizer(None)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CharacterNgrams:
        return cls(execution_context.node_name, config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CharacterNgrams:
        component = cls(execution_context.node_name, config, model_storage, resource)
        with reading(model_storage, resource) as folder:
            learned = read_json(folder / _FILE)
        component._vectorizer = component._new_vectorizer(learned["ngrams"])
        component._vectorizer.idf_ = np.array(learned["idf"])
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the n-grams and their weights from all example texts."""
        self._vectorizer.fit(
            [_prepared(example) for example in training_data.training_examples if _has_text(example)]
        )
        with writing(self._storage, self._resource) as folder:
            ngrams = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.__getitem__)
            write_json(folder / _FILE, {"ngrams": ngrams, "idf": self._vectorizer.idf_.tolist()})
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        written = [message for message in messages if _has_text(message)]
        if written:
            features = self._vectorizer.transform([_prepared(message) for message in written])
            for row, message in enumerate(written):
                self.add_features_to_message(None, csr_matrix(features[row]), TEXT, message)
        return messages

    def _new_vectorizer(self, ngrams: list[str] | None) -> TfidfVectorizer:
        return vectorizer(self._config["shortest"], self._config["longest"], ngrams)


def vectorizer(shortest: int, longest: int, ngrams: list[str] | None = None) -> TfidfVectorizer:
    """TF-IDF over `prepared` texts; `ngrams` are those of an earlier training in their order."""
    return TfidfVectorizer(
        analyzer="char",
        ngram_range=(shortest, longest),
        sublinear_tf=True,
        lowercase=False,
        min_df=FEWEST_EXAMPLES if ngrams is None else 1,
        vocabulary=ngrams,
        dtype=np.float32,
    )


def _has_text(message: Message) -> bool:
    return bool(message.get(TEXT))


def _prepared(message: Message) -> str:
    return prepared(message.get(TEXT))


def prepared(text: str) -> str:
    """`text` normalised, without white space, digits all alike, between edge marks."""
    plain = re.sub(r"\s+", "", normalise(text))
    return "^" + re.sub(r"\d+", "0", plain) + "$"
