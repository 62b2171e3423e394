"""The platform's side of a push: encrypted, repeated when nobody answers in time, and as faulty as wanted."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from app.wechat_demo.phones import Phone, Shown
from gateway.channels.wechat import crypto, xml
from gateway.channels.wechat.crypto import Key

logger = logging.getLogger(__name__)
ATTEMPTS = 3
BROKEN = "该公众号提供的服务出现故障，请稍后再试"
_OURS = "gh_demo"


@dataclass(frozen=True)
class Faults:
    """Shares of pushes (0 to 1) that something happens to; `delayed` ones arrive after the patience has
    ended.

    `unanswered`: the answer of our server is lost on its way back. `reordered`: a push waits up to a second.
    """

    dropped: float = 0.0
    unanswered: float = 0.0
    delayed: float = 0.0
    duplicated: float = 0.0
    reordered: float = 0.0
    seed: int = 0


@dataclass
class Platform:
    """One service account as WeChat runs it; `start` before anything is pushed."""

    key: Key
    secret: str
    callback: str
    faults: Faults = field(default_factory=Faults)
    patience: float = 5.0
    token_seconds: int = 7200
    phones: dict[str, Phone] = field(default_factory=dict)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    templates: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    refused_calls: list[int] = field(default_factory=list)
    attempts: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.faults.seed)
        self._numbers = itertools.count(int(time.time() * 1000) * 1000)
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._answered: set[str] = set()

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def phone(self, openid: str) -> Phone:
        """The customer of this openid, made if new."""
        return self.phones.setdefault(openid, Phone(openid))

    def number(self) -> int:
        """A number no other message or call has."""
        return next(self._numbers)

    def token(self, *, fresh: bool = False) -> tuple[str, int]:
        """The account's access token and how long it lives; the same one until it is about to end."""
        now = time.time()
        living = [token for token, until in self.tokens.items() if until > now + 300]
        if fresh or not living:
            living = [secrets.token_urlsafe(96)]
            self.tokens[living[0]] = now + self.token_seconds
        return living[-1], int(self.tokens[living[-1]] - now)

    def expire_tokens(self) -> None:
        """No token that was given out is good any more."""
        self.tokens = dict.fromkeys(self.tokens, 0.0)

    async def text(self, openid: str, content: str, menu_id: str = "") -> str:
        """The customer writes, or taps an item of a menu message; returns the MsgId once it has been
        pushed."""
        phone, now = self.phone(openid), time.time()
        number = str(self.number())
        phone.show(Shown("me", "text", content, now, reply_to=number))
        if menu_id:
            phone.touched(now)
        else:
            phone.wrote(now)
        tapped = {"bizmsgmenuid": menu_id} if menu_id else {}
        await self.push(openid, {"MsgType": "text", "Content": content, "MsgId": number, **tapped})
        return number

    async def image(self, openid: str, content: bytes, media_type: str) -> None:
        """The customer sends a picture."""
        phone, now = self.phone(openid), time.time()
        media_id = secrets.token_urlsafe(32)
        self.media[media_id] = (content, media_type)
        phone.show(Shown("me", "image", "［图片］", now))
        phone.wrote(now)
        fields = {"PicUrl": "http://mmbiz.qpic.cn/demo", "MediaId": media_id, "MsgId": str(self.number())}
        await self.push(openid, {"MsgType": "image", **fields})

    async def other(self, openid: str, kind: str, shown: str, **fields: str) -> None:
        """The customer sends a message of any other kind, such as voice."""
        phone, now = self.phone(openid), time.time()
        phone.show(Shown("me", kind, shown, now))
        phone.wrote(now)
        await self.push(openid, {"MsgType": kind, "MsgId": str(self.number()), **fields})

    async def event(self, openid: str, name: str, **fields: str) -> None:
        """Something happens that is no message: follow, click, scan, leave, a report."""
        phone, now = self.phone(openid), time.time()
        if name in ("subscribe", "SCAN", "CLICK"):
            phone.touched(now)
        if name in ("subscribe", "unsubscribe"):
            phone.following = name == "subscribe"
            phone.changed()
        await self.push(openid, {"MsgType": "event", "Event": name, **fields})

    async def push(self, openid: str, fields: dict[str, str]) -> None:
        """Three attempts, each with the same id; then the customer is told that the service is broken."""
        phone = self.phone(openid)
        phone.sending += 1
        try:
            await self._push(openid, fields)
        finally:
            phone.sending -= 1
            phone.changed()

    async def _push(self, openid: str, fields: dict[str, str]) -> None:
        common = {"ToUserName": _OURS, "FromUserName": openid, "CreateTime": str(int(time.time()))}
        message = xml.write({**common, **fields})
        if self._happens(self.faults.reordered):
            await asyncio.sleep(self._chance.random())
        for _ in range(ATTEMPTS):
            began = time.monotonic()
            answer = await self._attempt(openid, message)
            if answer is not None:
                self._show_answer(openid, answer, fields.get("MsgId", ""))
                return
            await asyncio.sleep(max(0.0, began + self.patience - time.monotonic()))
            if message in self._answered:
                self._answered.discard(message)
                return
        if fields["MsgType"] != "event":
            self.phone(openid).show(Shown("note", "text", BROKEN, time.time()))

    async def _attempt(self, openid: str, message: str) -> str | None:
        """The answer, or None when there was none within the patience."""
        self.attempts += 1
        if self._happens(self.faults.dropped):
            return None
        url, body = self.request(openid, message)
        if self._happens(self.faults.delayed):
            self._keep(asyncio.create_task(self._post_late(url, body)))
            return None
        if self._happens(self.faults.duplicated):
            self._keep(asyncio.create_task(self._post_again(openid, message, url, body)))
        answer = await self.post(url, body)
        return None if self._happens(self.faults.unanswered) else answer

    async def _post_late(self, url: str, body: bytes) -> None:
        """It arrives when the platform has long hung up; what is answered goes nowhere."""
        await asyncio.sleep(self.patience + self._chance.random())
        await self.post(url, body)

    async def _post_again(self, openid: str, message: str, url: str, body: bytes) -> None:
        """A second delivery of the same push; an answer to it is shown, and ends the attempts."""
        await asyncio.sleep(self._chance.random())
        answer = await self.post(url, body)
        if answer not in (None, "", "success"):
            self._answered.add(message)
            self._show_answer(openid, str(answer), "")

    async def post(self, url: str, body: bytes) -> str | None:
        """What our server answers; None when it refuses or takes too long."""
        if self._http is None:
            raise RuntimeError("Platform.start() must run before the first push")
        timeout = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._http.post(url, data=body, timeout=timeout) as response:
                text = await response.text()
                return text if response.status == 200 else None
        except (TimeoutError, aiohttp.ClientError):
            return None

    def request(self, openid: str, message: str, sent_at: float | None = None) -> tuple[str, bytes]:
        """A push as it goes over the wire: address with its query, and body."""
        stamp, nonce = str(int(sent_at or time.time())), secrets.token_hex(5)
        encrypted = crypto.encrypt(self.key, message)
        query = {
            "signature": crypto.signature(self.key.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": openid,
            "encrypt_type": "aes",
            "msg_signature": crypto.signature(self.key.token, stamp, nonce, encrypted),
        }
        url = f"{self.callback}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
        return url, xml.write({"ToUserName": _OURS, "Encrypt": encrypted}).encode()

    def _show_answer(self, openid: str, answer: str, number: str) -> None:
        """A passive reply, once it is decrypted."""
        if answer in ("", "success"):
            return
        phone = self.phone(openid)
        try:
            outer = xml.read(answer)
            crypto.require_signature(
                outer["MsgSignature"], self.key.token, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"]
            )
            inner = xml.read(crypto.decrypt(self.key, outer["Encrypt"]))
            text = inner["Content"]
        except (crypto.Refused, KeyError):
            logger.exception("a passive reply that WeChat would not take")
            phone.show(Shown("note", "text", BROKEN, time.time()))
            return
        if len(text.encode()) > 2047:
            phone.show(Shown("note", "text", BROKEN, time.time()))
            return
        phone.show(Shown("them", "text", text, time.time(), via="passive", reply_to=number))

    def _happens(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def later(self, work: Any) -> None:
        """Do something without waiting for it."""
        self._keep(asyncio.ensure_future(work))
