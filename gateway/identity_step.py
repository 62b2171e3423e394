"""The identity step: name and ID tail, then a code; taken by the gateway so that no secret goes further.

What the customer types here is logged as ［证件］ and ［验证码］ and never reaches Rasa. Anything else,
such as a question or 转人工, goes to the turn; the step stays open until it succeeds, is left or locked.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import RequireIdentity
from gateway import codes, ticket_step
from gateway.buttons import Offer
from gateway.channels import accounts
from gateway.codes import Consumed
from gateway.services import Services
from gateway.speech import Words, speak
from records import identity
from records.conversations import Conversation, Message
from records.identity import Expired, Locked, Verified, Wrong

_FULL_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_TAIL = re.compile(r"(?<![\dA-Za-z])\d{5}[\dXx](?![\dA-Za-z])")
_FILLER = re.compile(
    r"我的|我叫|我是|本人|姓名|名字|身份证号?码?|证件号?码?|号码|后六位|后6位|尾号|最后|六位|6位|是|叫|号|[\s，,。.：:；;、/+和]"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{2,8})?")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾"
    "夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤欧阳司马诸葛上官"
)
_ID_MARK = "［证件］"


async def begin(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    wish: RequireIdentity,
    now: datetime,
) -> None:
    """Open the step: ask who it is, or send the code at once to a customer already known."""
    conversation.identity_step = {
        "stage": "who",
        "intent": wish.intent,
        "entities": [{"entity": name, "value": value} for name, value in wish.entities],
    }
    locked = await identity.locked_until(
        session, conversation_id=conversation.id, address=conversation.address, now=now
    )
    if locked is not None:
        words = _locked(services, conversation, locked)
    elif conversation.customer_id is not None:
        words = (await resend(services, session, conversation, now))[0]
    else:
        follow = ticket_step.offer(services, (value for _, value in wish.entities))
        words = Words("utter_identity_ask", offers=(*follow, *_ways_out(services)))
    await speak(services, session, conversation, [words], now)


async def consume(
    services: Services, session: AsyncSession, conversation: Conversation, text: str, now: datetime
) -> Consumed | None:
    """Take the message if it belongs to the step, else None."""
    step = conversation.identity_step or {}
    if codes.leaves(text):
        conversation.identity_step = None
        return Consumed(text, (Words("utter_identity_cancelled"),))
    tail = _FULL_ID.search(text) or _TAIL.search(text)
    rest = _TAIL.sub("", _FULL_ID.sub("", text))
    name = _name_in(rest)
    if tail is not None and (step["stage"] == "who" or name):
        shown = text.replace(tail[0], _ID_MARK)
        known_name = name or step.get("name")
        if known_name is None:
            return Consumed(shown, (Words("utter_identity_format", offers=_ways_out(services)),))
        replies = await _challenge(services, session, conversation, known_name, tail[0][-6:].upper(), now)
        return Consumed(shown, replies)
    if step["stage"] == ticket_step.STAGE:
        return await ticket_step.consume(services, session, conversation, text, now)
    if step["stage"] == "who":
        if name is None or _FILLER.sub("", rest) != name:
            return None
        conversation.identity_step = step | {"name": name}
        return Consumed(text, (Words("utter_identity_tail", offers=_ways_out(services)),))
    if codes.none_came(text):
        return Consumed(text, tuple(await resend(services, session, conversation, now)))
    found = codes.read(text)
    return await _verify(services, session, conversation, *found, now) if found else None


async def catch_up(
    services: Services, session: AsyncSession, conversation: Conversation, message: Message, now: datetime
) -> bool:
    """Take a message that was stored while the turn that opened the step still ran; False: it is not ours."""
    consumed = await consume(services, session, conversation, message.text, now)
    if consumed is None:
        return False
    message.text = consumed.shown
    message.awaits_turn = consumed.enter is not None
    message.body = message.body | ({"enter": consumed.enter} if consumed.enter else {})
    await speak(services, session, conversation, consumed.replies, now)
    return True


async def resend(
    services: Services, session: AsyncSession, conversation: Conversation, now: datetime
) -> list[Words]:
    """Send a fresh code; the answer is the same whether or not there is a phone to send it to."""
    step = conversation.identity_step or {}
    if step.get("stage") == ticket_step.STAGE:
        return [await ticket_step.begin(services, session, conversation, step["number"], now)]
    await identity.send_again(
        session,
        conversation_id=conversation.id,
        address=conversation.address,
        customer_id=conversation.customer_id,
        now=now,
        limits=services.identity_limits,
    )
    conversation.identity_step = step | {"stage": "code"}
    return [_sent(services)]


async def _challenge(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    name: str,
    id_tail: str,
    now: datetime,
) -> tuple[Words, ...]:
    locked = await identity.locked_until(
        session, conversation_id=conversation.id, address=conversation.address, now=now
    )
    if locked is not None:
        return (_locked(services, conversation, locked),)
    await identity.start_challenge(
        session,
        conversation_id=conversation.id,
        address=conversation.address,
        name=name,
        id_tail=id_tail,
        now=now,
        limits=services.identity_limits,
    )
    step = conversation.identity_step or {}
    conversation.identity_step = {key: step[key] for key in ("intent", "entities")} | {"stage": "code"}
    return (_sent(services),)


async def _verify(
    services: Services,
    session: AsyncSession,
    conversation: Conversation,
    code: str,
    shown: str,
    now: datetime,
) -> Consumed:
    step = conversation.identity_step or {}
    outcome = await identity.verify_code(
        session,
        conversation_id=conversation.id,
        address=conversation.address,
        code=code,
        now=now,
        limits=services.identity_limits,
    )
    match outcome:
        case Verified(customer_id):
            conversation.customer_id = customer_id
            conversation.verified_until = now + timedelta(minutes=services.settings.verified_idle_minutes)
            conversation.identity_step = None
            enter = {"name": step["intent"], "entities": step["entities"]}
            news = await accounts.bind(session, conversation, customer_id, now)
            told = Words("utter_identity_bound" if news else "utter_identity_done")
            return Consumed(shown, (told,), enter)
        case Wrong(attempts_left):
            return Consumed(
                shown,
                (Words("utter_identity_wrong_code", {"left": attempts_left}, _code_ways(services)),),
            )
        case Expired():
            return Consumed(shown, (Words("utter_identity_expired", offers=_code_ways(services)),))
        case Locked(until):
            return Consumed(shown, (_locked(services, conversation, until),))


def _locked(services: Services, conversation: Conversation, until: datetime) -> Words:
    conversation.identity_step = (conversation.identity_step or {}) | {"stage": "who"}
    return codes.locked(services, until)


def _sent(services: Services) -> Words:
    return Words("utter_identity_sent", offers=_code_ways(services))


def _ways_out(services: Services) -> tuple[Offer, ...]:
    return (codes.leave(services), codes.human(services))


def _code_ways(services: Services) -> tuple[Offer, ...]:
    unusable = Offer(
        services.wording.say("utter_button_phone_unusable"),
        payload='/change_contact{"event": "phone_unusable"}',
    )
    return (codes.again(services), unusable, codes.human(services))


def _name_in(text: str) -> str | None:
    """A Chinese name standing alone once filler words are gone."""
    rest = _FILLER.sub("", text)
    match = _NAME.fullmatch(rest)
    if match is None or rest[0] not in _SURNAMES or rest[0] == rest[1]:
        return None
    return rest
