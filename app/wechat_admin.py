"""What whoever runs the WeChat account does by hand: the menu, and finding out what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp

from app import wechat
from app.child import Say
from app.errors import AppError
from app.settings import ROOT, Settings
from gateway.channels.wechat import crypto
from gateway.channels.wechat.api import ApiError, NoAnswer, NotReached
from gateway.channels.wechat.callback import PATH
from gateway.channels.wechat.channel import WeChat
from knowledge.settings import InsurerSettings
from knowledge.wording import Wording

_SECONDS = aiohttp.ClientTimeout(total=6)
_CLOCKS_DIFFER = 3.0


@contextlib.asynccontextmanager
async def _account(settings: Settings) -> AsyncIterator[WeChat]:
    chosen = wechat.options(settings)
    if chosen is None:
        raise AppError("The WeChat channel is off: set WECHAT_APP_ID and what goes with it.")
    insurer = InsurerSettings.load(ROOT / "knowledge" / "settings.yml")
    channel = wechat.build(chosen, Wording.load(ROOT / "domain", insurer.values()))
    await channel.api.start()
    try:
        yield channel
    finally:
        await channel.api.stop()


async def push_menu(settings: Settings, say: Say, *, dry_run: bool) -> None:
    """Put the menu of knowledge/wechat.yml into the account; with `dry_run` only show what would be put."""
    async with _account(settings) as channel:
        menu = channel.account.menu(channel.options.page_url)
        say(json.dumps(menu, ensure_ascii=False, indent=2))
        if dry_run:
            say("Nothing was changed.")
            return
        await _asked(channel.api.call("menu/create", menu))
        say("The menu is in the account. Phones show it within five minutes.")


async def show_menu(settings: Settings, say: Say, *, dry_run: bool) -> None:
    """The menu the account has now; with `dry_run` the one of knowledge/wechat.yml, without asking WeChat."""
    async with _account(settings) as channel:
        menu = channel.account.menu(channel.options.page_url)
        shown = menu if dry_run else (await _asked(channel.api.call("menu/get"))).get("menu")
        say(json.dumps(shown, ensure_ascii=False, indent=2))


async def check(settings: Settings, say: Say) -> bool:
    """Try everything the channel needs, and say in plain words what is wrong; whether all is well."""
    async with _account(settings) as channel:
        steps: list[tuple[str, Callable[[WeChat], Awaitable[str]]]] = [
            ("access token", _token),
            ("white list of addresses", _listed),
            ("menu", _menu),
            ("push address", _callback),
            ("clock", _clock),
        ]
        well = True
        for name, step in steps:
            try:
                say(f"ok      {name}: {await step(channel)}")
            except (AppError, ApiError, NotReached, NoAnswer) as error:
                well = False
                say(f"WRONG   {name}: {_plain(error)}")
        return well


async def _token(channel: WeChat) -> str:
    await channel.api.token()
    return "WeChat gives one"


async def _listed(channel: WeChat) -> str:
    await channel.api.call("get_api_domain_ip")
    return "WeChat answers calls from this server"


async def _menu(channel: WeChat) -> str:
    found = (await channel.api.call("menu/get")).get("menu", {})
    names = [[entry["name"] for entry in column["sub_button"]] for column in found.get("button", [])]
    ours = [[entry.name for entry in column.entries] for column in channel.account.columns]
    if names != ours:
        raise AppError("it is not the one of knowledge/wechat.yml; push it: baodan wechat menu push")
    return "as in knowledge/wechat.yml"


async def _callback(channel: WeChat) -> str:
    """Asks our own push address as WeChat does when the address is entered in the console."""
    key = channel.options.keys[0]
    stamp, nonce, echo = str(int(time.time())), secrets.token_hex(4), secrets.token_hex(8)
    query = {
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echo,
        "signature": crypto.signature(key.token, stamp, nonce),
    }
    url = channel.options.page_url + PATH
    try:
        async with (
            aiohttp.ClientSession(timeout=_SECONDS) as http,
            http.get(url, params=query) as response,
        ):
            text = await response.text()
            if response.status == 403:
                raise AppError(f"{url} refuses our signature; the server runs with another WECHAT_TOKEN")
            if response.status != 200 or text != echo:
                raise AppError(f"{url} answers {response.status}, but not as the push address of Baodan")
    except (TimeoutError, aiohttp.ClientError) as error:
        raise AppError(f"{url} cannot be reached ({type(error).__name__}); is Baodan running?") from None
    return f"{url} answers; enter it in the console (消息推送), safe mode, XML"


async def _clock(channel: WeChat) -> str:
    """Answers go with a push only while it is fresh, by the time that WeChat wrote on it."""
    ahead = await asyncio.wait_for(channel.api.clock_ahead(), 10)
    if abs(ahead) > _CLOCKS_DIFFER:
        raise AppError(f"this server's clock is {ahead:+.0f} s from WeChat's; quick answers go by API only")
    return f"{ahead:+.1f} s from WeChat's"


async def _asked(call: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    try:
        return await call
    except (ApiError, NotReached, NoAnswer) as error:
        raise AppError(_plain(error)) from None


def _plain(error: Exception) -> str:
    match error:
        case NotReached():
            return f"WeChat's API cannot be reached from here ({error}); see WECHAT_API_URL"
        case NoAnswer():
            return f"WeChat's API does not answer properly ({error})"
    return str(error)
