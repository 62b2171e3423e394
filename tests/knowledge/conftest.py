"""The knowledge base of the project, loaded once."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase

ROOM = Path(__file__).resolve().parents[2] / "knowledge"


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    return KnowledgeBase.load(ROOM, ROOM.parent / "var" / "vectors")


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 22)
