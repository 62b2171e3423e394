"""Bringing a database to the present shape; a new migration: `python -m records.migrate "what changes"`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

_FOLDER = Path(__file__).with_name("migrations")


def config(url: str) -> Config:
    """Alembic's settings for a `postgresql+psycopg://` URL."""
    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER))
    settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return settings


def upgrade(url: str, revision: str = "head") -> None:
    """Runs the missing migrations. Blocks; from a coroutine use a thread. Safe to run twice at once."""
    command.upgrade(config(url), revision)


def main() -> None:
    url = os.environ.get("DATABASE_URL")
    if not url or len(sys.argv) != 2:
        sys.exit('Usage: DATABASE_URL=postgresql+psycopg://… python -m records.migrate "what changes"')
    upgrade(url)
    command.revision(config(url), message=sys.argv[1], autogenerate=True)


if __name__ == "__main__":
    main()
