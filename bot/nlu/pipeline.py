"""The understanding of a trained model without Rasa's server, policies and graph runner."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

_OURS = "bot.nlu."


class Pipeline:
    """The components of our own in their order, so without the fallback: `parse` gives plain readings."""

    def __init__(self, components: Sequence[Any]) -> None:
        self._components = components

    @classmethod
    @contextmanager
    def loaded(cls, model: Path) -> Iterator[Pipeline]:
        """The pipeline of the archive `model`."""
        with tempfile.TemporaryDirectory() as folder:
            storage, about = LocalModelStorage.from_model_archive(Path(folder), model)
            yield cls(
                [
                    node.uses.load(
                        {**node.uses.get_default_config(), **node.config},
                        storage,
                        node.resource,
                        ExecutionContext(about.predict_schema, about.model_id, node_name=name),
                    )
                    for name, node in about.predict_schema.nodes.items()
                    if node.uses.__module__.startswith(_OURS)
                ]
            )

    def parse(self, text: str) -> dict[str, Any]:
        """Text, ranking and entities of `text`; no ranking where it is empty or nothing but white space."""
        message = Message({TEXT: text if text.strip() else ""})
        for component in self._components:
            component.process([message])
        return {"entities": [], **message.as_dict(only_output_properties=True), "text": text}
