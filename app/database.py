"""The way to the database for every command: an outside one, the running one, or one started meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import keys
from app.child import Child, Say
from app.instance import only_one
from app.postgres import Postgres
from app.settings import Settings


def embedded(settings: Settings) -> Postgres:
    """The installation's own PostgreSQL; nothing is started or created yet."""
    return Postgres(
        settings.var_dir / "postgres",
        settings.postgres_port,
        keys.load(settings.var_dir).postgres_password,
        settings.logs_dir / "postgres.log",
    )


@asynccontextmanager
async def running(settings: Settings, say: Say) -> AsyncIterator[str]:
    """The URL of a database that takes connections; what was started for this is stopped at the end."""
    if settings.database_url:
        yield settings.database_url.get_secret_value()
        return
    postgres = embedded(settings)
    if postgres.server() and await postgres.answers():
        yield postgres.url
        return
    with only_one(settings.run_dir):
        child = Child(postgres.spec(), say)
        try:
            await asyncio.to_thread(postgres.create)
            await child.start()
            await postgres.create_database()
            yield postgres.url
        finally:
            await child.stop()
