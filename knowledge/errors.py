"""Why knowledge could not be read."""

from __future__ import annotations

from pathlib import Path


class InvalidKnowledge(Exception):
    """A file of the knowledge base breaks its format; says where and why."""

    def __init__(self, path: Path | str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = str(path)
        self.line = line
        self.reason = reason
