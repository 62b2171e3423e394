from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from records.audit import AuditEntry
from records.base import Sessions
from records.claims import claims_on
from records.policies import (
    COVERED,
    Policy,
    PolicyState,
    Renewal,
    policies_of,
    policy_by_number,
    policy_detail,
    stop_auto_renewal,
)
from records.premiums import NextKind, premium_events_of, premiums_next, premiums_paid
from records.products import CoolingOffFrom


async def test_a_customer_sees_their_own_policies_and_no_others(demo: Sessions) -> None:
    async with demo() as session:
        seen = {
            customer: {policy.number for policy in await policies_of(session, customer)}
            for customer in ("C001", "C002", "C008", "C009")
        }
    assert seen["C001"] == {"P202400010001", "P202400010002"}
    assert seen["C002"] == {"P202300010003"}, "a beneficiary does not see the policy"
    assert seen["C008"] == {"P202500010011"}
    assert seen["C009"] == {"P202500010011"}, "the insured sees it too"


async def test_policies_with_cover_come_first(demo: Sessions) -> None:
    async with demo() as session:
        covered = [policy.covered for policy in await policies_of(session, "C003")]
    assert covered == sorted(covered, reverse=True)
    assert not covered[-1]


async def test_another_persons_policy_is_like_one_that_does_not_exist(demo: Sessions) -> None:
    async with demo() as session:
        assert await policy_detail(session, "C002", "P202400010001") is None
        assert await policy_detail(session, "C002", "P999900010001") is None


@pytest.mark.parametrize("typed", ["p202400010001", " P2024 0001 0001 ", "P2024-00010001"])
async def test_a_number_is_found_however_it_is_typed(demo: Sessions, typed: str) -> None:
    async with demo() as session:
        assert await policy_detail(session, "C001", typed) is not None
        assert await policy_by_number(session, typed) is not None


@pytest.mark.parametrize(
    ("first_day", "end"), [(CoolingOffFrom.RECEIPT, 15), (CoolingOffFrom.NEXT_DAY_OF_RECEIPT, 16)]
)
def test_cooling_off_ends_by_the_contracts_own_rule(first_day: CoolingOffFrom, end: int) -> None:
    policy = Policy(received_on=date(2026, 11, 1), cooling_off_days=15, cooling_off_from=first_day)
    assert policy.cooling_off_ends_on == date(2026, 11, end)


def test_without_receipt_or_right_there_is_no_end_of_cooling_off() -> None:
    assert Policy(received_on=None, cooling_off_days=15).cooling_off_ends_on is None
    assert Policy(received_on=date(2026, 11, 1), cooling_off_days=0).cooling_off_ends_on is None


@given(state=st.sampled_from(PolicyState))
def test_only_states_with_cover_are_covered(state: PolicyState) -> None:
    assert Policy(state=state).covered == (state in COVERED)
    assert not Policy(state=PolicyState.LAPSED).covered


async def test_what_is_due_next(demo: Sessions, today: date) -> None:
    async with demo() as session:
        premium, renewal = await premiums_next(session, "C001", today)
    assert (premium.kind, premium.due_on, premium.amount) == (
        NextKind.PREMIUM,
        date(2026, 12, 17),
        Decimal(6800),
    )
    assert (premium.account_tail, premium.debited) == ("4562", True)
    assert premium.grace_ends_on == date(2027, 2, 15)
    assert (renewal.kind, renewal.amount, renewal.last_amount) == (NextKind.RENEWAL, None, Decimal(468))
    assert renewal.debited, "the customer agreed to be debited at renewal"


async def test_an_overdue_premium_tells_until_when_it_can_be_paid(demo: Sessions, today: date) -> None:
    async with demo() as session:
        (premium,) = await premiums_next(session, "C002", today)
    assert premium.overdue(today)
    assert (premium.grace_ends_on, premium.unpaid_reason) == (date(2026, 12, 22), "扣款失败-余额不足")


async def test_lapsed_and_ended_policies_ask_for_nothing(demo: Sessions, today: date) -> None:
    async with demo() as session:
        numbers = {one.policy_number for one in await premiums_next(session, "C003", today)}
        assert await premiums_next(session, "C010", today) == []
    assert numbers == {"PDAA2026440300000123", "PDZA2026440300000124"}


async def test_an_insured_who_is_not_the_holder_owes_nothing(demo: Sessions, today: date) -> None:
    async with demo() as session:
        assert await premiums_next(session, "C009", today) == []
        assert len(await premiums_next(session, "C008", today)) == 1


async def test_payments_made_and_gone_wrong(demo: Sessions) -> None:
    async with demo() as session:
        policy = await policy_detail(session, "C001", "P202400010001")
        assert policy is not None
        paid = await premiums_paid(session, policy)
        (event,) = await premium_events_of(session, "C002")
    assert [premium.due_on.year for premium in paid] == [2025, 2024]
    assert (event.kind, event.amount, event.reason) == ("debit_failed", Decimal(1560), "余额不足")


async def test_automatic_renewal_is_stopped_and_audited(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        policy = await policy_detail(session, "C001", "P202400010002")
        assert policy is not None
        assert policy.renewal is Renewal.AUTO
        await stop_auto_renewal(session, policy, actor="customer", now=now)
    async with demo() as session:
        again = await policy_detail(session, "C001", "P202400010002")
        assert again is not None
        assert again.renewal is Renewal.MANUAL
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.subject == f"policy:{again.id}"))
    assert entry is not None
    assert entry.action == "auto_renewal_stopped"


async def test_claims_on_a_policy_are_found_whoever_made_them(demo: Sessions) -> None:
    async with demo() as session:
        insured = await policy_detail(session, "C008", "P202500010011")
        other = await policy_detail(session, "C001", "P202400010001")
        assert insured is not None
        assert other is not None
        found = await claims_on(session, [insured.id, other.id])
        assert await claims_on(session, []) == []
    assert [claim.number for claim in found] == ["CLM202600030003"]
