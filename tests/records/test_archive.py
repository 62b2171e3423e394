"""Archives, papers, times of keeping, and what does not fit together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records import audit, documents, papers
from records.applications import Application, ApplicationState
from records.archive import Gap, Keeping, Needed, archive_of, incomplete_archives, kept_until, past_keeping
from records.base import Sessions
from records.claims import report_claim
from records.customers import Customer
from records.documents import Document
from records.errors import MissingTextError, NoSuchRecordError, WrongStateError
from records.filing import file_here, place_of
from records.mismatches import MismatchKind, mismatches
from records.papers import PaperPlace
from records.policies import Policy, policy_by_number
from records.staff import Staff, by_login

WHOLE_LIFE, MOTOR, HOME = "P201800010007", "PDAA2026440300000123", "P202500010010"
ASKED = "BQ202600050001"
NEEDED = Needed({"whole_life": ["投保单", "送达回执"]}, {"change_beneficiary": ["申请书", "身份证"]})
KEEPING = Keeping(short_contract=5, long_contract=10, without_contract=10)


async def _lin(session: AsyncSession) -> Staff:
    found = await by_login(session, "lin")
    assert found is not None
    return found


async def _policy(session: AsyncSession, number: str) -> Policy:
    found = await policy_by_number(session, number)
    assert found is not None
    return found


async def _document(session: AsyncSession, now: datetime, kind: str, at: str) -> Document:
    made = await documents.register(
        session, sha256="0" * 64, size=1, media_type="image/png", name="x", kind=kind, now=now
    )
    place = await place_of(session, at)
    assert place is not None
    await file_here(session, [made], place, actor="customer", now=now)
    return made


async def test_the_archive_says_what_is_missing_and_for_what(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        by, policy = await _lin(session), await _policy(session, WHOLE_LIFE)
        await papers.archive_paper(session, policy_id=policy.id, kind="投保单", shelf="A-12", by=by, now=now)
        await _document(session, now, "身份证", ASKED)
        archive = await archive_of(session, WHOLE_LIFE, NEEDED)
        assert archive is not None
        assert archive.gaps == [Gap("送达回执", None), Gap("申请书", ASKED)]
        await _document(session, now, "送达回执", WHOLE_LIFE)
        await _document(session, now, "申请书", ASKED)
        assert [policy.number for policy, _ in await incomplete_archives(session, NEEDED)] == [
            "P202600010006"
        ]
        assert await archive_of(session, "P000", NEEDED) is None


async def test_a_paper_destroyed_or_given_back_is_missing_again(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        by, policy = await _lin(session), await _policy(session, WHOLE_LIFE)
        paper = await papers.archive_paper(
            session, policy_id=policy.id, kind="投保单", shelf="A-12", by=by, now=now
        )
        needed = Needed({"whole_life": ["投保单"]}, {})
        for place, holder, gaps in (
            (PaperPlace.LENT, "理赔部 王", 0),
            (PaperPlace.RETURNED, "周秀英", 1),
            (PaperPlace.ARCHIVED, "", 0),
            (PaperPlace.DESTROYED, "", 1),
        ):
            await papers.move_paper(session, paper.id, place, holder=holder, by=by, now=now)
            archive = await archive_of(session, WHOLE_LIFE, needed)
            assert archive is not None
            assert len(archive.gaps) == gaps
        with pytest.raises(WrongStateError):
            await papers.move_paper(session, paper.id, PaperPlace.ARCHIVED, by=by, now=now)
        assert len(await audit.entries(session, paper.subject)) == 5


async def test_a_lent_paper_names_who_has_it_and_is_due_back(
    demo: Sessions, now: datetime, today: date
) -> None:
    async with demo.begin() as session:
        by, policy = await _lin(session), await _policy(session, WHOLE_LIFE)
        paper = await papers.archive_paper(
            session, policy_id=policy.id, kind="投保单", shelf="A-12", by=by, now=now
        )
        with pytest.raises(MissingTextError):
            await papers.move_paper(session, paper.id, PaperPlace.LENT, by=by, now=now)
        await papers.move_paper(
            session, paper.id, PaperPlace.LENT, by=by, now=now, holder="理赔部 王", due_back=today
        )
        assert paper not in await papers.lent_too_long(session, today)
        assert paper in await papers.lent_too_long(session, today + timedelta(days=1))


async def test_papers_are_kept_as_long_as_the_law_says(demo: Sessions, now: datetime, today: date) -> None:
    async with demo.begin() as session:
        motor, life = await _policy(session, MOTOR), await _policy(session, WHOLE_LIFE)
        document = await _document(session, now, "行驶证", MOTOR)
        assert motor.expires_on is not None
        assert kept_until(document, motor, KEEPING) == motor.expires_on.replace(
            year=motor.expires_on.year + 5
        )
        assert kept_until(document, life, KEEPING) is None
        assert kept_until(document, None, KEEPING) == today.replace(year=today.year + 10)
        assert await past_keeping(session, today, KEEPING) == []
        (found,) = await past_keeping(session, today + timedelta(days=366 * 6), KEEPING)
        assert found[0] is document


async def test_bytes_go_with_the_last_document_that_has_them(demo: Sessions, now: datetime) -> None:
    async with demo.begin() as session:
        by = await _lin(session)
        one, two = [await _document(session, now, "行驶证", MOTOR) for _ in range(2)]
        assert not await documents.destroy(session, one.id, by=by, now=now)
        assert await documents.destroy(session, two.id, by=by, now=now)
        with pytest.raises(NoSuchRecordError):
            await documents.destroy(session, two.id, by=by, now=now)


async def test_what_does_not_fit_together(demo: Sessions, now: datetime, today: date) -> None:
    async with demo.begin() as session:
        known = [(one.kind, one.about) for one in await mismatches(session, today)]
        assert known == [
            (MismatchKind.ID_EXPIRED, "C008"),
            (MismatchKind.PHONE_DEAD, "C011"),
            (MismatchKind.APPLICATION, "P202500010013"),
        ]
        policy = await _policy(session, MOTOR)
        session.add(
            Application(
                number="T1",
                product_code=policy.product_code,
                applicant_id=policy.holder_id,
                insured_id=policy.insured_id,
                state=ApplicationState.ISSUED,
                since=today,
                policy_id=policy.id,
                stated={"premium": "3980.00", "vehicle_use": "营运", "plate_number": "粤B12345"},
            )
        )
        (person,) = list(await session.scalars(select(Customer).where(Customer.id == "C006")))
        person.id_valid_until = today - timedelta(days=1)
        await report_claim(session, happened="我的车粤B54321追尾", policy_text=MOTOR, now=now)
        await report_claim(session, happened="粤B·12345追尾", policy_text=MOTOR, now=now)
        for _ in range(2):
            await report_claim(
                session, happened="追尾", policy_text=MOTOR, happened_when="2026-11-20", now=now
            )
        await report_claim(session, happened="洪山区珞喻路100号水管爆了", policy_text=HOME, now=now)
        await report_claim(session, happened="珞喻路200号水管爆了", policy_text=HOME, now=now)
        found = {(one.kind, one.about): one for one in await mismatches(session, today)}
    assert set(found) - set(known) == {
        (MismatchKind.APPLICATION, MOTOR),
        (MismatchKind.ID_EXPIRED, "C006"),
        (MismatchKind.PLATE, MOTOR),
        (MismatchKind.SAME_EVENT, MOTOR),
        (MismatchKind.ADDRESS, HOME),
    }
    use = found[MismatchKind.APPLICATION, MOTOR]
    assert (use.field, use.ours, use.theirs) == ("vehicle_use", "家庭自用", "营运")
    assert found[MismatchKind.PLATE, MOTOR].theirs == "粤B54321"
    assert found[MismatchKind.ADDRESS, HOME].theirs == "珞喻路200号"
    assert Decimal("3980") == policy.premium
