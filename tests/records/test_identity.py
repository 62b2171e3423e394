from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from records import identity, sms
from records.attempts import DEFAULT_LIMITS, IdentityLimits
from records.base import Sessions
from records.challenges import IdentityChallenge
from records.complaints import ComplaintCategory, create_complaint
from records.customers import Customer
from records.identity import Checked, Expired, Locked, TicketOpened, Verified, Wrong
from records.sms import SmsMessage

WANG = ("王小明", "124533")
LI = ("李雪梅", "052367")
NOBODY = ("王小明", "999999")
PHONE = "13800001001"
WRONG_CODE = "wrong!"


@dataclass
class Visitor:
    """Somebody at an address in a conversation, each step in a transaction of its own."""

    sessions: Sessions
    now: datetime
    address: str = "192.0.2.1"
    limits: IdentityLimits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        self.conversation_id = uuid.uuid4()

    def _where(self) -> dict[str, object]:
        return {
            "conversation_id": self.conversation_id,
            "address": self.address,
            "now": self.now,
            "limits": self.limits,
        }

    async def says(self, who: tuple[str, str]) -> None:
        async with self.sessions.begin() as session:
            await identity.start_challenge(session, name=who[0], id_tail=who[1], **self._where())  # type: ignore[arg-type]

    async def answers(self, code: str) -> Verified | Wrong | Locked | Expired:
        async with self.sessions.begin() as session:
            return await identity.verify_code(session, code=code, **self._where())  # type: ignore[arg-type]

    async def asks_again(self, customer_id: str | None = None) -> None:
        async with self.sessions.begin() as session:
            await identity.send_again(session, customer_id=customer_id, **self._where())  # type: ignore[arg-type]

    async def locked(self) -> datetime | None:
        async with self.sessions() as session:
            return await identity.locked_until(
                session, conversation_id=self.conversation_id, address=self.address, now=self.now
            )


async def _codes(sessions: Sessions, phone: str = PHONE) -> list[str]:
    async with sessions() as session:
        found = await session.scalars(
            select(SmsMessage.code).where(SmsMessage.phone == phone).order_by(SmsMessage.id)
        )
        return [code for code in found if code is not None]


@pytest.fixture
def visitor(demo: Sessions, now: datetime) -> Visitor:
    return Visitor(demo, now)


