"""Brings a database to the present shape and, in demo mode, fills an empty one with the demo insurer."""

from __future__ import annotations

import asyncio

from app import demo
from app.child import Say
from app.settings import Settings
from records.migrate import upgrade


async def migrate(url: str) -> None:
    """Runs the migrations that are missing."""
    await asyncio.to_thread(upgrade, url)


async def bring_up_to_date(url: str, settings: Settings, say: Say) -> None:
    """Runs the migrations, then loads the demo insurer where it is wanted."""
    await migrate(url)
    if settings.demo:
        await demo.load(url, settings, say)
