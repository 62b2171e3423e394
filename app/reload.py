"""Takes up changed texts while serving: a file that breaks its format is refused, the old ones stay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from actions.turn import Context
from gateway.services import Services
from knowledge.errors import InvalidKnowledge

log = logging.getLogger(__name__)
FOLDERS = ("knowledge", "domain")
SUFFIXES = {".md", ".yml"}
SECONDS = 5.0
Stamp = frozenset[tuple[str, int, int]]
Load = Callable[[Path], Context]


def stamp(root: Path) -> Stamp:
    """What the files with our texts are: names, times and sizes."""
    files = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in SUFFIXES)
    return frozenset((str(path), (seen := path.stat()).st_mtime_ns, seen.st_size) for path in files)


async def run_forever(
    services: Services, root: Path, *, seconds: float = SECONDS, load: Load = Context.load
) -> None:
    """Looks every few seconds; turns that have begun end with the texts they began with."""
    known = stamp(root)
    while True:
        await asyncio.sleep(seconds)
        try:
            seen = await asyncio.to_thread(stamp, root)
        except OSError:
            continue  # a file vanished while it was looked at
        if seen != known:
            known = seen
            await take_up(services, root, load)


async def take_up(services: Services, root: Path, load: Load = Context.load) -> bool:
    """Read all texts anew and serve them; False when a file was refused and the old ones stay."""
    try:
        services.context = await asyncio.to_thread(load, root)
    except InvalidKnowledge as error:
        log.error("the changed texts are refused, the old ones go on serving: %s", error)
        return False
    except Exception:
        log.exception("the changed texts cannot be read, the old ones go on serving")
        return False
    log.info("the changed texts are served from now on")
    return True
