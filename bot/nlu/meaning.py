"""The last step of a parse: every entity gets its value in the one written form of `bot.nlu.values`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.values import value_of
from bot.vocabulary import product_codes

_SHANGHAI = timezone(timedelta(hours=8))
_ROOT = Path(__file__).resolve().parents[2]


def today_in_shanghai() -> date:
    """The day that 今天 means."""
    return datetime.now(_SHANGHAI).date()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityValues(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]
    """Reads product codes from `knowledge` when the model is loaded, and the day at every message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"knowledge": "knowledge"}

    def __init__(self, config: dict[str, Any], today: Callable[[], date] = today_in_shanghai) -> None:
        self._products = product_codes(_ROOT / config["knowledge"])
        self._today = today

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityValues:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text, today = message.get(TEXT) or "", self._today()
            for entity in message.get(ENTITIES, []):
                words = text[entity["start"] : entity["end"]]
                entity["value"] = value_of(entity["entity"], words, today, self._products)
        return messages
