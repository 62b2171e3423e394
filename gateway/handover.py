"""Between bot and specialist: hand-over, claim, take-over, transfer, hand-back, wrap-up, with the words.

All functions work on a conversation that `gateway.log.lock` returned and leave the commit to the caller.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import CallBack, HandOver
from gateway import buttons, feed, log, modes
from gateway.buttons import Offer
from gateway.errors import AlreadyClaimed, ModeConflict, NotYours
from gateway.modes import Step
from gateway.services import Services
from records import handlings, requests, tasks
from records.conversations import Conversation, Message, Mode, Origin, Visibility
from records.staff import Staff

BOT = "bot"
CUSTOMER = "customer"
CLOCK = "system"


def badge(staff: Staff) -> dict[str, str]:
    """How a specialist is named to the customer."""
    return {"name": staff.name, "number": staff.number}


def _actor(staff: Staff) -> str:
    return f"staff:{staff.id}"


async def hand_over(
    session: AsyncSession, services: Services, conversation: Conversation, wish: HandOver, now: datetime
) -> None:
    """Put the customer in the queue and say the place in it."""
    await modes.move(
        session,
        conversation,
        Step.HAND_OVER,
        actor=BOT,
        now=now,
        skill=wish.skill,
        priority=wish.priority,
        reason=wish.reason,
        summary=wish.summary,
        queued_at=now,
    )
    await say_position(session, services, conversation, now)


async def say_position(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    now: datetime,
    repeated: bool = False,
) -> None:
    """Tell a waiting customer the place in the queue, with the way out."""
    place = await modes.position(session, conversation)
    name = "utter_queue_waiting" if repeated else "utter_queue_position"
    offered = [Offer(services.wording.say("utter_button_cancel_queue"), command=buttons.CANCEL_QUEUE)]
    await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SYSTEM,
        kind="queue",
        text=services.wording.say(name, position=place),
        body={
            "position": place,
            "buttons": await buttons.issue(session, conversation.id, offered, now),
        },
    )


async def call_back(
    session: AsyncSession, services: Services, conversation: Conversation, wish: CallBack, now: datetime
) -> None:
    """A task for the specialists: nobody is at the desk, so somebody calls back."""
    task = await tasks.create(
        session,
        kind="call_back",
        title=services.wording.say(
            "utter_task_call_back", reason=services.wording.say(f"utter_reason_{wish.reason}")
        ),
        due_at=services.next_opening(now),
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        detail={"phone": wish.phone, "note": wish.note, "reason": wish.reason},
        now=now,
    )
    await feed.announce(session, None, task=task.number)


async def cancel_queue(
    session: AsyncSession, services: Services, conversation: Conversation, now: datetime
) -> None:
    """The customer no longer wants to wait."""
    text = services.wording.say("utter_queue_cancelled")
    await modes.move(session, conversation, Step.CANCEL, actor=CUSTOMER, now=now, text=text)


async def time_out(
    session: AsyncSession, services: Services, conversation: Conversation, now: datetime
) -> None:
    """Nobody claimed the request in time: back to the bot, and a specialist calls back."""
    reason = conversation.reason or "requested"
    text = services.wording.say("utter_queue_timeout")
    await modes.move(session, conversation, Step.TIME_OUT, actor=CLOCK, now=now, text=text)
    await call_back(session, services, conversation, CallBack(reason, None, conversation.summary), now)


async def claim(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, now: datetime
) -> None:
    """A specialist takes the conversation from the queue."""
    if conversation.mode is Mode.HUMAN:
        holder = await session.get_one(Staff, conversation.assignee_id)
        raise AlreadyClaimed(name=holder.name)
    await seat(session, services, conversation, Step.CLAIM, staff, now)


async def take_over(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, now: datetime
) -> None:
    """A specialist takes the conversation out of the bot's hands; a turn under way becomes a suggestion."""
    if conversation.mode is Mode.QUEUED:
        return await claim(session, services, conversation, staff, now)
    if conversation.mode is Mode.HUMAN:
        holder = await session.get_one(Staff, conversation.assignee_id)
        raise AlreadyClaimed(name=holder.name)
    if conversation.mode is Mode.CLOSED:
        await modes.move(session, conversation, Step.REOPEN, actor=_actor(staff), now=now)
    await seat(session, services, conversation, Step.TAKE_OVER, staff, now)


