"""Every conversation of `flows/`, with the real Rasa, actions, database, gateway and desk together.

Once in the chat window's protocol, and once on the demo's WeChat phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.conversations.phone import PhonePlayer
from tests.conversations.player import Player
from tests.conversations.script import Script, read
from tests.product import Product

SCRIPTS = read(Path(__file__).with_name("flows"))


@pytest.fixture(scope="module")
def phone_product(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Product]:
    """A product of its own: some conversations change what the demo insurer keeps."""
    running = Product(tmp_path_factory.mktemp("phone"), free_port)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.mark.rasa
@pytest.mark.timeout(600)  # the first one waits for the whole product to start
@pytest.mark.parametrize(
    "channel",
    [
        pytest.param(Player, id="web", marks=pytest.mark.xdist_group("web")),
        pytest.param(PhonePlayer, id="wechat", marks=pytest.mark.xdist_group("wechat")),
    ],
)
@pytest.mark.parametrize("script", SCRIPTS, ids=str)
async def test_conversation(script: Script, channel: type[Player], request: pytest.FixtureRequest) -> None:
    product: Product = request.getfixturevalue("product" if channel is Player else "phone_product")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        player = channel(product, http)
        await player.open()
        try:
            await player.play(script)
        finally:
            await player.close()
