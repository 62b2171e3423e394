"""Plays the platform beside our server in the demo: its API on the private listener, its phone on the
public one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from app.settings import ROOT, Settings
from app.wechat import FAKE
from app.wechat_demo.api import Api
from app.wechat_demo.phone import PhonePage
from app.wechat_demo.platform import Platform
from gateway.channels.wechat.callback import PATH
from gateway.channels.wechat.channel import WeChat


@contextlib.asynccontextmanager
async def play(settings: Settings, wechat: WeChat, private: web.Application) -> AsyncIterator[PhonePage]:
    """The platform at work; what it gives is the phone's page, for the public listener."""
    options = wechat.options
    platform = Platform(
        options.keys[0],
        options.secret,
        f"http://127.0.0.1:{settings.public_port}{PATH}",
        templates=set(options.templates.values()),
        menu=wechat.account.menu(options.page_url),
    )
    Api(platform).add_to(private, FAKE)
    await platform.start()
    try:
        yield PhonePage(platform, FAKE, ROOT / "web" / "phone", settings.public_url)
    finally:
        await platform.stop()
