"""What a supervisor does in the conversations of others: whisper to the specialist, and decide who serves."""

from __future__ import annotations

from pydantic import BaseModel

from desk import views
from desk.acting import Case, acting
from desk.errors import UnknownSkill
from desk.routing import LEADING, Route, change
from gateway import handover, modes
from gateway.errors import BadRequest, NotFound
from gateway.inbox import clean
from gateway.modes import Step
from records.conversations import Mode
from records.staff import SKILLS, Staff


class WhisperBody(BaseModel):
    text: str


class AssignBody(BaseModel):
    """To a colleague by login, or into the queue of a skill."""

    to: str | None = None
    skill: str | None = None
    note: str = ""


def routes() -> list[Route]:
    return [
        change("/conversations/{id}/whisper", acting(WhisperBody, _whisper), LEADING),
        change("/conversations/{id}/assign", acting(AssignBody, _assign), LEADING),
    ]


async def _whisper(case: Case, wish: WhisperBody) -> None:
    text = clean(wish.text, case.services.settings.message_limit)
    message = await handover.note(
        case.session, case.conversation, case.staff, text, case.now, body={"whisper": True}
    )
    await case.audited("whisper", message=message.id)


async def _assign(case: Case, wish: AssignBody) -> None:
    if (wish.to is None) == (wish.skill is None):
        raise BadRequest()
    if wish.skill is not None and wish.skill not in SKILLS:
        raise UnknownSkill()
    to = await views.staff_by_login(case.session, wish.to) if wish.to else None
    if wish.to is not None and (to is None or not to.active):
        raise NotFound()
    await case.audited("assign", to=to.id if to else None, skill=wish.skill)
    await _into_queue(case, wish.skill)
    if to is not None:
        await _seat(case, to)
    else:
        await handover.say_position(case.session, case.services, case.conversation, case.now)
    if wish.note:
        message = await handover.note(case.session, case.conversation, case.staff, wish.note, case.now)
        await case.audited("note", message=message.id)


async def _into_queue(case: Case, skill: str | None) -> None:
    """Out of whatever hands it is in; a closed conversation is opened again first."""
    actor = f"staff:{case.staff.id}"
    conversation = case.conversation
    if conversation.mode is Mode.CLOSED:
        await modes.move(case.session, conversation, Step.REOPEN, actor=actor, now=case.now)
    step = {Mode.BOT: Step.HAND_OVER, Mode.HUMAN: Step.TRANSFER}.get(conversation.mode)
    if step is None:
        conversation.skill = skill or conversation.skill
        return
    await modes.move(
        case.session,
        conversation,
        step,
        actor=actor,
        now=case.now,
        assignee_id=None,
        queued_at=case.now,
        reason=conversation.reason or "review",
        skill=skill or conversation.skill,
    )


async def _seat(case: Case, to: Staff) -> None:
    await handover.seat(
        case.session,
        case.services,
        case.conversation,
        Step.CLAIM,
        to,
        case.now,
        by=f"staff:{case.staff.id}",
    )
