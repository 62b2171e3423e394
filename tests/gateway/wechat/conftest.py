"""The WeChat channel on a real database, against our own platform over real sockets; Rasa is scripted."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from app.wechat_demo.api import Api
from app.wechat_demo.phone import PhonePage
from app.wechat_demo.phones import Shown
from app.wechat_demo.platform import Platform
from gateway import handover, log
from gateway.channels import accounts
from gateway.channels.delivery import Sender
from gateway.channels.wechat import xml
from gateway.channels.wechat.api import WeChatApi
from gateway.channels.wechat.callback import Callback
from gateway.channels.wechat.channel import Options, WeChat
from gateway.channels.wechat.crypto import Key
from gateway.channels.wechat.menu import Account
from gateway.channels.wechat.pages import Pages
from gateway.services import Services
from gateway.web import public_app
from records import channel_accounts
from records.channel_accounts import ChannelAccount
from records.conversations import Conversation, Message, Origin
from records.deliveries import Delivery
from records.staff import Staff
from tests.gateway.conftest import ROOT, SITE, Customer

KEY = Key("wxtest0000000001", "token-of-tests", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
SECRET = "secret-of-tests"
PHONE = "/demo/wechat"
KINDS = ("premium_due", "claim_state", "request_state", "complaint_decision")


@dataclass
class Wall:
    """The real time, moved on when the test says so: the platform's clock is real, too."""

    ahead: float = 0.0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead, UTC)

    def forward(self, **by: float) -> None:
        raise NotImplementedError("use ahead")


@pytest.fixture
def clock() -> Wall:
    return Wall()


@dataclass
class Stage:
    """Everything together: our server, the platform, and who writes."""

    services: Services
    wechat: WeChat
    platform: Platform
    api: Api

    def writer(self, openid: str = "oTester") -> Writer:
        return Writer(self, openid)


