"""Files sent along with a new report wait for the consent to papers about health; a form's own one counts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from records import audit, consents, documents, filing
from records.claims import ClaimReport
from records.documents import Document
from tests.actions.conftest import Opens
from tests.actions.talk import Reply, Talk


async def send_photo(talk: Talk) -> None:
    """A photo that nobody knows yet what it is for."""
    async with talk.sessions.begin() as session:
        await documents.register(
            session,
            sha256="0" * 64,
            size=1,
            media_type="image/jpeg",
            name="照片.jpg",
            conversation_id=talk.conversation,
            now=talk.now,
        )


async def report(talk: Talk, *said: str) -> tuple[Reply, ClaimReport, Document]:
    """Reports a claim with a photo sent before; what was said last, the report and the photo."""
    await send_photo(talk)
    await talk.say(said[0], "report_claim")
    for answer in (*said[1:], "不知道", "13900002222"):
        await talk.say(answer)
    done = await talk.choose("提交")
    async with talk.sessions() as session:
        made = (await session.scalars(select(ClaimReport))).one()
        photo = (await session.scalars(select(Document))).one()
    return done, made, photo


async def test_a_photo_of_an_illness_waits_and_the_consent_is_asked_at_the_end(talk: Opens) -> None:
    done, made, photo = await report(await talk(), "我要报案，昨天住院了", "肺炎，在市一医院住着")
    assert (photo.report_id, photo.awaits_consent) == (None, made.number)
    assert "您发的1个文件先存着" in done.messages[-1].text
    assert f"（{made.number}）" in done.messages[-1].text
    assert list(done.messages[-1].buttons) == ["同意", "不同意", "转人工"]


async def test_a_photo_of_a_burst_pipe_goes_along_at_once(talk: Opens) -> None:
    done, made, photo = await report(await talk(), "我要报案，昨天家里水管爆了", "厨房的水管，地板泡了")
    assert (photo.report_id, photo.awaits_consent) == (made.id, None)
    assert "先存着" not in done.text


@pytest.mark.parametrize(("hurt", "waits"), [("有人受伤", True), ("没人受伤", False)])
async def test_a_photo_of_an_accident_waits_where_somebody_was_hurt(
    talk: Opens, hurt: str, waits: bool
) -> None:
    _, made, photo = await report(await talk(), "我要报案，昨天追尾了", hurt, "在高速上被后面的车撞了")
    assert photo.report_id == (None if waits else made.id)


async def test_what_a_specialist_gets_before_the_form_is_done_waits_too(talk: Opens) -> None:
    guest = await talk()
    await send_photo(guest)
    await guest.say("我要报案，昨天住院了", "report_claim")
    told = await guest.say("人工", "request_human")
    assert "您发的1个文件先存着" in told.text
    async with guest.sessions() as session:
        assert (await session.scalars(select(Document))).one().report_id is None


async def test_a_consent_in_the_form_counts_for_the_claim_it_is_about(talk: Opens) -> None:
    wang = await talk(customer="C001", level=2)
    await wang.say("理赔要什么材料", "ask_claim_documents")
    await wang.choose("补交理赔材料")
    await wang.choose("同意")
    async with wang.sessions() as session:
        place = await filing.place_of(session, "CLM202600030001")
        assert place is not None
        (entry,) = await audit.entries(session, place.subject)
        assert await consents.answer_to(session, place.subject, "health_consent") is True
    assert entry.detail["version"] == "2026.1"
    assert entry.at == wang.now
