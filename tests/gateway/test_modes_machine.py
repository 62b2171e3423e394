"""Promise 3 by a state machine: whatever the order of messages, replies, claims, hand-backs and time-outs,
the bot says nothing while a person holds the conversation, and no message of the customer is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from actions.turn import HandOver
from gateway import handover, inbox, log, sweeper, turns
from gateway import sessions as chats
from gateway.errors import ModeConflict
from gateway.services import Services
from records import audit
from records.conversations import Conversation, Message, Mode, Origin
from records.staff import Role, Staff, add_staff
from tests.gateway.conftest import ADDRESS, SITE
from tests.gateway.scripted_rasa import ScriptedRasa, spoken


class Modes(RuleBasedStateMachine):
    """Turns are started and finished by rules of their own, so that anything may happen in between."""

    services: Services
    rasa: ScriptedRasa
    loop: asyncio.AbstractEventLoop
    staff: list[Staff]

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.turn: asyncio.Task[bool] | None = None
        self.wants_person = False
        self._run(self._open())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _open(self) -> None:
        self.rasa.gate.set()
        self.rasa.answer = self._answer
        opened = await chats.open_chat(
            self.services, site_key=SITE, user_token=None, token=None, address=ADDRESS
        )
        self.conversation = opened.conversation

    async def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.wants_person:
            self.services.running[uuid.UUID(body["turn"])].effects.append(HandOver("requested"))
        return spoken("机器人说")

    @rule(wants_person=st.booleans(), twice=st.booleans())
    def customer_writes(self, wants_person: bool, twice: bool) -> None:
        self.wants_person = wants_person
        text, client_msg_id = f"第{len(self.sent)}句话", uuid.uuid4().hex
        for _ in range(1 + twice):
            self._run(inbox.receive_text(self.services, self.conversation, client_msg_id, text, ADDRESS))
        self.sent.append(text)

    @rule()
    def customer_stops_waiting(self) -> None:
        self._run(inbox.receive_text(self.services, self.conversation, uuid.uuid4().hex, "取消排队", ADDRESS))
        self.sent.append("取消排队")

    @precondition(lambda self: self.turn is None)
    @rule()
    def turn_begins(self) -> None:
        async def begin() -> None:
            self.rasa.gate.clear()
            before = len(self.rasa.turns)
            self.turn = asyncio.ensure_future(turns.run_next(self.services, self.conversation))
            while len(self.rasa.turns) == before and not self.turn.done():
                await asyncio.sleep(0.005)

        self._run(begin())

    @precondition(lambda self: self.turn is not None)
    @rule(fails=st.booleans())
    def turn_ends(self, fails: bool) -> None:
        async def end() -> None:
            assert self.turn is not None
            self.rasa.failures = 2 if fails else 0
            self.rasa.gate.set()
            await self.turn
            self.rasa.failures = 0
            self.turn = None

        self._run(end())

    @rule(
        who=st.sampled_from([0, 1]),
        step=st.sampled_from(["claim", "take_over", "hand_back", "close", "reply", "transfer"]),
    )
    def specialist_acts(self, who: int, step: str) -> None:
        async def act() -> None:
            staff = self.staff[who]
            now = self.services.clock()
            async with self.services.sessions.begin() as session:
                conversation = await log.lock(session, self.conversation)
                with contextlib.suppress(ModeConflict):
                    await _step(session, self.services, conversation, staff, step, now)

        self._run(act())

    @rule(minutes=st.sampled_from([1, 11, 61]))
    def time_passes(self, minutes: int) -> None:
        self.services.clock.forward(minutes=minutes)
        self._run(sweeper.sweep(self.services))

    @invariant()
    def one_voice(self) -> None:
        """Between a mode event that ends the bot's turn and the next that begins it, the bot is silent."""
        speaking = True
        for message in self._log():
            if message.kind in ("mode", "closed"):
                speaking = message.body["mode"] == Mode.BOT
            elif message.origin is Origin.BOT:
                assert speaking, f"the bot spoke out of turn: {message.seq} {message.text}"

    @invariant()
    def nothing_lost(self) -> None:
        written = [message.text for message in self._log() if message.origin is Origin.CUSTOMER]
        assert written == self.sent

    @invariant()
    def numbered_without_gaps(self) -> None:
        assert [message.seq for message in self._log()] == list(range(1, len(self._log()) + 1))

    @invariant()
    def every_change_of_mode_raised_the_epoch_and_was_audited(self) -> None:
        async def read() -> tuple[int, int]:
            async with self.services.sessions() as session:
                conversation = await session.get_one(Conversation, self.conversation)
                rows = await audit.entries(session, f"conversation:{self.conversation}")
                return conversation.epoch, len(rows)

        epoch, audited = self._run(read())
        assert epoch == audited

    def teardown(self) -> None:
        """Left alone, every message that waits for the bot is answered, and the rest is a person's."""
        if self.turn is not None:
            self.turn_ends(fails=False)

        async def settle() -> None:
            while await turns.run_next(self.services, self.conversation):
                pass
            async with self.services.sessions() as session:
                waiting = await session.scalars(
                    select(Message.text).where(
                        Message.conversation_id == self.conversation, Message.awaits_turn
                    )
                )
                assert list(waiting) == []

        self.wants_person = False
        self._run(settle())
        self.one_voice()

    def _log(self) -> list[Message]:
        async def read() -> list[Message]:
            async with self.services.sessions() as session:
                return list(await log.events_after(session, self.conversation, 0))

        found: list[Message] = self._run(read())
        return found


async def _step(
    session: Any, services: Services, conversation: Conversation, staff: Staff, step: str, now: Any
) -> None:
    if step == "claim":
        await handover.claim(session, services, conversation, staff, now)
    elif step == "take_over":
        await handover.take_over(session, services, conversation, staff, now)
    elif step == "hand_back":
        await handover.hand_back(session, services, conversation, staff, now)
    elif step == "transfer":
        await handover.transfer(session, services, conversation, staff, now, to=None, skill="claim")
    elif step == "close":
        await handover.close(session, services, conversation, staff, now, reason="solved", summary="好了")
    else:
        await handover.reply(session, conversation, staff, uuid.uuid4().hex, "专员说", now)


@pytest.fixture
def no_scan(services: Services) -> Services:
    """The machine itself says when turns run."""
    services.wake = lambda _: None
    object.__setattr__(services.options, "scan_seconds", 3600.0)
    return services


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_modes_keep_their_promises_in_any_order(no_scan: Services, rasa: ScriptedRasa) -> None:
    await asyncio.sleep(0.3)  # the scan that was already asleep wakes once more and then rests
    Modes.services, Modes.rasa, Modes.loop = no_scan, rasa, asyncio.get_running_loop()
    async with no_scan.sessions.begin() as session:
        Modes.staff = [
            await add_staff(
                session, login=login, name=login, role=Role.SPECIALIST, password="a-long-password"
            )
            for login in ("lin", "he")
        ]
    await asyncio.to_thread(
        run_state_machine_as_test,
        Modes,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
