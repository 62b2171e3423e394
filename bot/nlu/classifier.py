"""Intents by kernel least squares over all features of a message (`bot.nlu.kernel`)."""

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

from bot.nlu.kernel import Features, KernelModel, Likeness, fit
from bot.nlu.storage import read_json, reading, write_json, writing

_INTENTS = "intents.json"
_MODEL = "examples.npz"
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KernelIntentClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """Needs one sparse and one dense featurizer before it, both with rows of unit length.

    `meaning_share`, `curvature` and `ridge` are those of `bot.nlu.kernel`; `sharpness` makes the confidence
    honest: it multiplies the scores before they become probabilities.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"meaning_share": 0.75, "curvature": 1.0, "ridge": 0.02, "sharpness": 18.0}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model: KernelModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KernelIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KernelIntentClassifier:
        component = cls(config, model_storage, resource)
        with reading(model_storage, resource) as folder:
            classes = read_json(folder / _INTENTS)
            with np.load(folder / _MODEL, allow_pickle=False) as kept:
                sparse = csr_matrix((kept["values"], kept["columns"], kept["rows"]), shape=kept["shape"])
                examples = Features(sparse, kept["dense"].astype(np.float32))
                component._model = KernelModel(classes, examples, kept["weights"], component._likeness())
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example with text; they go into the model, which compares messages with them."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        intents = [example.get(INTENT) for example in examples]
        model = fit(_features(examples), intents, self._likeness(), self._config["ridge"])
        sparse = model.examples.sparse
        with writing(self._storage, self._resource) as folder:
            write_json(folder / _INTENTS, model.classes)
            np.savez(
                folder / _MODEL,
                values=sparse.data,
                columns=sparse.indices,
                rows=sparse.indptr,
                shape=sparse.shape,
                dense=model.examples.dense.astype(np.float16),
                weights=model.weights,
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking`; a message without text keeps none."""
        if self._model is None:
            raise RuntimeError("the classifier was not loaded from a trained model")
        for message in messages:
            if not message.get(TEXT):
                continue
            chances = self._model.chances(_features([message]), self._config["sharpness"])[0]
            ranking = [
                {"name": self._model.classes[index], "confidence": float(chances[index])}
                for index in np.argsort(-chances)[:RANKED]
            ]
            message.set("intent", dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _likeness(self) -> Likeness:
        return Likeness(self._config["meaning_share"], self._config["curvature"])


def _features(messages: list[Message]) -> Features:
    sparse = [message.get_sparse_features(TEXT)[1].features for message in messages]
    dense = [message.get_dense_features(TEXT)[1].features for message in messages]
    return Features(vstack(sparse, format="csr", dtype=np.float32), np.vstack(dense))
