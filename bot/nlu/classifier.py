"""Intents by multinomial logistic regression over all features of a message.

Rasa's own LogisticRegressionClassifier reads one sparse and one dense block only, fixes the regularisation and loads
a whole scikit-learn object; this one weighs the blocks, keeps two arrays and predicts with two products.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from bot.nlu.storage import read_json, reading, write_json, writing

_INTENTS = "intents.json"
_WEIGHTS = "weights.npz"
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """`inverse_regularisation` as in scikit-learn; `dense_weight` scales dense features against sparse ones."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"inverse_regularisation": 10.0, "dense_weight": 1.0, "most_iterations": 300}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._intents: list[str] = []
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._bias: NDArray[np.float32] = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        component = cls(config, model_storage, resource)
        with reading(model_storage, resource) as folder:
            component._intents = read_json(folder / _INTENTS)
            with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
                component._weights, component._bias = arrays["weights"], arrays["bias"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the weights; every intent counts the same, however many examples it has."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        model = LogisticRegression(
            C=self._config["inverse_regularisation"],
            max_iter=self._config["most_iterations"],
            class_weight="balanced",
            multi_class="multinomial",
            random_state=0,
        )
        model.fit(self._features(examples), [example.get(INTENT) for example in examples])
        self._intents = [str(intent) for intent in model.classes_]
        self._weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self._bias = model.intercept_.astype(np.float32)
        with writing(self._storage, self._resource) as folder:
            write_json(folder / _INTENTS, self._intents)
            np.savez(folder / _WEIGHTS, weights=self._weights, bias=self._bias)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking`; a message without text keeps none."""
        for message in messages:
            if not message.get(TEXT):
                continue
            scores = self._features([message]) @ self._weights + self._bias
            chances = np.exp(scores[0] - scores[0].max())
            chances /= chances.sum()
            ranking = [
                {"name": self._intents[index], "confidence": float(chances[index])}
                for index in np.argsort(-chances)[:RANKED]
            ]
            message.set("intent", dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _features(self, messages: list[Message]) -> csr_matrix:
        return vstack([self._row(message) for message in messages], format="csr")

    def _row(self, message: Message) -> csr_matrix:
        _, sparse = message.get_sparse_features(TEXT)
        _, dense = message.get_dense_features(TEXT)
        blocks = []
        if sparse is not None:
            blocks.append(csr_matrix(sparse.features, dtype=np.float32))
        if dense is not None:
            blocks.append(csr_matrix(dense.features * self._config["dense_weight"], dtype=np.float32))
        return hstack(blocks, format="csr")
