from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from records.base import Sessions
from tests.actions.talk import Talk

Opens = Callable[..., Awaitable[Talk]]


@pytest.fixture
def talk(demo: Sessions, now: datetime) -> Opens:
    """Opens a conversation with the demo insurer: talk(), or talk(customer="C001", level=2)."""

    async def open_one(**who: Any) -> Talk:
        return await Talk(demo, now=now, **who).open()

    return open_one
