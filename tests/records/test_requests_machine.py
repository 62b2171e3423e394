"""Whatever specialists, customers and time do with a request: no illegal state, no change without an event
that joins the one before, all that others did is told, and the promise counts our working days only."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select

from records import notices, request_review
from records.base import Sessions
from records.calendar import add_working_days, business_date, is_working_day, last_day, working_days_between
from records.errors import WrongStateError
from records.request_steps import create_draft, move, submit, withdraw
from records.requests import ENDED, TRANSITIONS, RequestEvent, RequestState, ServiceRequest
from tests.records.factories import conversation
from tests.records.machines import Machine, play

STATES = {
    "take_up": RequestState.IN_REVIEW,
    "ask": RequestState.NEEDS_DOCUMENTS,
    "approve": RequestState.APPROVED,
    "finish": RequestState.DONE,
    "reject": RequestState.REJECTED,
    "withdraw_for": RequestState.WITHDRAWN,
}
GOING_ON = ["take_up", "ask"]
"""Steps that end nothing; taken more often, so that a run gets somewhere."""

DAYS = st.integers(0, 9)
"""How many days pass before a step."""


class Requests(Machine):
    """`used` counts the working days that were ours; `told` and `changes` what should stand on record."""

    @initialize(working_days=st.booleans(), allowed=st.integers(1, 10))
    def submitted(self, working_days: bool, allowed: int) -> None:
        self.working_days, self.allowed, self.used = working_days, allowed, 0
        self.state, self.changes, self.told = RequestState.SUBMITTED, 1, 0

        async def begin() -> None:
            today = business_date(self.now)
            due = add_working_days(today, allowed) if working_days else last_day(today, allowed)
            async with self.sessions.begin() as session:
                talk = await conversation(session, self.now)
                draft = await create_draft(session, kind="x", conversation_id=talk, now=self.now)
                await submit(
                    session,
                    draft,
                    actor="customer",
                    now=self.now,
                    due_on=due,
                    working_days=working_days,
                )
                self.first_due, self.id, self.number = due, draft.id, draft.number or ""

        self.run(begin())

    @rule(step=st.sampled_from([*STATES, *GOING_ON * 4]), who=st.integers(0, 1), days=DAYS)
    def specialist(self, step: str, who: int, days: int) -> None:
        self.time_passes(days)
        to, by = STATES[step], self.staff[who]
        allowed = to in TRANSITIONS[self.state]
        again = step == "take_up" and self.state is RequestState.IN_REVIEW

        async def act() -> None:
            async with self.sessions.begin() as session:
                more = {
                    "ask": {"papers": ["身份证照片"]},
                    "reject": {"reason": "不符"},
                }.get(step, {})
                name = "ask_for_documents" if step == "ask" else step
                await getattr(request_review, name)(session, self.number, by=by, now=self.now, **more)

        if allowed:
            self.run(act())
            self._changed(to, told=True)
        elif again:
            self.run(act())
        else:
            with pytest.raises(WrongStateError):
                self.run(act())

    @rule(step=st.sampled_from(["documents"] * 8 + ["withdraw"]), days=DAYS)
    def customer(self, step: str, days: int) -> None:
        self.time_passes(days)
        to = RequestState.IN_REVIEW if step == "documents" else RequestState.WITHDRAWN
        if step == "documents" and self.state is not RequestState.NEEDS_DOCUMENTS:
            return

        async def act() -> None:
            async with self.sessions.begin() as session:
                request = await request_review.lock_request(session, self.number)
                if step == "documents":
                    await move(session, request, to, actor="customer", now=self.now, missing=[])
                else:
                    await withdraw(session, request, actor="customer", now=self.now)

        if to in TRANSITIONS[self.state]:
            self.run(act())
            self._changed(to, told=False)
        else:
            with pytest.raises(WrongStateError):
                self.run(act())

    def time_passes(self, days: int) -> None:
        for _ in range(days):
            self.pass_days(1)
            if self.state is not RequestState.NEEDS_DOCUMENTS:
                self.used += is_working_day(business_date(self.now))

    def _changed(self, to: RequestState, *, told: bool) -> None:
        self.state, self.changes, self.told = to, self.changes + 1, self.told + told

    @invariant()
    def stands_as_it_should(self) -> None:
        if not hasattr(self, "state"):
            return

        async def look() -> tuple[ServiceRequest, list[RequestEvent], int]:
            async with self.sessions() as session:
                request = await session.get_one(ServiceRequest, self.id)
                events = await session.scalars(
                    select(RequestEvent).where(RequestEvent.request_id == self.id).order_by(RequestEvent.id)
                )
                return request, list(events), len(await notices.notices_of(session, self.number))

        request, events, told = self.run(look())
        assert request.state is self.state
        assert len(events) == self.changes
        assert events[0].from_state is RequestState.DRAFT
        assert all(one.to_state is next_.from_state for one, next_ in pairwise(events))
        assert events[-1].to_state is self.state
        assert all(event.actor for event in events)
        assert told == self.told
        if self.state not in ENDED:
            self._clock_is_right(request)

    def _clock_is_right(self, request: ServiceRequest) -> None:
        assert request.due_on is not None
        if not self.working_days:
            assert (request.due_on, request.paused_on) == (self.first_due, None)
            return
        paused = self.state is RequestState.NEEDS_DOCUMENTS
        assert (request.paused_on is not None) == paused
        seen_on = request.paused_on or business_date(self.now)
        left = working_days_between(seen_on, request.due_on)
        over = working_days_between(request.due_on, seen_on)
        assert left - over == self.allowed - self.used
        assert request.late(business_date(self.now)) == (
            not paused and request.due_on < business_date(self.now)
        )


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_requests_by_a_state_machine(sessions: Sessions) -> None:
    await play(Requests, sessions)
