"""Whatever arrives at the push address that is not WeChat's: one uniform answer, nothing processed, no
defect.

`WECHAT_FUZZ=20000` tries that many; by default a few hundred.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from gateway.channels.wechat import crypto, pushes, xml
from gateway.channels.wechat.crypto import Key
from records.channel_accounts import Push as PushRow
from tests.gateway.wechat.conftest import KEY, Stage

STARTED = time.time()
TRIES = int(os.environ.get("WECHAT_FUZZ", "400"))
FIELDS = {
    "ToUserName": "gh_demo",
    "FromUserName": "oTester",
    "CreateTime": "1409735669",
    "MsgType": "text",
    "Content": "你好",
    "MsgId": "6054768590064713728",
}


def seal(raw: bytes, key: Key = KEY) -> str:
    """Any bytes as a correctly padded ciphertext, so that what lies inside is reached."""
    pad = 32 - len(raw) % 32
    return base64.b64encode(crypto._cipher(key).encryptor().update(raw + bytes([pad]) * pad)).decode()


def framed(message: bytes, app_id: str = KEY.app_id, length: int | None = None) -> bytes:
    told = len(message) if length is None else length
    return bytes(16) + struct.pack(">I", told) + message + app_id.encode()


def request(encrypted: str, now: float, **changed: str) -> tuple[dict[str, str], bytes]:
    stamp, nonce = str(int(now)), "nonce"
    query = {
        "timestamp": stamp,
        "nonce": nonce,
        "openid": "oTester",
        "msg_signature": crypto.signature(KEY.token, stamp, nonce, encrypted),
    }
    return query | changed, xml.write({"ToUserName": "gh_demo", "Encrypt": encrypted}).encode()


def whole(**changed: str) -> str:
    return xml.write(FIELDS | changed)


NAUGHTY = {
    "no query": ({}, b""),
    "not XML": (request("x", time.time())[0], b"\xff\xfe\x00"),
    "a JSON body": (request("x", time.time())[0], b'{"Encrypt": "x"}'),
    "no Encrypt": (request("x", time.time())[0], b"<xml><A>1</A></xml>"),
    "an entity bomb": (
        request("x", time.time())[0],
        b'<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
    ),
    "not base64": request("!!!!", time.time()),
    "half a block": request(base64.b64encode(b"x" * 24).decode(), time.time()),
    "one block": request(base64.b64encode(b"x" * 16).decode(), time.time()),
    "noise": request(base64.b64encode(bytes(64)).decode(), time.time()),
    "a length that lies": request(seal(framed(b"<xml/>", length=2**31)), time.time()),
    "another account": request(seal(framed(whole().encode(), app_id="wxother")), time.time()),
    "not UTF-8 inside": request(seal(framed(b"\xff\xfe")), time.time()),
    "no XML inside": request(seal(framed(b"hello")), time.time()),
    "JSON inside": request(seal(framed(b'{"MsgType": "text"}')), time.time()),
    "an empty push": request(seal(framed(b"<xml/>")), time.time()),
    "no MsgId": request(seal(framed(whole(MsgId="").encode())), time.time()),
    "no sender": request(seal(framed(whole(FromUserName="").encode())), time.time()),
    "a time that is none": request(seal(framed(whole(CreateTime="now").encode())), time.time()),
    "another openid": request(seal(framed(whole().encode())), time.time(), openid="oOther"),
    "an old timestamp": request(seal(framed(whole().encode())), time.time() - 3600),
    "a timestamp that is none": request(seal(framed(whole().encode())), time.time(), timestamp="soon"),
    "another signature": request(seal(framed(whole().encode())), time.time(), msg_signature="0" * 40),
    "a signature not in ASCII": request(seal(framed(whole().encode())), time.time(), msg_signature="签名"),
    "the plain mode": (request("x", time.time())[0], whole().encode()),
    "too much": (request("x", time.time())[0], b"<xml>" + b"a" * 70_000),
}


@pytest.mark.parametrize("what", NAUGHTY)
async def test_one_answer_to_all_that_is_wrong(stage: Stage, what: str) -> None:
    query, body = NAUGHTY[what]
    assert stage.platform._http is not None
    async with stage.platform._http.post(stage.platform.callback, params=query, data=body) as response:
        assert (response.status, await response.text()) == (403, "forbidden")
    assert await stage.writer().account() is None


def test_the_pattern_itself_is_accepted() -> None:
    """Else the refusals above would prove nothing."""
    query, body = request(seal(framed(whole().encode())), time.time())
    push, _ = pushes.open_push([KEY], query, body, time.time())
    assert push.get("Content") == "你好"


def test_the_key_before_is_accepted_for_a_while() -> None:
    newer = Key(KEY.app_id, "newer", base64.b64encode(bytes(32)).decode()[:43])
    query, body = request(seal(framed(whole().encode())), time.time())
    _, used = pushes.open_push([newer, KEY], query, body, time.time())
    assert used is KEY


def _mutated(draw: Any, data: bytes) -> bytes:
    body = bytearray(data)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(body) - 1)))
        match draw(st.sampled_from(["flip", "cut", "insert", "double"])):
            case "flip" if body:
                body[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del body[at : at + draw(st.integers(1, 40))]
            case "insert":
                body[at:at] = draw(st.binary(max_size=12))
            case "double":
                body[at:at] = body[at : at + 30]
    return bytes(body)


@st.composite
def attacks(draw: Any) -> tuple[dict[str, str], bytes]:
    """Requests broken at any layer: query, outer XML, ciphertext, frame, inner XML. Most bear a right
    signature."""
    now = STARTED
    inner = xml.write(
        FIELDS
        | draw(
            st.dictionaries(st.sampled_from([*FIELDS, "Event", "EventKey"]), st.text(max_size=20), max_size=3)
        )
    ).encode()
    if draw(st.booleans()):
        inner = _mutated(draw, inner)
    frame = framed(inner)
    if draw(st.booleans()):
        frame = _mutated(draw, frame)
    encrypted = seal(frame)
    if draw(st.booleans()):
        encrypted = _mutated(draw, encrypted.encode()).decode("latin-1")
    query, body = request(encrypted, now)
    if draw(st.booleans()):
        body = _mutated(draw, body)
    if draw(st.integers(0, 3)) == 0:
        query |= draw(st.dictionaries(st.sampled_from(sorted(query)), st.text(max_size=60), max_size=3))
    return query, body


@pytest.mark.timeout(1800)
async def test_fuzzed(stage: Stage) -> None:
    """Over a real socket: refused, or taken as one whole push; never anything else, and never late."""
    http, callback = stage.platform._http, stage.platform.callback
    assert http is not None
    loop = asyncio.get_running_loop()
    answered: Counter[int] = Counter()

    async def post(query: dict[str, str], body: bytes) -> int:
        async with http.post(callback, params=query, data=body) as response:
            await response.read()
            return response.status

    @settings(
        max_examples=TRIES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(attacks())
    def attack(sent: tuple[dict[str, str], bytes]) -> None:
        status = asyncio.run_coroutine_threadsafe(post(*sent), loop).result(timeout=10)
        answered[status] += 1
        assert status in (200, 403), sent

    await asyncio.to_thread(attack)
    async with stage.services.sessions() as session:
        processed = await session.scalar(select(func.count()).select_from(PushRow)) or 0
    assert processed <= answered[200]
    assert answered[403] > TRIES / 4
