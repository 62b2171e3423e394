"""The pipeline of config.yml without Rasa's graph: trains and parses with the very same components."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path

LEFT_OUT = frozenset({"FallbackClassifier"})


class Pipeline:
    """Trained components in their order; `parse` gives what Rasa's parse gives."""

    def __init__(self, components: Sequence[Any]) -> None:
        self._components = components

    @classmethod
    def trained(cls, config: dict[str, Any], examples: Sequence[Message], folder: Path) -> Pipeline:
        """Trains every component of our own in `config`; what is learned is kept below `folder`."""
        storage = LocalModelStorage(folder)
        data = TrainingData(list(examples))
        components = []
        for position, entry in enumerate(_ours(config)):
            settings = {key: value for key, value in entry.items() if key != "name"}
            kind = class_from_module_path(entry["name"])
            name = f"{kind.__name__}{position}"
            context = ExecutionContext(GraphSchema({}), node_name=name)
            component = kind.create(
                {**kind.get_default_config(), **settings}, storage, Resource(name), context
            )
            if hasattr(component, "train"):
                component.train(data)
                component = kind.load(
                    {**kind.get_default_config(), **settings}, storage, Resource(name), context
                )
            if hasattr(component, "process_training_data"):
                data = component.process_training_data(data)
            components.append(component)
        return cls(components)

    def parse(self, text: str) -> dict[str, Any]:
        """Intent, ranking and entities of `text`."""
        message = Message({TEXT: text})
        for component in self._components:
            component.process([message])
        return {"text": text, "entities": [], **message.as_dict(only_output_properties=True)}


def _ours(config: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return (entry for entry in config["pipeline"] if entry["name"] not in LEFT_OUT)
