"""Intents by multinomial logistic regression over all features of a message.

Rasa's own LogisticRegressionClassifier fixes the regularisation, puts dense features into a sparse matrix
and loads a scikit-learn object from the model; this one keeps three arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.nlu.softmax import Array, Softmax, fit
from bot.nlu.storage import read_json, reading, write_json, writing

_INTENTS = "intents.json"
_WEIGHTS = "weights.npz"
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """Needs one sparse and one dense featurizer before it; `inverse_regularisation` is scikit-learn's C.

    `temperature` makes the confidence honest: it divides the scores before they become probabilities.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"inverse_regularisation": 20.0, "temperature": 1.0, "most_iterations": 200}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model: Softmax | None = None

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
        with (
            reading(model_storage, resource) as folder,
            np.load(folder / _WEIGHTS, allow_pickle=False) as arrays,
        ):
            component._model = Softmax(classes=read_json(folder / _INTENTS), **arrays)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the weights; every intent counts the same, however many examples it has."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        sparse, dense = _features(examples)
        intents = [example.get(INTENT) for example in examples]
        model = fit(
            sparse, dense, intents, self._config["inverse_regularisation"], self._config["most_iterations"]
        )
        with writing(self._storage, self._resource) as folder:
            write_json(folder / _INTENTS, model.classes)
            np.savez(folder / _WEIGHTS, sparse=model.sparse, dense=model.dense, bias=model.bias)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking`; a message without text keeps none."""
        if self._model is None:
            raise RuntimeError("the classifier was not loaded from a trained model")
        for message in messages:
            if not message.get(TEXT):
                continue
            chances = self._model.chances(*_features([message]), self._config["temperature"])[0]
            ranking = [
                {"name": self._model.classes[index], "confidence": float(chances[index])}
                for index in np.argsort(-chances)[:RANKED]
            ]
            message.set("intent", dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _features(messages: list[Message]) -> tuple[csr_matrix, Array]:
    sparse = [message.get_sparse_features(TEXT)[1].features for message in messages]
    dense = [message.get_dense_features(TEXT)[1].features for message in messages]
    return vstack(sparse, format="csr"), np.vstack(dense)
