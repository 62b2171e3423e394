"""What the customer notices when a part of the house is gone for a while."""

from __future__ import annotations

import asyncio
import os
import signal

import aiohttp
import pytest

from tests.e2e.guest import Guest, answers
from tests.product import Product

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(240)]


async def test_a_frozen_rasa_ends_in_an_honest_sentence_and_the_queue(product: Product) -> None:
    async with aiohttp.ClientSession() as http:
        guest = await Guest.open(product, http)
        rasa = product.process("rasa").pid
        os.kill(rasa, signal.SIGSTOP)
        try:
            await guest.says("重疾险等待期多久")
            events = await guest.until(lambda seen: seen[-1]["kind"] == "queue")
        finally:
            os.kill(rasa, signal.SIGCONT)
        assert "存下来" in answers(events)


async def test_a_database_gone_for_ten_seconds_loses_nothing(product: Product) -> None:
    async with aiohttp.ClientSession() as http:
        guest = await Guest.open(product, http)
        await guest.says("你好")
        await guest.hears("智能助手")
        postgres = product.process("postgres")
        family = [postgres.pid, *(child.pid for child in postgres.children(recursive=True))]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            sending = asyncio.create_task(guest.says("重疾险等待期多久"))
            await asyncio.sleep(10)
        finally:
            for pid in family:
                os.kill(pid, signal.SIGCONT)
        await sending
        events = await guest.hears("90")
        assert [e["text"] for e in events if e["origin"] == "customer"].count("重疾险等待期多久") == 1


async def test_a_database_killed_between_two_messages_loses_nothing(product: Product) -> None:
    async with aiohttp.ClientSession() as http:
        guest = await Guest.open(product, http)
        await guest.says("你好")
        await guest.hears("智能助手")
        product.kill("postgres")
        await guest.says("重疾险等待期多久")
        await guest.hears("90")