@dataclass
class Writer:
    """One customer with a phone."""

    stage: Stage
    openid: str

    @property
    def screen(self) -> list[Shown]:
        return self.stage.platform.phone(self.openid).screen

    @property
    def received(self) -> list[Shown]:
        return [shown for shown in self.screen if shown.side == "them"]

    async def says(self, text: str, menu_id: str = "") -> str:
        return await self.stage.platform.text(self.openid, text, menu_id)

    async def until(self, holds: Callable[[list[Shown]], bool], seconds: float = 10.0) -> list[Shown]:
        """What has been received, once it satisfies the condition."""
        try:
            async with asyncio.timeout(seconds):
                while not holds(self.received):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            lines = "\n".join(f"{shown.side} {shown.via}: {shown.text}" for shown in self.screen)
            pytest.fail(f"the phone never showed what was expected:\n{lines}")
        return self.received

    async def gets(self, text: str, via: str | None = None) -> Shown:
        """The message received that holds this text."""
        found = await self.until(lambda all_: any(text in one.text for one in all_))
        shown = next(one for one in found if text in one.text)
        assert via is None or shown.via == via
        return shown

    async def account(self) -> ChannelAccount | None:
        async with self.stage.services.sessions() as session:
            return (
                await session.scalars(select(ChannelAccount).where(ChannelAccount.account == self.openid))
            ).one_or_none()

    async def customer(self) -> Customer:
        """The conversation, as the other tests of the gateway look at one."""
        account = await self.account()
        assert account is not None
        assert account.conversation_id is not None
        return Customer(self.stage.services, account.conversation_id)

    async def log(self) -> list[Message]:
        return await (await self.customer()).sees()

    async def deliveries(self) -> list[Delivery]:
        conversation = (await self.customer()).conversation
        async with self.stage.services.sessions() as session:
            rows = await session.scalars(
                select(Delivery).where(Delivery.conversation_id == conversation).order_by(Delivery.message_id)
            )
            return list(rows)

    async def settled(self) -> list[Delivery]:
        """The deliveries once nothing is on its way or due any more."""
        async with asyncio.timeout(10):
            while True:
                rows = await self.deliveries()
                if rows and not any(row.state in ("pending", "claimed") for row in rows):
                    return rows
                await asyncio.sleep(0.02)

    async def meanwhile(self, holds: Callable[[], Any], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.02)

    async def blocked_by(self, reason: str) -> None:
        """Waits until nothing more goes to the account, for this reason."""
        async with asyncio.timeout(10):
            while (account := await self.account()) is None or account.blocked != reason:
                await asyncio.sleep(0.02)

    def options(self, **changed: Any) -> Options:
        return replace(self.stage.wechat.options, **changed)

    async def bot_says(self, text: str) -> Message:
        return await self._append(Origin.BOT, text)

    async def system_says(self, text: str) -> Message:
        return await self._append(Origin.SYSTEM, text)

    async def _append(self, origin: Origin, text: str) -> Message:
        services, conversation_id = self.stage.services, (await self.customer()).conversation
        async with services.sessions.begin() as session:
            conversation = await log.lock(session, conversation_id)
            return await log.append(session, conversation, now=services.clock(), origin=origin, text=text)

    async def reach(self) -> channel_accounts.Reach:
        """What the desk is told of what may still be sent."""
        conversation = (await self.customer()).conversation
        services = self.stage.services
        async with services.sessions() as session:
            return (await channel_accounts.reach(session, [conversation], services.clock()))[conversation]

    async def bind(self, customer_id: str) -> None:
        """As if the identity step had been passed."""
        services, now = self.stage.services, self.stage.services.clock()
        async with services.sessions.begin() as session:
            conversation = await log.lock(session, (await self.customer()).conversation)
            conversation.customer_id = customer_id
            await accounts.bind(session, conversation, customer_id, now)

    async def at_the_desk(self, step: Callable[..., Awaitable[Any]], **more: Any) -> None:
        """林专员 does something with the conversation."""
        services = self.stage.services
        async with services.sessions.begin() as session:
            conversation = await log.lock(session, (await self.customer()).conversation)
            lin = (await session.scalars(select(Staff).where(Staff.login == "lin"))).one()
            await step(session, services, conversation, lin, services.clock(), **more)

    async def reply(self, text: str) -> None:
        async def step(session: Any, _: Any, conversation: Any, lin: Any, now: datetime) -> None:
            await handover.reply(session, conversation, lin, uuid.uuid4().hex, text, now)

        await self.at_the_desk(step)

    async def close(self) -> None:
        await self.at_the_desk(handover.close, reason="solved", summary="")

    def push_of(self, text: str, sent_at: float) -> tuple[str, bytes]:
        """A text as it goes over the wire, made at that time."""
        fields = {
            "ToUserName": "gh_demo",
            "FromUserName": self.openid,
            "CreateTime": str(int(sent_at)),
            "MsgType": "text",
            "Content": text,
            "MsgId": str(self.stage.platform.number()),
        }
        return self.stage.platform.request(self.openid, xml.write(fields), sent_at)

    async def stands(self) -> Conversation:
        return await (await self.customer()).stands()


@pytest.fixture
async def stage(services: Services, free_port: Callable[[], int]) -> AsyncIterator[Stage]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    platform = Platform(KEY, SECRET, f"{base}/wechat", templates={f"demo-{kind}" for kind in KINDS})
    options = Options(
        app_id=KEY.app_id,
        secret=SECRET,
        keys=(KEY,),
        api_url=f"{base}/platform",
        page_url=base,
        authorize_url=f"{base}{PHONE}/authorize",
        templates={kind: f"demo-{kind}" for kind in KINDS},
    )
    wechat = WeChat(
        options,
        WeChatApi(options.api_url, options.app_id, options.secret),
        Account.load(ROOT / "knowledge" / "wechat.yml"),
        services.wording,
    )
    platform.menu = wechat.account.menu(base)
    api = Api(platform)
    pages = Pages(services, wechat, ROOT / "web" / "wechat", SITE)
    phone = PhonePage(platform, PHONE, ROOT / "web" / "phone", base)
    others = (Callback(services, wechat), pages, phone, _Under(api, "/platform"))
    runner = web.AppRunner(
        public_app(services, ROOT / "web" / "widget" / "dist", others),
        access_log=None,
        shutdown_timeout=0.2,
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await platform.start()
    await wechat.api.start()
    sender = asyncio.create_task(Sender(services, wechat).run_forever())
    yield Stage(services, wechat, platform, api)
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
    await wechat.api.stop()
    await platform.stop()
    await runner.cleanup()


@dataclass
class _Under:
    api: Any
    prefix: str

    def add_to(self, app: web.Application) -> None:
        self.api.add_to(app, self.prefix)


@pytest.fixture
def writer(stage: Stage) -> Writer:
    return stage.writer()
