"""Whatever happens to a complaint: no illegal state, no change without an event. The clock counts
every day but those of an appraisal, goes on longer only by an approval of somebody else, and never beyond
the longest step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records import complaint_clock as clock
from records import complaint_handling as handling
from records.base import Sessions
from records.calendar import business_date
from records.complaint_steps import add_facts, create_complaint
from records.complaints import (
    ANSWERED,
    TRANSITIONS,
    Complaint,
    ComplaintCategory,
    ComplaintEvent,
    ComplaintState,
)
from records.errors import NoSuchRecordError, SamePersonError, WrongStateError
from tests.records.factories import conversation
from tests.records.machines import Machine, play

STEPS = (15, 30, 60)
MOVES: dict[str, ComplaintState] = {
    "take_up": ComplaintState.INVESTIGATING,
    "ask_customer": ComplaintState.AWAITING_CUSTOMER,
    "decide": ComplaintState.DECIDED,
    "close": ComplaintState.CLOSED,
    "withdraw": ComplaintState.WITHDRAWN,
    "check_again": ComplaintState.UNDER_CHECK,
}
GOING_ON = ["take_up", "ask_customer"]
"""Steps that end nothing; taken more often, so that a run gets somewhere."""
WORDS = {"ask_customer": {"question": "哪一天"}, "decide": {"decision": "退费"}}
Act = Callable[[AsyncSession, Complaint], Awaitable[Any]]

DAYS = st.integers(0, 9)
"""How many days pass before a step."""


class Complaints(Machine):
    """The model: `counted` days of the clock, `allowed` in all, and who has asked for more."""

    @initialize()
    def received(self) -> None:
        self.state, self.events = ComplaintState.RECEIVED, 1
        self.allowed, self.counted, self.paused = STEPS[0], 0, False
        self.asked_by: int | None = None

        async def begin() -> None:
            async with self.sessions.begin() as session:
                talk = await conversation(session, self.now)
                made = await create_complaint(
                    session,
                    category=ComplaintCategory.CLAIM,
                    facts="定损太低",
                    now=self.now,
                    answer_days=STEPS[0],
                    conversation_id=talk,
                )
                self.number = made.number

        self.run(begin())

    def act(self, step: Act) -> None:
        async def locked() -> None:
            async with self.sessions.begin() as session:
                await step(session, await handling.lock_complaint(session, self.number))

        self.run(locked())

    def refused(self, step: Act, *errors: type[Exception]) -> None:
        with pytest.raises(errors):
            self.act(step)

    @property
    def running(self) -> bool:
        return self.state not in ANSWERED

    @property
    def late(self) -> bool:
        return self.running and not self.paused and self.counted > self.allowed

    @rule(step=st.sampled_from([*MOVES, *GOING_ON * 4]), who=st.integers(0, 1), days=DAYS)
    def moves(self, step: str, who: int, days: int) -> None:
        self.time_passes(days)
        to, by = MOVES[step], self.staff[who]

        async def move(session: AsyncSession, complaint: Complaint) -> None:
            if step == "withdraw":
                await handling.withdraw(session, complaint, actor="customer", now=self.now)
            else:
                more = WORDS.get(step, {})
                await getattr(handling, step)(session, complaint, by=by, now=self.now, **more)

        if step == "take_up" and self.state is to:
            self.act(move)
        elif to in TRANSITIONS[self.state]:
            self.act(move)
            self.state, self.events = to, self.events + 1
            self.paused = self.paused and self.running
        else:
            self.refused(move, WrongStateError)

    @rule(who=st.integers(0, 1), days=DAYS)
    def asks_for_more_time(self, who: int, days: int) -> None:
        self.time_passes(days)

        async def ask(session: AsyncSession, complaint: Complaint) -> None:
            await clock.ask_extension(
                session, complaint, reason="等鉴定", steps=STEPS, by=self.staff[who], now=self.now
            )

        longest = self.allowed == STEPS[-1]
        if not self.running or longest or self.late or self.asked_by is not None:
            self.refused(ask, WrongStateError)
        else:
            self.act(ask)
            self.asked_by, self.events = who, self.events + 1

    @rule(who=st.integers(0, 1), approves=st.booleans(), days=DAYS)
    def more_time_is_decided(self, who: int, approves: bool, days: int) -> None:
        self.time_passes(days)

        async def decide(session: AsyncSession, complaint: Complaint) -> None:
            step = clock.approve_extension if approves else clock.refuse_extension
            await step(session, complaint, by=self.staff[who], now=self.now)

        if self.asked_by is None:
            self.refused(decide, NoSuchRecordError)
        elif self.asked_by == who:
            self.refused(decide, SamePersonError)
        elif approves and not self.running:
            self.refused(decide, WrongStateError)
        else:
            self.act(decide)
            self.asked_by, self.events = None, self.events + 1
            if approves:
                self.allowed = STEPS[STEPS.index(self.allowed) + 1]

    @rule(step=st.sampled_from(["pause", "resume", "restart"]), days=DAYS)
    def clock_is_handled(self, step: str, days: int) -> None:
        self.time_passes(days)
        more: dict[str, Any] = {"pause": {"reason": "外部鉴定"}, "restart": {"first": STEPS[0]}}.get(step, {})

        async def handle(session: AsyncSession, complaint: Complaint) -> None:
            await getattr(clock, step)(session, complaint, by=self.staff[0], now=self.now, **more)

        may = self.paused if step == "resume" else self.running and not self.paused
        if not may or (step == "restart" and self.asked_by is not None):
            self.refused(handle, WrongStateError)
            return
        self.act(handle)
        self.events += 1
        self.paused = step == "pause"
        if step == "restart":
            self.allowed, self.counted = STEPS[0], 0

    @rule(days=DAYS)
    def customer_adds_facts(self, days: int) -> None:
        self.time_passes(days)

        async def add(session: AsyncSession, complaint: Complaint) -> None:
            await add_facts(session, complaint, "还有照片", actor="customer", now=self.now)

        self.act(add)
        self.events += 1

    def time_passes(self, days: int) -> None:
        self.pass_days(days)
        self.counted += 0 if self.paused else days

    @invariant()
    def stands_as_it_should(self) -> None:
        if not hasattr(self, "state"):
            return

        async def look() -> tuple[Complaint, list[ComplaintEvent]]:
            async with self.sessions() as session:
                complaint = (
                    await session.scalars(select(Complaint).where(Complaint.number == self.number))
                ).one()
                events = await session.scalars(
                    select(ComplaintEvent)
                    .where(ComplaintEvent.complaint_id == complaint.id)
                    .order_by(ComplaintEvent.id)
                )
                return complaint, list(events)

        complaint, events = self.run(look())
        today = business_date(self.now)
        assert complaint.state is self.state
        assert len(events) == self.events
        assert all(one.to_state is next_.from_state for one, next_ in pairwise(events))
        assert events[-1].to_state is self.state
        assert (complaint.paused_on is not None) == self.paused
        assert complaint.allowed_days <= STEPS[-1]
        if self.running:
            seen_on = complaint.paused_on or today
            assert (complaint.due_on - seen_on).days == self.allowed - self.counted
            assert complaint.late(today) == self.late


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_complaints_by_a_state_machine(sessions: Sessions) -> None:
    await play(Complaints, sessions)