async def seat(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    step: Step,
    staff: Staff,
    now: datetime,
    *,
    by: str | None = None,
) -> None:
    """Give the conversation to a colleague and say so; `by` is who decided it, when not the colleague."""
    await modes.move(
        session,
        conversation,
        step,
        actor=by or _actor(staff),
        now=now,
        text=services.wording.say("utter_claimed", name=staff.name, number=staff.number),
        body={"specialist": badge(staff)},
        assignee_id=staff.id,
        claimed_at=now,
    )


def require_holder(conversation: Conversation, staff: Staff) -> None:
    """Only who holds the conversation may speak or pass it on: ModeConflict or NotYours."""
    if conversation.mode is not Mode.HUMAN:
        raise ModeConflict(mode=conversation.mode.value)
    if conversation.assignee_id != staff.id:
        raise NotYours()


async def reply(
    session: AsyncSession,
    conversation: Conversation,
    staff: Staff,
    client_msg_id: str,
    text: str,
    now: datetime,
    body: dict[str, Any] | None = None,
) -> Message:
    """A specialist's message to the customer; the same `client_msg_id` again is the same message.

    `body` holds what goes along: citations, files.
    """
    known = await log.by_client_id(session, conversation.id, client_msg_id)
    if known is not None:
        return known
    require_holder(conversation, staff)
    await handlings.replied(session, conversation.id, now)
    return await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SPECIALIST,
        text=text,
        staff_id=staff.id,
        client_msg_id=client_msg_id,
        body={"specialist": badge(staff)} | (body or {}),
    )


async def note(
    session: AsyncSession,
    conversation: Conversation,
    staff: Staff,
    text: str,
    now: datetime,
    body: dict[str, Any] | None = None,
) -> Message:
    """Something only specialists read."""
    return await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SPECIALIST,
        visibility=Visibility.NOTE,
        text=text,
        staff_id=staff.id,
        body=body or {},
    )


async def transfer(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    staff: Staff,
    now: datetime,
    *,
    to: Staff | None,
    skill: str | None,
) -> None:
    """Pass the conversation to a colleague, or back into the queue for a skill."""
    require_holder(conversation, staff)
    await modes.move(
        session,
        conversation,
        Step.TRANSFER,
        actor=_actor(staff),
        now=now,
        assignee_id=None,
        queued_at=now,
        skill=skill or conversation.skill,
    )
    if to is not None:
        await seat(session, services, conversation, Step.CLAIM, to, now)
    else:
        await say_position(session, services, conversation, now)


async def hand_back(
    session: AsyncSession, services: Services, conversation: Conversation, staff: Staff, now: datetime
) -> None:
    """The bot serves again; what was half filled in can go on."""
    require_holder(conversation, staff)
    await modes.move(session, conversation, Step.HAND_BACK, actor=_actor(staff), now=now)
    unfinished = await requests.drafts_in(session, conversation.id)
    name = "utter_handed_back_with_draft" if unfinished else "utter_handed_back"
    offered = [Offer(button.title, button.payload) for button in services.wording.buttons(name)]
    await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.BOT,
        text=services.wording.say(name, name=staff.name),
        body={"buttons": await buttons.issue(session, conversation.id, offered, now)},
    )


async def close(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    staff: Staff,
    now: datetime,
    *,
    reason: str,
    summary: str,
) -> None:
    """Wrap up: the conversation ends, the summary is kept as a note and the customer may rate the service."""
    require_holder(conversation, staff)
    detail: dict[str, Any] = {"reason": reason, "specialist": badge(staff)}
    text = services.wording.say("utter_closed")
    await modes.move(
        session,
        conversation,
        Step.CLOSE,
        actor=_actor(staff),
        now=now,
        text=text,
        body=detail,
        closed_at=now,
    )
    if summary:
        await note(session, conversation, staff, summary, now)
    await log.append(
        session,
        conversation,
        now=now,
        origin=Origin.SYSTEM,
        kind="rating_request",
        text=services.wording.say("utter_rating_request"),
    )
