"""From a push to the inbox: whatever a customer can send or do in WeChat, as something the conversation
knows."""

from __future__ import annotations

import logging
import unicodedata

from gateway import inbox, log, ratings
from gateway.channels import accounts, binding
from gateway.channels.accounts import Arrival
from gateway.channels.wechat.api import ApiError, NoAnswer, NotReached
from gateway.channels.wechat.channel import NAME, WeChat
from gateway.channels.wechat.pushes import Kind, Push
from gateway.errors import FileError, UnknownButton
from gateway.services import Services
from gateway.speech import Words, speak
from gateway.web import uploads
from records import deliveries
from records.conversations import Conversation, Mode, Origin
from records.deliveries import DeliveryState

logger = logging.getLogger(__name__)
_CANNOT_TAKE = {
    Kind.VOICE: ("［语音］", "utter_wechat_voice"),
    Kind.VIDEO: ("［视频］", "utter_wechat_video"),
    Kind.LINK: ("［链接］", "utter_wechat_link"),
    Kind.FILE: ("［文件］", "utter_wechat_unreadable"),
    Kind.UNREADABLE: ("［其他消息］", "utter_wechat_unreadable"),
}
_WITHOUT_CONVERSATION = frozenset({Kind.LEFT, Kind.REVOKED, Kind.REPORTED, Kind.OTHER})


async def take(services: Services, wechat: WeChat, push: Push) -> Arrival | None:
    """Store what a push brings; the same push again changes nothing. None where nobody expects an answer.

    GatewayError when the customer must be told that it was not taken.
    """
    if push.kind in _WITHOUT_CONVERSATION:
        await _note(services, push)
        return None
    arrival = await accounts.arrive(
        services,
        channel=NAME,
        account=push.account,
        key=push.key,
        grant=push.grant,
        hold_seconds=wechat.options.passive_seconds,
    )
    await _Intake(services, wechat, push, arrival).store()
    return arrival


async def _note(services: Services, push: Push) -> None:
    match push.kind:
        case Kind.LEFT | Kind.REVOKED:
            await accounts.leave(services, channel=NAME, account=push.account)
        case Kind.REPORTED:
            await _reported(services, push)
        case _:
            logger.info("a push of WeChat left alone: %s", push.get("Event"))


async def _reported(services: Services, push: Push) -> None:
    """TEMPLATESENDJOBFINISH: whether a service notice has arrived."""
    status = push.get("Status")
    arrived = status == "success"
    async with services.sessions.begin() as session:
        rows = await deliveries.of_remote(session, push.get("MsgID"))
        await deliveries.settle(
            session,
            rows,
            DeliveryState.SENT if arrived else DeliveryState.FAILED,
            now=services.clock(),
            reason=None if arrived else status.replace(" ", "_")[:40],
        )


class _Intake:
    def __init__(self, services: Services, wechat: WeChat, push: Push, arrival: Arrival) -> None:
        self._services = services
        self._wechat = wechat
        self._push = push
        self._to = (services, arrival.conversation_id, arrival.key)
        self._address = accounts.address_of(NAME, push.account)

    async def store(self) -> None:
        match self._push.kind:
            case Kind.TEXT:
                await self._text()
            case Kind.IMAGE:
                await self._image()
            case Kind.LOCATION:
                shown = f"［位置］{self._push.get('Label')}"
                await self._other(shown, "utter_wechat_location")
            case Kind.FOLLOWED:
                await self._welcome()
            case Kind.CLICKED:
                await self._click()
            case kind if kind in _CANNOT_TAKE:
                await self._other(*_CANNOT_TAKE[kind])

    async def _text(self) -> None:
        text, token = self._push.get("Content"), self._push.get("bizmsgmenuid")
        if not token and await self._rated(text):
            return
        token = token or await self._token_of(text) or ""
        if token:
            try:
                await inbox.receive_choice(*self._to, token, self._address)
                return
            except UnknownButton:
                pass
        command = binding.TYPED.get(text.strip(" 。！!"))
        if command:
            await inbox.receive_command(*self._to, text, command, self._address)
        else:
            await inbox.receive_text(*self._to, text, self._address)

    async def _token_of(self, text: str) -> str | None:
        """The button that a typed number or title means, of those on offer since the customer wrote last."""
        services, conversation_id, _ = self._to
        said = unicodedata.normalize("NFKC", text).strip(" .。、")
        async with services.sessions() as session:
            offered = await log.offered(session, conversation_id)
        titles = [button["title"] for button in offered]
        if said.isascii() and said.isdigit() and len(said) == 1 and 0 < int(said) <= len(offered):
            return str(offered[int(said) - 1]["token"])
        return str(offered[titles.index(said)]["token"]) if said in titles else None

    async def _rated(self, text: str) -> bool:
        """A number of 1 to 5 right after the service ended is its rating."""
        services, conversation_id, key = self._to
        if text.strip() not in {"1", "2", "3", "4", "5"}:
            return False
        async with services.sessions.begin() as session:
            conversation = await log.lock(session, conversation_id)
            known = await log.by_client_id(session, conversation_id, key)
            newest = await log.newest(session, conversation_id)
            if known is None and (newest is None or newest.kind != ratings.ASKED):
                return False
            if known is not None:
                return known.body.get("rated", False) is True
            now = services.clock()
            await log.append(
                session,
                conversation,
                now=now,
                origin=Origin.CUSTOMER,
                text=text,
                client_msg_id=key,
                body={"rated": True},
            )
            await speak(services, session, conversation, [Words("utter_wechat_rated")], now)
        await ratings.rate(services, conversation_id, int(text), "")
        return True

    async def _image(self) -> None:
        services, conversation_id, _ = self._to
        try:
            media = await self._wechat.api.media(self._push.get("MediaId"))
            document = await uploads.store(services, conversation_id, media.name, media.content)
        except (ApiError, NotReached, NoAnswer) as error:
            logger.warning("a picture could not be fetched: %s", error)
            await self._other("［图片］", "utter_wechat_media_failed")
        except FileError as error:
            await self._other("［图片］", f"utter_error_{error.code}")
        else:
            await inbox.receive_file(*self._to, uploads.wire(document), self._address)

    async def _other(self, shown: str, words: str) -> None:
        await inbox.receive_other(*self._to, shown, Words(words), self._address)

    async def _click(self) -> None:
        entry = self._wechat.account.entry(self._push.get("EventKey"))
        if entry is None:
            await self._other("［菜单］", "utter_button_stale")
        elif entry.command:
            await inbox.receive_command(*self._to, entry.name, entry.command, self._address)
        elif entry.wish:
            await inbox.receive_wish(*self._to, entry.name, entry.enter, self._address)

    async def _welcome(self) -> None:
        """Once for each time somebody follows; whoever follows again begins with a conversation of their
        own."""
        services, conversation_id, key = self._to
        now = services.clock()
        async with services.sessions.begin() as session:
            conversation: Conversation = await log.lock(session, conversation_id)
            if await log.by_client_id(session, conversation_id, key) or conversation.mode is not Mode.BOT:
                return
            await log.append(
                session,
                conversation,
                now=now,
                origin=Origin.CUSTOMER,
                text="［关注］",
                client_msg_id=key,
            )
            await speak(services, session, conversation, [Words("utter_wechat_welcome")], now)
