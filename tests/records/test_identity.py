from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from records import identity, sms
from records.challenges import IdentityChallenge
from records.complaint_steps import create_complaint
from records.complaints import ComplaintCategory
from records.customers import Customer
from records.identity import Checked, Expired, TicketOpened, Verified, Wrong
from records.sms import SmsMessage
from tests.records.visitor import LI, NOBODY, PHONE, WANG, WRONG_CODE, Visitor, codes


async def test_name_tail_and_code_prove_a_customer(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


@pytest.mark.parametrize("typed", [("王 小明", "124533"), ("赵磊", "23401x"), ("赵磊", " 23401X ")])
async def test_blanks_and_a_small_x_do_not_matter(visitor: Visitor, typed: tuple[str, str]) -> None:
    await visitor.says(typed)
    sent = await codes(visitor.sessions) or await codes(visitor.sessions, "13800001005")
    assert isinstance(await visitor.answers(sent[0]), Verified)


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
    (code,) = await codes(visitor.sessions)
    async with visitor.sessions() as session:
        challenge = (await session.scalars(select(IdentityChallenge))).one()
    assert code not in {challenge.code_hash, challenge.salt, challenge.told}
    assert "王小明" not in challenge.told


async def test_a_wrong_name_or_tail_sends_nothing_and_no_code_fits(visitor: Visitor) -> None:
    await visitor.says(NOBODY)
    assert await codes(visitor.sessions) == []
    assert await visitor.answers("000000") == Wrong(4)


async def test_without_a_phone_nothing_is_sent(visitor: Visitor) -> None:
    await visitor.says(("孙宇航", "011138"))
    async with visitor.sessions() as session:
        assert (await session.scalars(select(SmsMessage))).all() == []
        assert (await session.scalars(select(IdentityChallenge))).one().sent is False


async def test_an_unusable_phone_still_gets_the_code(visitor: Visitor) -> None:
    await visitor.says(("冯德全", "153510"))
    assert len(await codes(visitor.sessions, "13800001011")) == 1


async def test_a_code_lives_five_minutes(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await codes(visitor.sessions)
    visitor.now += timedelta(minutes=5)
    assert await visitor.answers(code) == Expired()
    assert await visitor.answers(code) == Expired(), "it does not come back, and costs no try"
    assert await visitor.locked() is None


async def test_a_code_works_once_and_only_in_its_conversation(visitor: Visitor) -> None:
    await visitor.says(WANG)
    (code,) = await codes(visitor.sessions)
    thief = Visitor(visitor.sessions, visitor.now, address="198.51.100.7")
    assert await thief.answers(code) == Expired()
    assert isinstance(await visitor.answers(code), Verified)
    assert await visitor.answers(code) == Expired()


async def test_a_new_code_ends_the_old_one(visitor: Visitor) -> None:
    await visitor.says(WANG)
    await visitor.asks_again()
    old, new = await codes(visitor.sessions)
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
    assert await codes(visitor.sessions) == []
    await visitor.asks_again("C001")
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_an_expired_step_is_asked_again_but_never_for_somebody_else(visitor: Visitor) -> None:
    await visitor.says(LI)
    visitor.now += timedelta(minutes=6)
    await visitor.asks_again()
    assert len(await codes(visitor.sessions, "13800001002")) == 2
    await visitor.asks_again("C001")
    assert len(await codes(visitor.sessions, "13800001002")) == 2
    (code,) = await codes(visitor.sessions)
    assert await visitor.answers(code) == Verified("C001")


async def test_two_people_of_one_name_and_tail_get_no_code(visitor: Visitor) -> None:
    async with visitor.sessions.begin() as session:
        session.add(Customer(id="K1", name="王小明", id_number="440305198803124533", phone="13900001111"))
    await visitor.says(WANG)
    assert await codes(visitor.sessions) == await codes(visitor.sessions, "13900001111") == []


async def test_a_new_phone_is_proven_by_a_code_sent_to_it(visitor: Visitor) -> None:
    where = {"conversation_id": visitor.conversation_id, "now": visitor.now}
    async with visitor.sessions.begin() as session:
        assert await identity.send_code(session, phone="13900002222", **where)  # type: ignore[arg-type]
    (code,) = await codes(visitor.sessions, "13900002222")
    async with visitor.sessions.begin() as session:
        other = await identity.check_code(session, phone="13900003333", code=code, **where)  # type: ignore[arg-type]
        right = await identity.check_code(session, phone="13900002222", code=code, **where)  # type: ignore[arg-type]
    assert other == Expired(), "the code belongs to one number"
    assert right == Checked("13900002222")


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
    (code,) = await codes(visitor.sessions, "13900002222")
    async with visitor.sessions.begin() as session:
        opened = await identity.verify_ticket_code(session, code=code, **where)  # type: ignore[arg-type]
    assert opened == TicketOpened(made.number)


async def test_an_unknown_ticket_looks_like_a_known_one(visitor: Visitor) -> None:
    where = {"conversation_id": visitor.conversation_id, "address": visitor.address, "now": visitor.now}
    async with visitor.sessions.begin() as session:
        await identity.start_ticket_challenge(session, number="TS202699999999", **where)  # type: ignore[arg-type]
        outcome = await identity.verify_ticket_code(session, code="000000", **where)  # type: ignore[arg-type]
    assert outcome == Wrong(4)
