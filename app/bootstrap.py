"""Wires the rooms together: one `Services` for a process, and the background work that belongs to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from actions.turn import Context
from app import keys, reload, wechat
from app.errors import AppError
from app.settings import ROOT, Settings
from gateway import attendance, clocks, herald, outbox, sweeper
from gateway.dispatcher import Dispatcher
from gateway.feed import Feed
from gateway.limits import Allowance, Limits
from gateway.rasa import RasaClient
from gateway.services import Options, Services
from knowledge.crisis import CrisisSigns
from knowledge.meaning import warm_up
from records.base import make_engine, make_sessions

_CONNECTIONS = 60


def _now() -> datetime:
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def bootstrap(settings: Settings, clock: Callable[[], datetime] = _now) -> AsyncIterator[Services]:
    """Everything a process needs to serve, started; stopped when the context ends.

    AppError when the settings name no database or no token for Rasa.
    """
    if settings.database_url is None or settings.rasa_token is None:
        raise AppError("The server needs DATABASE_URL and RASA_TOKEN; `baodan run` sets both.")
    url = settings.database_url.get_secret_value()
    engine = make_engine(url, pool_size=_CONNECTIONS, max_overflow=_CONNECTIONS, pool_timeout=5)
    options = Options(
        site_secrets={settings.site_key: keys.site_secret(settings)},
        allowed_origins=frozenset(settings.public_origins),
        demo=settings.demo,
        desk_always_open=settings.desk_always_open,
        files=settings.files_dir,
        trusted_proxies=frozenset(settings.trusted_proxies),
        codes_per_hour=settings.codes_per_hour,
        notice_kinds=wechat.notice_kinds(settings),
    )
    services = Services(
        sessions=make_sessions(engine),
        context=Context.load(ROOT),
        crisis=CrisisSigns.load(ROOT / "knowledge" / "crisis.yml"),
        feed=Feed(url),
        rasa=RasaClient(settings.rasa_urls, settings.rasa_token.get_secret_value(), options.turn_seconds),
        limits=Limits(
            conversation=Allowance(settings.burst_per_conversation, settings.messages_per_minute),
            address=Allowance(settings.burst_per_address, settings.messages_per_minute_address),
        ),
        options=options,
        actions_url=settings.actions_url,
        clock=clock,
    )
    dispatcher = Dispatcher(services)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        await services.feed.start()
        stack.push_async_callback(services.feed.stop)
        await services.rasa.start()
        stack.push_async_callback(services.rasa.stop)
        await dispatcher.start()
        stack.push_async_callback(dispatcher.stop)
        for work in (
            sweeper.run_forever(services),
            attendance.run_forever(services),
            outbox.run_forever(services, outbox.DemoSms()),
            herald.run_forever(services),
            clocks.run_forever(services),
            reload.run_forever(services, ROOT),
            asyncio.to_thread(warm_up),
        ):
            stack.push_async_callback(_cancel, asyncio.create_task(work))
        yield services


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
