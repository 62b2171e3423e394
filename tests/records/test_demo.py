from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from records import audit
from records import demo as demo_insurer
from records.applications import applications_of
from records.base import Sessions
from records.claims import ClaimState, claims_of
from records.complaints import ComplaintState, complaints_of
from records.conversations import Conversation
from records.customers import Customer, customer_of_account
from records.demo_dates import resolve
from records.errors import HoldsRealDataError
from records.masking import valid_id
from records.papers import Paper, PaperPlace, lent_too_long
from records.policies import Policy, PolicyState, policies_of, policy_detail
from records.premiums import Premium, PremiumState
from records.requests import RequestState, requests_of
from records.staff import Authenticated, Staff, WrongLogin, authenticate
from tests.conftest import DEMO_PASSWORD


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 11, 22)),
        ("today-5d", date(2026, 11, 17)),
        ("today+25d-2y", date(2024, 12, 17)),
        ("today+10d+1y", date(2027, 12, 2)),
    ],
)
def test_relative_dates(text: str, day: date) -> None:
    assert resolve(text, date(2026, 11, 22)) == day


@pytest.mark.parametrize("text", ["tomorrow", "today 5d", "today-5", "2026-11-22"])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="relative date"):
        resolve(text, date(2026, 11, 22))


async def test_everything_in_the_file_is_loaded(demo: Sessions) -> None:
    content = demo_insurer.data()
    async with demo() as session:
        for model, section in ((Customer, "customers"), (Policy, "policies"), (Staff, "staff")):
            count = (await session.execute(select(func.count()).select_from(model))).scalar_one()
            assert count == len(content[section]), section
        states = set(await session.scalars(select(Policy.state).distinct()))
    assert states == {PolicyState(entry["state"]) for entry in content["policies"]}


def test_identity_numbers_of_the_demo_are_well_formed() -> None:
    assert all(valid_id(entry["id_number"]) for entry in demo_insurer.data()["customers"])


async def test_a_policy_with_everything(demo: Sessions) -> None:
    async with demo() as session:
        policy = await policy_detail(session, "C001", "P202400010001")
    assert policy is not None
    assert (policy.product.name, policy.holder.name) == ("安心守护重大疾病保险（2026版）", "王小明")
    assert (policy.premium, policy.sum_insured) == (Decimal(6800), Decimal(500000))
    assert (policy.next_due, policy.effective_on) == (date(2026, 12, 17), date(2024, 12, 17))
    assert policy.account_tail == "4562"
    assert [(party.name, party.relation, party.share) for party in policy.parties] == [
        ("李雪梅", "配偶", Decimal(100))
    ]
    assert policy.agent is not None
    assert policy.agent.left_on == date(2026, 10, 13)


async def test_terms_of_grace_cooling_off_and_reinstatement(demo: Sessions) -> None:
    async with demo() as session:
        grace = await policy_detail(session, "C002", "P202300010003")
        fresh = await policy_detail(session, "C004", "P202600010006")
        lapsed = {policy.number: policy for policy in await policies_of(session, "C003")}
    assert grace is not None
    assert grace.grace_ends_on == date(2026, 10, 23) + timedelta(days=60)
    assert fresh is not None
    assert fresh.cooling_off_ends_on == date(2026, 11, 17) + timedelta(days=15)
    assert lapsed["P202200010004"].reinstatement_until == date(2028, 4, 26)
    assert lapsed["P202100010005"].reinstatement_until == date(2026, 11, 12)


async def test_premiums_paid_and_open_follow_from_the_dates(demo: Sessions, today: date) -> None:
    async with demo() as session:
        rows = (
            await session.execute(
                select(Policy.number, Premium.state, Premium.due_on)
                .join(Premium, Premium.policy_id == Policy.id)
                .order_by(Premium.due_on)
            )
        ).all()
    by_policy: dict[str, list[tuple[PremiumState, date]]] = {}
    for number, state, due_on in rows:
        by_policy.setdefault(number, []).append((state, due_on))
    assert by_policy["P202400010001"] == [
        (PremiumState.PAID, date(2024, 12, 17)),
        (PremiumState.PAID, date(2025, 12, 17)),
        (PremiumState.DUE, date(2026, 12, 17)),
    ]
    assert by_policy["P202300010003"][-1] == (PremiumState.OVERDUE, date(2026, 10, 23))
    assert [due.month for _, due in by_policy["P202500010011"]] == [6, 7, 8, 9, 10, 11, 12]
    assert all(due <= today for states in by_policy.values() for state, due in states if state == "paid")


