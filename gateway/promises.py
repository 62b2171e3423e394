"""An answer promised for later: a task with a time, whose reply goes back to the customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from gateway import buttons
from gateway.notice_words import moment
from gateway.services import Services
from gateway.speech import Words
from records import tasks
from records.conversations import Conversation

KIND = "promise"
_LONG_ENOUGH = timedelta(hours=2)


async def obey(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    command: str | None,
    question: str | None,
    now: datetime,
) -> Words | None:
    """Promise an answer to a question; asked twice, it is the same promise. None for any other command."""
    if command != buttons.PROMISE or not question:
        return None
    known = await tasks.open_tasks(session, conversation_id=conversation.id)
    task = next((one for one in known if one.detail.get("question") == question), None)
    if task is None:
        task = await tasks.create(
            session,
            kind=KIND,
            title=services.wording.say("utter_task_promise", question=question),
            due_at=due(services, now),
            promised=True,
            conversation_id=conversation.id,
            customer_id=conversation.customer_id,
            detail={"question": question},
            now=now,
            actor="bot",
        )
    return Words("utter_promised", {"when": moment(services, task.due_at), "number": task.number})


def due(services: Services, now: datetime) -> datetime:
    """The hour of the day by which promises are kept: today while that leaves time enough, else on the next
    day on which specialists work."""
    settings = services.settings
    local = now.astimezone(ZoneInfo(settings.timezone))
    while True:
        by = local.replace(hour=settings.callback_hour, minute=0, second=0, microsecond=0)
        if by - now >= _LONG_ENOUGH and by.isoweekday() in settings.weekdays:
            return by
        local += timedelta(days=1)
