"""The server process: three listeners over one set of services."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

from aiohttp import web

from app import wechat as wechat_channel
from app.bootstrap import bootstrap
from app.errors import AppError
from app.settings import ROOT, Settings
from app.wechat_demo.play import play
from desk.web import staff_app
from gateway.channels.wechat.callback import Callback
from gateway.channels.wechat.pages import Pages
from gateway.private import private_app
from gateway.web import public_app
from gateway.web.app import Routes
from records.masking import MaskingFilter

_SHUTDOWN_SECONDS = 3.0


async def serve_until_stopped(settings: Settings) -> None:
    """Serve the public, the staff and the private listener until SIGINT or SIGTERM."""
    _log_masked()
    if settings.actions_token is None:
        raise AppError("The server needs ACTIONS_TOKEN; `baodan run` sets it.")
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with bootstrap(settings) as services, contextlib.AsyncExitStack() as stack:
        private = private_app(services, settings.actions_token.get_secret_value())
        wechat = await stack.enter_async_context(wechat_channel.running(settings, services))
        others: list[Routes] = []
        if wechat is not None:
            pages = ROOT / "web" / "wechat"
            others += [Callback(services, wechat), Pages(services, wechat, pages, settings.site_key)]
            if wechat_channel.fake(settings):
                others += [await stack.enter_async_context(play(settings, wechat, private))]
        listeners = [
            (private, "127.0.0.1", settings.private_port),
            (staff_app(services, ROOT / "web" / "desk" / "dist"), settings.host, settings.staff_port),
            (
                public_app(services, ROOT / "web" / "widget" / "dist", others),
                settings.host,
                settings.public_port,
            ),
        ]
        for app, host, port in listeners:
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, host, port, reuse_address=True).start()
        await stopped.wait()


def _log_masked() -> None:
    handler = logging.StreamHandler()
    handler.addFilter(MaskingFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
