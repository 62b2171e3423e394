"""`baodan run`: brings up PostgreSQL, the schema, the model, Rasa and the server, and keeps them alive.

Rasa takes longest to start, so it starts beside the database. Every child is stopped in the reverse order of
its need: first the server, so that no customer is answered half, last PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from app import ports
from app.child import Child, Patience, Say, Spec
from app.database import embedded
from app.errors import AppError
from app.instance import only_one, stop_orphans
from app.settings import Settings

DATABASE = "PostgreSQL"


@dataclass(frozen=True)
class Parts:
    """What is started beside the database.

    `train` gives the model that `rasa` starts from; `prepare` brings the database at a URL up to date.
    """

    train: Callable[[], Awaitable[Path]]
    prepare: Callable[[str], Awaitable[None]]
    rasa: Callable[[Path], list[Spec]]
    server: Callable[[str], Spec]


class Supervisor:
    """One run of an installation. `run()` returns after `stop()`; a failure to start raises an AppError.

    `welcome` is said when everything works.
    """

    def __init__(
        self, settings: Settings, parts: Parts, welcome: str, say: Say, patience: Patience | None = None
    ) -> None:
        self._settings = settings
        self._parts = parts
        self._welcome = welcome
        self._say = say
        self._patience = patience
        self._children: list[Child] = []
        self._stopping = asyncio.Event()
        self._kills: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Asks `run()` to end; asked a second time, the children are killed."""
        if self._stopping.is_set():
            self._kills = {asyncio.ensure_future(child.kill()) for child in self._children}
        self._stopping.set()

    async def run(self) -> None:
        """Serves until `stop()`."""
        with only_one(self._settings.run_dir):
            work = asyncio.create_task(self._start_and_keep())
            stopping = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    await work
            finally:
                if self._children:
                    self._say("Stopping ...")
                self._stopping.set()
                work.cancel()
                await asyncio.gather(work, stopping, return_exceptions=True)
                await self._stop_children()

    async def _start_and_keep(self) -> None:
        await self._make_room()
        try:
            async with asyncio.TaskGroup() as keepers:
                await self._start_all(keepers)
                self._say(self._welcome)
        except* AppError as errors:
            raise _first(errors) from None

    async def _make_room(self) -> None:
        """Ends what an earlier run left behind, then sees that every port is free."""
        left = await asyncio.to_thread(stop_orphans, self._settings.var_dir)
        if self._settings.database_url is None:
            await asyncio.to_thread(embedded(self._settings).clear_leftovers)
        if left:
            self._say(f"Stopped {left} process(es) that an earlier run had left behind.")
        ports.require_free(ports.required(self._settings))

    async def _start_all(self, keepers: asyncio.TaskGroup) -> None:
        async with asyncio.TaskGroup() as starting:
            starting.create_task(self._start_rasa(keepers))
            starting.create_task(self._start_server(keepers))

    async def _start_rasa(self, keepers: asyncio.TaskGroup) -> None:
        model = await self._parts.train()
        self._say("Starting Rasa (about 20 seconds) ...")
        async with asyncio.TaskGroup() as starting:
            for spec in self._parts.rasa(model):
                starting.create_task(self._start(spec, keepers))

    async def _start_server(self, keepers: asyncio.TaskGroup) -> None:
        url = await self._start_database(keepers)
        await self._parts.prepare(url)
        await self._start(self._parts.server(url), keepers)

    async def _start_database(self, keepers: asyncio.TaskGroup) -> str:
        if self._settings.database_url:
            return self._settings.database_url.get_secret_value()
        postgres = embedded(self._settings)
        if not postgres.exists():
            self._say("Creating the database ...")
        await asyncio.to_thread(postgres.create)
        await self._start(postgres.spec(), keepers)
        await postgres.create_database()
        return postgres.url

    async def _start(self, spec: Spec, keepers: asyncio.TaskGroup) -> None:
        child = Child(spec, self._say, self._patience)
        self._children.append(child)
        await child.start()
        keepers.create_task(child.keep(), name=f"keep {spec.name}")

    async def _stop_children(self) -> None:
        """In the reverse order of need, so that each can still finish what it needs the others for."""
        database = [child for child in self._children if child.spec.name == DATABASE]
        servers = [child for child in self._children if child.spec.name == "server"]
        others = [child for child in self._children if child not in database and child not in servers]
        for group in (servers, others, database):
            await asyncio.gather(*(child.stop() for child in group))


def _first(errors: BaseExceptionGroup[AppError]) -> AppError:
    """The task groups are nested; one sentence is enough for whoever typed the command."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, AppError):
        raise error
    return error