async def test_name_tail_and_code_prove_a_customer(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await _codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


@pytest.mark.parametrize("typed", [("王 小明", "124533"), ("赵磊", "23401x"), ("赵磊", " 23401X ")])
async def test_blanks_and_a_small_x_do_not_matter(visitor: Visitor, typed: tuple[str, str]) -> None:
    await visitor.says(typed)
    codes = await _codes(visitor.sessions) or await _codes(visitor.sessions, "13800001005")
    assert isinstance(await visitor.answers(codes[0]), Verified)


async def test_the_text_names_the_code_and_how_long_it_lives(visitor: Visitor) -> None:
    await visitor.says(WANG)
    async with visitor.sessions() as session:
        message = await sms.newest_code(session, PHONE)
    assert message is not None
    assert message.code is not None
    assert message.code in message.text
    assert "5 分钟" in message.text


async def test_codes_are_not_kept_in_clear_with_the_challenge(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await _codes(visitor.sessions)
    async with visitor.sessions() as session:
        challenge = (await session.scalars(select(IdentityChallenge))).one()
    assert code not in {challenge.code_hash, challenge.salt, challenge.told}
    assert "王小明" not in challenge.told


async def test_a_wrong_name_or_tail_sends_nothing_and_no_code_fits(visitor: Visitor) -> None:
    await visitor.says(NOBODY)
    assert await _codes(visitor.sessions) == []
    assert await visitor.answers("000000") == Wrong(4)


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


async def test_without_a_phone_nothing_is_sent(visitor: Visitor) -> None:
    await visitor.says(("孙宇航", "011138"))
    async with visitor.sessions() as session:
        assert (await session.scalars(select(SmsMessage))).all() == []
        assert (await session.scalars(select(IdentityChallenge))).one().sent is False


async def test_an_unusable_phone_still_gets_the_code(visitor: Visitor) -> None:
    await visitor.says(("冯德全", "153510"))
    assert len(await _codes(visitor.sessions, "13800001011")) == 1


async def test_four_wrong_codes_leave_one_try(visitor: Visitor) -> None:
    await visitor.says(WANG)
    assert [await visitor.answers(WRONG_CODE) for _ in range(4)] == [Wrong(4), Wrong(3), Wrong(2), Wrong(1)]
    (code,) = await _codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_five_wrong_codes_lock_conversation_and_address(visitor: Visitor) -> None:
    await visitor.says(WANG)
    for _ in range(4):
        await visitor.answers(WRONG_CODE)
    until = visitor.now + timedelta(minutes=30)
    assert await visitor.answers(WRONG_CODE) == Locked(until)
    (code,) = await _codes(visitor.sessions)
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
    assert await _codes(visitor.sessions) == []


async def test_after_the_lock_the_step_works_again(visitor: Visitor) -> None:
    await visitor.says(NOBODY)
    for _ in range(5):
        await visitor.answers(WRONG_CODE)
    visitor.now += timedelta(minutes=30, seconds=1)
    assert await visitor.locked() is None
    await visitor.says(WANG)
    (code,) = await _codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_parallel_guesses_are_all_counted(visitor: Visitor) -> None:
    others = [Visitor(visitor.sessions, visitor.now) for _ in range(8)]
    for other in others:
        await other.says(NOBODY)
    outcomes = await asyncio.gather(*(other.answers(WRONG_CODE) for other in others))
    assert sum(isinstance(outcome, Wrong) for outcome in outcomes) == 4


async def test_a_code_lives_five_minutes(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await _codes(visitor.sessions)
    visitor.now += timedelta(minutes=5)
    assert await visitor.answers(code) == Expired()
    assert await visitor.answers(code) == Expired(), "it does not come back, and costs no try"
    assert await visitor.locked() is None


async def test_a_code_works_once_and_only_in_its_conversation(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await _codes(visitor.sessions)
    thief = Visitor(visitor.sessions, visitor.now, address="198.51.100.7")
    assert await thief.answers(code) == Expired()
    assert isinstance(await visitor.answers(code), Verified)
    assert await visitor.answers(code) == Expired()


async def test_a_new_code_ends_the_old_one(visitor: Visitor) -> None:
    await visitor.says(WANG)
    await visitor.asks_again()
    old, new = await _codes(visitor.sessions)
    if old != new:
        assert await visitor.answers(old) == Wrong(4)
    assert await visitor.answers(new) == Verified("C001")


async def test_asking_again_is_no_wrong_try(visitor: Visitor) -> None:
    for _ in range(4):
        await visitor.says(WANG)
        await visitor.asks_again()
    assert await visitor.locked() is None
    assert await visitor.answers(WRONG_CODE) == Wrong(4)


async def test_asking_again_without_a_step_sends_only_to_a_known_customer(visitor: Visitor) -> None:
    await visitor.asks_again()
    assert await _codes(visitor.sessions) == []
    await visitor.asks_again("C001")
    (code,) = await _codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_a_phone_gets_a_limited_number_of_codes_an_hour(demo: Sessions, now: datetime) -> None:
    limits = IdentityLimits(codes_per_phone_hour=3)
    for number in range(5):
        await Visitor(demo, now, address=f"192.0.2.{number}", limits=limits).says(WANG)
    assert len(await _codes(demo)) == 3
    later = Visitor(demo, now + timedelta(hours=1, seconds=1), limits=limits)
    await later.says(WANG)
    assert len(await _codes(demo)) == 4


async def test_a_code_that_was_not_sent_cannot_be_guessed(demo: Sessions, now: datetime) -> None:
    silent = Visitor(demo, now, limits=IdentityLimits(codes_per_phone_hour=0))
    await silent.says(WANG)
    async with demo.begin() as session:
        challenge = (await session.scalars(select(IdentityChallenge))).one()
        challenge.salt = "salt"
        challenge.code_hash = "c3c26b1d3c1f0b9d"
    assert isinstance(await silent.answers("123456"), Wrong)


async def test_a_persons_own_lock_stops_codes_only(demo: Sessions, now: datetime) -> None:
    for number in range(5):
        guesser = Visitor(demo, now, address=f"192.0.2.{number}")
        await guesser.says(WANG)
        assert await guesser.answers(WRONG_CODE) == Wrong(4)
    limits = IdentityLimits(codes_per_phone_hour=100)
    victim = Visitor(demo, now, address="198.51.100.7", limits=limits)
    await victim.says(WANG)
    assert len(await _codes(demo)) == 5, "no further code goes out"
    assert await victim.locked() is None, "nothing else is locked"
    victim.now += timedelta(minutes=30, seconds=1)
    await victim.says(WANG)
    assert isinstance(await victim.answers((await _codes(demo))[-1]), Verified)


async def test_proving_oneself_forgives_tries_at_oneself_only(visitor: Visitor) -> None:
    await visitor.says(LI)
    for _ in range(3):
        await visitor.answers(WRONG_CODE)
    await visitor.says(WANG)
    assert await visitor.answers(WRONG_CODE) == Wrong(1)
    (code,) = await _codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")
    await visitor.says(LI)
    assert await visitor.answers(WRONG_CODE) == Wrong(1), "the three tries at another person still count"


async def test_two_people_of_one_name_and_tail_get_no_code(visitor: Visitor) -> None:
    async with visitor.sessions.begin() as session:
        session.add(Customer(id="K1", name="王小明", id_number="440305198803124533", phone="13900001111"))
    await visitor.says(WANG)
    assert await _codes(visitor.sessions) == await _codes(visitor.sessions, "13900001111") == []


async def test_a_new_phone_is_proven_by_a_code_sent_to_it(visitor: Visitor) -> None:
    where = {"conversation_id": visitor.conversation_id, "now": visitor.now}
    async with visitor.sessions.begin() as session:
        assert await identity.send_code(session, phone="13900002222", **where)  # type: ignore[arg-type]
    (code,) = await _codes(visitor.sessions, "13900002222")
    async with visitor.sessions.begin() as session:
        other = await identity.check_code(session, phone="13900003333", code=code, **where)  # type: ignore[arg-type]
        right = await identity.check_code(session, phone="13900002222", code=code, **where)  # type: ignore[arg-type]
    assert other == Expired(), "the code belongs to one number"
    assert right == Checked("13900002222")


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


async def test_a_guest_follows_a_ticket_by_a_code_to_the_phone_left_with_it(visitor: Visitor) -> None:
    async with visitor.sessions.begin() as session:
        made = await create_complaint(
            session,
            category=ComplaintCategory.ATTITUDE,
            facts="电话里态度差",
            contact="13900002222",
            answer_days=15,
            now=visitor.now,
        )
    where = {"conversation_id": visitor.conversation_id, "address": visitor.address, "now": visitor.now}
    async with visitor.sessions.begin() as session:
        await identity.start_ticket_challenge(session, number=made.number.lower(), **where)  # type: ignore[arg-type]
    (code,) = await _codes(visitor.sessions, "13900002222")
    async with visitor.sessions.begin() as session:
        opened = await identity.verify_ticket_code(session, code=code, **where)  # type: ignore[arg-type]
    assert opened == TicketOpened(made.number)


async def test_an_unknown_ticket_looks_like_a_known_one(visitor: Visitor) -> None:
    where = {"conversation_id": visitor.conversation_id, "address": visitor.address, "now": visitor.now}
    async with visitor.sessions.begin() as session:
        await identity.start_ticket_challenge(session, number="TS202699999999", **where)  # type: ignore[arg-type]
        outcome = await identity.verify_ticket_code(session, code="000000", **where)  # type: ignore[arg-type]
    assert outcome == Wrong(4)
