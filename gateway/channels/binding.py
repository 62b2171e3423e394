"""What customers may decide about their account of a push channel: unbinding it, and notices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gateway import buttons
from gateway.buttons import Offer
from gateway.channels import accounts
from gateway.services import Services
from gateway.speech import Words
from records.conversations import Conversation

TYPED = {
    "解除绑定": buttons.UNBIND,
    "解绑": buttons.UNBIND,
    "取消绑定": buttons.UNBIND,
    "服务通知": buttons.NOTICES,
    "开启通知": buttons.ALLOW_NOTICES,
    "关闭通知": buttons.REFUSE_NOTICES,
    "不要通知": buttons.REFUSE_NOTICES,
}
"""What is typed to the same end as a tap in the menu."""


async def obey(
    services: Services, session: AsyncSession, conversation: Conversation, command: str | None, now: datetime
) -> Words | None:
    """Carry out one of the commands of this module and say so; None for any other."""
    match command:
        case buttons.UNBIND if conversation.customer_id is not None:
            return Words("utter_unbind_ask", offers=(_offer(services, buttons.UNBIND_NOW),))
        case buttons.UNBIND | buttons.UNBIND_NOW:
            done = await accounts.unbind(session, conversation, now)
            return Words("utter_unbound" if done else "utter_not_bound")
        case buttons.NOTICES:
            allowed = await accounts.notices_allowed(session, conversation)
            turned = buttons.REFUSE_NOTICES if allowed else buttons.ALLOW_NOTICES
            name = "utter_notices_are_on" if allowed else "utter_notices_are_off"
            return Words(name, offers=(_offer(services, turned),))
        case buttons.ALLOW_NOTICES | buttons.REFUSE_NOTICES:
            allow = command == buttons.ALLOW_NOTICES
            await accounts.allow_notices(session, conversation, allow, now)
            return Words("utter_notices_on" if allow else "utter_notices_off")
    return None


def _offer(services: Services, command: str) -> Offer:
    return Offer(services.wording.say(f"utter_button_{command}"), command=command)
