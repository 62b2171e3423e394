"""Alembic's entry: one transaction, one migrator at a time."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum, create_engine, text
from sqlalchemy.pool import NullPool

from records.base import UtcDateTime
from records.models import metadata

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('records.migrate', 0))")


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Our column types, written as what they are in the database: migrations import no models."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("Migrations need the setting sqlalchemy.url.")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_item=render_item)
        with context.begin_transaction():
            connection.execute(_ONE_AT_A_TIME)
            context.run_migrations()


run()
