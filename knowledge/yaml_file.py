"""Reads a YAML file so that what is wrong with it names file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import InvalidKnowledge


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping of a file; InvalidKnowledge when it cannot be read, is not YAML or holds something else."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidKnowledge(path, 1, f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise InvalidKnowledge(path, mark.line + 1 if mark else 1, f"is not YAML: {reason}") from error
    if not isinstance(raw, dict):
        raise InvalidKnowledge(path, 1, "is not a mapping")
    return raw
