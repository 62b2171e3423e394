"""Every conversation of `flows/` in the chat window's protocol, with the whole product."""

from __future__ import annotations

import pytest

from tests.conversations.player import Player, played
from tests.conversations.script import SCRIPTS, Script
from tests.product import Product


@pytest.mark.rasa
@pytest.mark.timeout(600)  # the first one waits for the whole product to start
@pytest.mark.parametrize("script", SCRIPTS, ids=str)
async def test_conversation(script: Script, product: Product) -> None:
    await played(script, Player, product)
