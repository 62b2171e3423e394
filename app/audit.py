"""`baodan audit verify`: whether the audit is as it was written."""

from __future__ import annotations

from collections.abc import Callable

from records import audit
from records.base import make_engine, make_sessions


async def verify(url: str, say: Callable[[str], None]) -> bool:
    """Recompute every chain and say where one no longer holds; True when all do."""
    engine = make_engine(url)
    try:
        async with make_sessions(engine)() as session:
            found = await audit.verify(session)
    finally:
        await engine.dispose()
    for subject, seq in found.broken:
        say(f"The chain of {subject} is broken at entry {seq}.")
    say(f"{found.entries} entries in {found.chains} chains checked, {len(found.broken)} broken.")
    return not found.broken
