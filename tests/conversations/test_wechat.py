"""Every conversation of `flows/` on the demo's WeChat phone, with a product of its own.

Some conversations change what the demo insurer keeps, so the two channels cannot share one; in files of
their own they can be played side by side.
"""

from __future__ import annotations

import pytest

from tests.conversations.phone import PhonePlayer
from tests.conversations.player import played
from tests.conversations.script import SCRIPTS, Script
from tests.product import Product


@pytest.mark.rasa
@pytest.mark.timeout(600)  # the first one waits for the whole product to start
@pytest.mark.parametrize("script", SCRIPTS, ids=str)
async def test_conversation(script: Script, phone_product: Product) -> None:
    await played(script, PhonePlayer, phone_product)
