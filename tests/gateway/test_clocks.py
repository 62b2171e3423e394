"""What is late goes to the supervisors and, honestly, to the customer: each once, and not while a clock
stands still or was extended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway import clocks
from gateway.services import Services
from records import complaint_clock, complaint_handling, request_review, tasks
from records.complaint_steps import create_complaint
from records.complaints import Complaint, ComplaintCategory
from records.errors import WrongStateError
from records.staff import Staff, by_login
from records.tasks import Task
from tests.gateway.conftest import Clock, Customer
from tests.gateway.test_herald import lin, requested, told

pytestmark = pytest.mark.usefixtures("demo_insurer")


@pytest.fixture(autouse=True)
async def _nothing_else_is_late(services: Services) -> None:
    """The demo's own matters are followed up beforehand as far as they are late."""
    await clocks.sweep(services)


async def late(services: Services, number: str) -> list[Task]:
    async with services.sessions() as session:
        return [one for one in await tasks.tasks_about(session, number) if one.kind == "late"]


async def words(customer: Customer) -> str:
    await told(customer.services)
    return "\n".join(message.text for message in await customer.sees())


async def complained(customer: Customer) -> str:
    services = customer.services
    async with services.sessions.begin() as session:
        made = await create_complaint(
            session,
            category=ComplaintCategory.CLAIM,
            facts="三个月没结果",
            now=services.clock(),
            answer_days=services.settings.complaint_days,
            conversation_id=customer.conversation,
        )
    return made.number


async def colleague(services: Services, login: str) -> Staff:
    async with services.sessions() as session:
        found = await by_login(session, login)
    assert found is not None
    return found


async def extend(services: Services, number: str, reason: str) -> Complaint:
    """Asked for by one colleague, approved by another."""
    asks, approves = await colleague(services, "he"), await colleague(services, "tang")
    async with services.sessions.begin() as session:
        complaint = await complaint_handling.lock_complaint(session, number)
        steps, now = services.settings.complaint_steps, services.clock()
        await complaint_clock.ask_extension(session, complaint, reason=reason, steps=steps, by=asks, now=now)
        await complaint_clock.approve_extension(session, complaint, by=approves, now=now)
    return complaint


async def test_a_late_request_is_told_once_to_both(
    services: Services, customer: Customer, clock: Clock
) -> None:
    number = await requested(services, customer.conversation)
    clock.forward(days=3)
    await clocks.sweep(services)
    assert await late(services, number) == []
    clock.forward(days=1)
    for _ in range(2):
        await clocks.sweep(services)
    (task,) = await late(services, number)
    assert (task.skill, task.conversation_id) == ("supervisor", customer.conversation)
    assert number in task.title
    said = await words(customer)
    assert said.count(number) == 1
    assert "对不起" in said


async def test_a_request_is_not_late_while_the_customer_has_to_act(
    services: Services, customer: Customer, clock: Clock
) -> None:
    number, who = await requested(services, customer.conversation), await lin(services)
    async with services.sessions.begin() as session:
        await request_review.ask_for_documents(
            session, number, papers=["申请书"], by=who, now=services.clock()
        )
    clock.forward(days=30)
    await clocks.sweep(services)
    assert await late(services, number) == []


async def test_a_complaint_goes_from_15_to_30_to_60_days_and_is_late_after_that(
    services: Services, customer: Customer, clock: Clock
) -> None:
    number = await complained(customer)
    clock.forward(days=14)
    first = await extend(services, number, "要等医院的病历")
    clock.forward(days=14)
    second = await extend(services, number, "等司法鉴定的结论")
    assert second.due_on - first.due_on == timedelta(days=30)
    with pytest.raises(WrongStateError):
        await extend(services, number, "再等等")
    clock.forward(days=31)
    await clocks.sweep(services)
    assert await late(services, number) == []
    said = await words(customer)
    for part in ("要等医院的病历", "等司法鉴定的结论", "2026年12月22日", "2027年1月21日"):
        assert part in said
    clock.forward(days=2)
    for _ in range(2):
        await clocks.sweep(services)
    assert len(await late(services, number)) == 1
    assert "对不起" in await words(customer)


async def test_days_outside_do_not_make_a_complaint_late(
    services: Services, customer: Customer, clock: Clock
) -> None:
    number, who = await complained(customer), await colleague(services, "he")
    async with services.sessions.begin() as session:
        complaint = await complaint_handling.lock_complaint(session, number)
        await complaint_clock.pause(session, complaint, reason="车辆鉴定", by=who, now=services.clock())
    clock.forward(days=40)
    await clocks.sweep(services)
    async with services.sessions.begin() as session:
        complaint = await complaint_handling.lock_complaint(session, number)
        await complaint_clock.resume(session, complaint, by=who, now=services.clock())
    clock.forward(days=15)
    await clocks.sweep(services)
    assert await late(services, number) == []
    clock.forward(days=1)
    await clocks.sweep(services)
    assert len(await late(services, number)) == 1


async def test_a_late_task_is_marked_for_the_supervisors_once(
    services: Services, customer: Customer, clock: Clock
) -> None:
    now = services.clock()
    async with services.sessions.begin() as session:
        made = await tasks.create(
            session,
            kind="question",
            title="核保意见？",
            skill="underwriting",
            due_at=now + timedelta(hours=4),
            now=now,
        )
    clock.forward(hours=5)
    for _ in range(2):
        await clocks.sweep(services)
    async with services.sessions() as session:
        marked = await tasks.open_tasks(session, skill="underwriting", escalated=True)
    assert [one.number for one in marked] == [made.number]
