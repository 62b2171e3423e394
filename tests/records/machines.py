"""What the state machines of this room share: a loop beside the test's thread, and time that passes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from records.base import Sessions
from records.staff import Role, Staff, add_staff
from tests.conftest import NOW

FEW = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Machine(RuleBasedStateMachine):
    """Rules run their database work in the loop of the test that started the machine."""

    sessions: Sessions
    loop: asyncio.AbstractEventLoop
    staff: list[Staff]

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.days_passed = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


async def play(machine: type[Machine], sessions: Sessions) -> None:
    """Runs the machine in a thread, so that its rules can use this loop."""
    async with sessions.begin() as session:
        machine.staff = [
            await add_staff(session, login=login, name=login, role=Role.SUPERVISOR, password="a-password")
            for login in ("first", "second")
        ]
    machine.sessions, machine.loop = sessions, asyncio.get_running_loop()
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=FEW)
