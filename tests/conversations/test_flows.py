"""Every conversation of `flows/`, with the real Rasa, actions, database, gateway and desk together."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from tests.conversations.player import Player
from tests.conversations.script import Script, read
from tests.product import Product

SCRIPTS = read(Path(__file__).with_name("flows"))


@pytest.mark.rasa
@pytest.mark.parametrize("script", SCRIPTS, ids=str)
async def test_conversation(script: Script, product: Product) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        player = Player(product, http)
        await player.open()
        try:
            await player.play(script)
        finally:
            await player.close()
