"""The demo insurer of this installation: loading it, and telling how to log in to it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app import keys
from app.child import Say
from app.settings import Settings
from records import demo as demo_records
from records.base import make_engine, make_sessions

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def load(url: str, settings: Settings, say: Say) -> None:
    """Loads the demo insurer into an empty database; a loaded one stays as it is."""
    engine = make_engine(url)
    try:
        async with make_sessions(engine).begin() as session:
            logins = await demo_records.load(session, datetime.now(SHANGHAI).date())
    finally:
        await engine.dispose()
    if logins:
        say("Demo insurer loaded.")


def welcome(settings: Settings) -> str:
    """What is printed when all runs: where to go, and in demo mode how to log in."""
    lines = ["", f"  Customers:   {settings.public_url}", f"  Specialists: {settings.staff_url}"]
    if settings.demo:
        names = ", ".join(demo_records.staff_logins())
        lines += [f"  Demo log-ins: {names}; password of all: {keys.demo_password(settings)}"]
    return "\n".join([*lines, "", "Baodan runs. Ctrl-C stops it."])
