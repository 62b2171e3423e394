from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select

from records import identity
from records.attempts import IdentityLimits
from records.base import Sessions
from records.challenges import IdentityChallenge
from records.identity import Locked, Verified, Wrong
from tests.records.visitor import LI, NOBODY, WANG, WRONG_CODE, Visitor, codes


async def test_existing_and_unknown_people_look_the_same(demo: Sessions, now: datetime) -> None:
    seen = []
    for number, who in enumerate((WANG, NOBODY, ("孙宇航", "011138"), ("冯德全", "153510"))):
        visitor = Visitor(demo, now, address=f"192.0.2.{number}")
        outcomes: list[object] = []
        await visitor.says(who)
        outcomes.append(await visitor.answers(WRONG_CODE))
        await visitor.says(LI)
        outcomes.append(await visitor.answers(WRONG_CODE))
        await visitor.says(who)
        await visitor.says(NOBODY if who is not NOBODY else WANG)
        outcomes += [await visitor.answers(WRONG_CODE) for _ in range(3)]
        seen.append(outcomes)
    assert all(outcomes == seen[0] for outcomes in seen), seen
    assert isinstance(seen[0][-1], Locked)


async def test_four_wrong_codes_leave_one_try(visitor: Visitor) -> None:
    await visitor.says(WANG)
    assert [await visitor.answers(WRONG_CODE) for _ in range(4)] == [Wrong(4), Wrong(3), Wrong(2), Wrong(1)]
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_five_wrong_codes_lock_conversation_and_address(visitor: Visitor) -> None:
    await visitor.says(WANG)
    for _ in range(4):
        await visitor.answers(WRONG_CODE)
    until = visitor.now + timedelta(minutes=30)
    assert await visitor.answers(WRONG_CODE) == Locked(until)
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Locked(until), "the right code comes too late"
    assert await visitor.locked() == until
    neighbour = Visitor(visitor.sessions, visitor.now)
    assert await neighbour.locked() == until, "the address is locked"
    moved = Visitor(visitor.sessions, visitor.now, address="198.51.100.7")
    moved.conversation_id = visitor.conversation_id
    assert await moved.locked() == until, "the conversation is locked"
    elsewhere = Visitor(visitor.sessions, visitor.now, address="198.51.100.7")
    assert await elsewhere.locked() is None


async def test_five_wrong_names_lock_and_no_code_is_sent_afterwards(visitor: Visitor) -> None:
    for number in range(5):
        await visitor.says((f"王小{number}", "999999"))
    await visitor.says(WANG)
    assert await visitor.locked() == visitor.now + timedelta(minutes=30)
    assert await codes(visitor.sessions) == []


async def test_after_the_lock_the_step_works_again(visitor: Visitor) -> None:
    await visitor.says(NOBODY)
    for _ in range(5):
        await visitor.answers(WRONG_CODE)
    visitor.now += timedelta(minutes=30, seconds=1)
    assert await visitor.locked() is None
    await visitor.says(WANG)
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_parallel_guesses_are_all_counted(visitor: Visitor) -> None:
    others = [Visitor(visitor.sessions, visitor.now) for _ in range(8)]
    for other in others:
        await other.says(NOBODY)
    outcomes = await asyncio.gather(*(other.answers(WRONG_CODE) for other in others))
    assert sum(isinstance(outcome, Wrong) for outcome in outcomes) == 4


async def test_a_phone_gets_a_limited_number_of_codes_an_hour(demo: Sessions, now: datetime) -> None:
    limits = IdentityLimits(codes_per_phone_hour=3)
    for number in range(5):
        await Visitor(demo, now, address=f"192.0.2.{number}", limits=limits).says(WANG)
    assert len(await codes(demo)) == 3
    later = Visitor(demo, now + timedelta(hours=1, seconds=1), limits=limits)
    await later.says(WANG)
    assert len(await codes(demo)) == 4


async def test_a_code_that_was_not_sent_cannot_be_guessed(demo: Sessions, now: datetime) -> None:
    silent = Visitor(demo, now, limits=IdentityLimits(codes_per_phone_hour=0))
    await silent.says(WANG)
    async with demo.begin() as session:
        challenge = (await session.scalars(select(IdentityChallenge))).one()
        challenge.salt = "salt"
        challenge.code_hash = hashlib.sha256(b"salt:123456").hexdigest()
    assert isinstance(await silent.answers("123456"), Wrong)


async def test_a_persons_own_lock_stops_codes_only(demo: Sessions, now: datetime) -> None:
    for number in range(5):
        guesser = Visitor(demo, now, address=f"192.0.2.{number}")
        await guesser.says(WANG)
        assert await guesser.answers(WRONG_CODE) == Wrong(4)
    limits = IdentityLimits(codes_per_phone_hour=100)
    victim = Visitor(demo, now, address="198.51.100.7", limits=limits)
    await victim.says(WANG)
    assert len(await codes(demo)) == 5, "no further code goes out"
    assert await victim.locked() is None, "nothing else is locked"
    victim.now += timedelta(minutes=30, seconds=1)
    await victim.says(WANG)
    assert isinstance(await victim.answers((await codes(demo))[-1]), Verified)


async def test_proving_oneself_forgives_tries_at_oneself_only(visitor: Visitor) -> None:
    await visitor.says(LI)
    for _ in range(3):
        await visitor.answers(WRONG_CODE)
    await visitor.says(WANG)
    assert await visitor.answers(WRONG_CODE) == Wrong(1)
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")
    await visitor.says(LI)
    assert await visitor.answers(WRONG_CODE) == Wrong(1), "the three tries at another person still count"


async def test_one_conversation_cannot_send_codes_to_ever_new_phones(visitor: Visitor) -> None:
    sent = []
    for number in range(12):
        async with visitor.sessions.begin() as session:
            sent.append(
                await identity.send_code(
                    session,
                    conversation_id=visitor.conversation_id,
                    phone=f"1390000{number:04d}",
                    now=visitor.now,
                )
            )
    assert sent == [True] * 10 + [False] * 2
