"""How the components keep what they learned: JSON and plain arrays, never pickles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


@contextmanager
def writing(storage: ModelStorage, resource: Resource) -> Iterator[Path]:
    """The folder of `resource` in the model that is being made."""
    with storage.write_to(resource) as folder:
        yield Path(folder)


@contextmanager
def reading(storage: ModelStorage, resource: Resource) -> Iterator[Path]:
    """The folder of `resource` in a finished model; raises ValueError when the model has none."""
    with storage.read_from(resource) as folder:
        yield Path(folder)


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
