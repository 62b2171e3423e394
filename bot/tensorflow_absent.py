"""Lets Rasa be imported without TensorFlow.

Rasa 3.6 imports TensorFlow for components this project does not use (DIET, TED, ResponseSelector). The
finder below answers those imports with stand-ins that may be subclassed, subscripted, used as a decorator or
in a type union. Making an object of a class that Rasa built on one raises `TensorFlowAbsentError`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

ABSENT = frozenset({"tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras"})


class TensorFlowAbsentError(RuntimeError):
    """A component that needs TensorFlow was used; `name` is the class that needed it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} needs TensorFlow, and this environment is built without it. "
            "Leave DIETClassifier, TEDPolicy, ResponseSelector and their like out of config.yml."
        )


class _StandInType(type):
    """The stand-in class itself answers attributes, subscripts, unions and decorator calls."""

    def __getattr__(cls, name: str) -> Any:
        if _is_dunder(name):
            raise AttributeError(name)
        return _stand_in(f"{cls.__name__}.{name}")

    def __getitem__(cls, item: object) -> Any:
        return cls

    def __or__(cls, other: object) -> Any:
        return cls

    def __ror__(cls, other: object) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__module__ != __name__:
            raise TensorFlowAbsentError(f"{cls.__module__}.{cls.__qualname__}")
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        return _undecorated


def _undecorated(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _stand_in(name: str) -> Any:
    return _StandInType(name, (), {"__module__": __name__})


class _AbsentModule(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0.0.0"
        if _is_dunder(name):
            raise AttributeError(name)
        return _stand_in(f"{self.__name__}.{name}")


class _AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def install() -> None:
    """Puts the finder first on `sys.meta_path`, before anything imports `rasa`. Harmless when repeated."""
    if not any(isinstance(finder, _AbsentFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AbsentFinder())
