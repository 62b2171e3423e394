"""The WeChat channel of this installation: off without an account, a fake platform in the demo."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from app import keys
from app.errors import AppError
from app.settings import ROOT, Settings
from gateway.channels import reminders
from gateway.channels.delivery import Sender
from gateway.channels.wechat.api import WeChatApi
from gateway.channels.wechat.channel import Options, WeChat
from gateway.channels.wechat.crypto import Key
from gateway.channels.wechat.menu import Account
from gateway.services import Services
from knowledge.wording import Wording

FAKE = "/demo/wechat"
"""Where the demo's fake platform answers: its API on the private listener, its phone on the public one."""
_MENU = ROOT / "knowledge" / "wechat.yml"


def fake(settings: Settings) -> bool:
    """Whether the demo plays the platform itself."""
    return settings.demo and settings.wechat_app_id is None


def options(settings: Settings) -> Options | None:
    """The account to serve; None when there is none. AppError when one is named only in part."""
    if fake(settings):
        return _demo_options(settings)
    if settings.wechat_app_id is None:
        return None
    given = {
        "WECHAT_APP_SECRET": settings.wechat_app_secret,
        "WECHAT_TOKEN": settings.wechat_token,
        "WECHAT_AES_KEY": settings.wechat_aes_key,
        "WECHAT_PAGE_URL": settings.wechat_page_url,
    }
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise AppError(f"With WECHAT_APP_ID also {', '.join(missing)} must be set.")
    secret, tokens, aes_keys = (
        value.get_secret_value() if value else ""
        for value in (settings.wechat_app_secret, settings.wechat_token, settings.wechat_aes_key)
    )
    pairs = list(zip(tokens.split(","), aes_keys.split(","), strict=False))
    if len(pairs) != len(tokens.split(",")) or len(pairs) != len(aes_keys.split(",")):
        raise AppError("WECHAT_TOKEN and WECHAT_AES_KEY must name as many values, newest first.")
    app_id = settings.wechat_app_id
    return Options(
        app_id=app_id,
        secret=secret,
        keys=tuple(Key(app_id, token.strip(), aes_key.strip()) for token, aes_key in pairs),
        api_url=settings.wechat_api_url,
        page_url=(settings.wechat_page_url or "").rstrip("/"),
        authorize_url=settings.wechat_authorize_url,
        templates=settings.wechat_templates,
    )


def _demo_options(settings: Settings) -> Options:
    drawn = keys.load(settings.var_dir)
    account = Account.load(_MENU)
    return Options(
        app_id=drawn.wechat_app_id,
        secret=drawn.wechat_app_secret,
        keys=(Key(drawn.wechat_app_id, drawn.wechat_token, drawn.wechat_aes_key),),
        api_url=settings.actions_url + FAKE,
        page_url=settings.public_url,
        authorize_url=f"{settings.public_url}{FAKE}/authorize",
        templates={kind: f"demo-{kind}" for kind in account.notice_fields},
    )


def notice_kinds(settings: Settings) -> frozenset[str]:
    """The kinds of notice the account has a template for."""
    chosen = options(settings)
    return frozenset(chosen.templates if chosen else ())


def build(chosen: Options, wording: Wording) -> WeChat:
    """The channel; its `api` must be started before use."""
    api = WeChatApi(chosen.api_url, chosen.app_id, chosen.secret)
    return WeChat(chosen, api, Account.load(_MENU), wording)


@contextlib.asynccontextmanager
async def running(settings: Settings, services: Services) -> AsyncIterator[WeChat | None]:
    """The channel at work: its API client and its sender; None when it is off."""
    chosen = options(settings)
    if chosen is None:
        yield None
        return
    wechat = build(chosen, services.wording)
    await wechat.api.start()
    work = (Sender(services, wechat).run_forever(), reminders.run_forever(services))
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield wechat
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await wechat.api.stop()
