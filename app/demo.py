"""The demo insurer of this installation: loading it, and telling how to log in to it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app import keys
from app.child import Say
from app.errors import AppError
from app.settings import Settings
from records import demo as records_demo
from records.base import make_engine, make_sessions
from records.errors import HoldsRealDataError

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def load(url: str, settings: Settings, say: Say) -> None:
    """Loads the demo insurer into an empty database; in a loaded one only sets the staff's password.

    AppError for a database that holds anything else.
    """
    engine = make_engine(url)
    try:
        async with make_sessions(engine).begin() as session:
            there = await records_demo.loaded_on(session)
            today = datetime.now(SHANGHAI).date()
            await records_demo.load(session, today, keys.demo_password(settings))
    except HoldsRealDataError as error:
        raise AppError(f"{error} For an installation of your own, set BAODAN_DEMO=false.") from None
    finally:
        await engine.dispose()
    if there is None:
        say("Demo insurer loaded.")


def welcome(settings: Settings) -> str:
    """What is printed when all runs: where to go, and in demo mode how to log in."""
    lines = ["", f"  Customers:   {settings.public_url}", f"  Specialists: {settings.staff_url}"]
    if settings.demo:
        names = ", ".join(records_demo.staff_logins())
        lines += [f"  Demo log-ins: {names}; password of all: {keys.demo_password(settings)}"]
    return "\n".join([*lines, "", "Baodan runs. Ctrl-C stops it."])
