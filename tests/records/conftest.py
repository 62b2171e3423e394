"""What several tests of the records room share."""

from __future__ import annotations

from datetime import datetime

import pytest

from records.base import Sessions
from tests.records.visitor import Visitor


@pytest.fixture
def visitor(demo: Sessions, now: datetime) -> Visitor:
    """Somebody in a fresh conversation with the demo insurer."""
    return Visitor(demo, now)
