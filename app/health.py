"""Asks a child process over HTTP whether it serves."""

from __future__ import annotations

import aiohttp

_SECONDS = aiohttp.ClientTimeout(total=5)


async def serves(url: str) -> bool:
    """Whether `url` answers 200 within five seconds."""
    try:
        async with aiohttp.ClientSession(timeout=_SECONDS) as client, client.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
