"""Alembic's entry: one transaction, one migrator at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from records.models import metadata

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('records.migrate', 0))")


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("Migrations need the setting sqlalchemy.url.")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        with context.begin_transaction():
            connection.execute(_ONE_AT_A_TIME)
            context.run_migrations()


run()