async def test_cases_are_loaded_with_their_words(demo: Sessions) -> None:
    async with demo() as session:
        (claim,) = await claims_of(session, "C001")
        (complaint,) = await complaints_of(session, "C002")
        (request,) = await requests_of(session, "C007")
        (application,) = await applications_of(session, "C010")
        account = await customer_of_account(session, "wechat", "oDemoWangXiaoming01")
    assert (claim.state, claim.missing) == (ClaimState.NEEDS_DOCUMENTS, ["费用清单", "出院小结"])
    assert (complaint.state, complaint.due_on) == (ComplaintState.INVESTIGATING, date(2026, 11, 24))
    assert (request.state, request.number) == (RequestState.NEEDS_DOCUMENTS, "BQ202600050001")
    assert (application.loading_percent, application.answer_by) == (25, date(2026, 12, 3))
    assert account == "C001"


async def test_papers_are_where_the_file_says(demo: Sessions, today: date) -> None:
    async with demo() as session:
        rows = await session.execute(select(Paper, Policy.number).join(Policy, Policy.id == Paper.policy_id))
        places: dict[PaperPlace, set[str]] = {}
        for paper, number in rows:
            places.setdefault(paper.place, set()).add(f"{number} {paper.kind} {paper.holder}".strip())
        (late,) = await lent_too_long(session, today)
        moves = [entry.action for entry in await audit.entries(session, late.subject)]
    assert "P201600010008 投保单 何专员" in places[PaperPlace.LENT]
    assert places[PaperPlace.RETURNED] == {"P202000010012 病理报告原件 郑丽"}
    assert places[PaperPlace.DESTROYED] == {"P202000010012 身份证复印件"}
    assert places[PaperPlace.MISSING] == {"P202200010004 保险合同送达回执"}
    assert moves == ["paper_archived", "paper_lent"]


async def test_loading_again_changes_nothing(demo: Sessions, today: date) -> None:
    async with demo.begin() as session:
        person = await session.get_one(Customer, "C001")
        person.phone = "13900002222"
    async with demo.begin() as session:
        assert await demo_insurer.load(session, today + timedelta(days=3)) == {}
    async with demo() as session:
        assert (await session.get_one(Customer, "C001")).phone == "13900002222"
        assert await demo_insurer.loaded_on(session) == today


async def test_staff_get_the_given_password_also_later(demo: Sessions, today: date, now: datetime) -> None:
    async with demo.begin() as session:
        logins = await demo_insurer.load(session, today, "another-password")
        assert sorted(logins) == sorted(demo_insurer.staff_logins())
        fits = await authenticate(session, login="lin", password="another-password", now=now)
        old = await authenticate(session, login="lin", password=DEMO_PASSWORD, now=now)
    assert isinstance(fits, Authenticated)
    assert fits.staff.number == "1001"
    assert isinstance(old, WrongLogin)


async def test_a_short_demo_password_is_taken(sessions: Sessions, today: date, now: datetime) -> None:
    async with sessions.begin() as session:
        await demo_insurer.load(session, today, "demo")
        assert isinstance(await authenticate(session, login="tang", password="demo", now=now), Authenticated)


async def test_without_a_password_each_colleague_gets_a_random_one(sessions: Sessions, today: date) -> None:
    async with sessions.begin() as session:
        logins = await demo_insurer.load(session, today)
    assert len(set(logins.values())) == len(demo_insurer.data()["staff"])


async def test_a_database_with_a_real_customer_is_refused(sessions: Sessions, today: date) -> None:
    async with sessions.begin() as session:
        session.add(Customer(id="K1", name="真实", id_number="11010519491231002X"))
    async with sessions.begin() as session:
        with pytest.raises(HoldsRealDataError, match="customers"):
            await demo_insurer.load(session, today)


async def test_a_database_with_conversations_is_refused(sessions: Sessions, today: date) -> None:
    opened = datetime(2026, 11, 1, tzinfo=UTC)
    async with sessions.begin() as session:
        session.add(Conversation(channel="web", opened_at=opened, last_at=opened))
    async with sessions.begin() as session:
        with pytest.raises(HoldsRealDataError, match="conversations"):
            await demo_insurer.load(session, today)
