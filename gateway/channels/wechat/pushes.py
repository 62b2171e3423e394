"""A push of WeChat: opened, checked and read into one typed value, or Refused."""

from __future__ import annotations

import enum
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.channels.wechat import crypto, xml
from gateway.channels.wechat.crypto import SIGNATURE, XML, Key, Refused
from records.channel_accounts import Grant, Source

LARGEST = 64 * 1024
_CLOCKS_DIFFER = 600
_MOMENT = Grant(Source.MOMENT, messages=3, bot_share=3, lasts=timedelta(minutes=1))
_MESSAGE = Grant(Source.MESSAGE, messages=5, bot_share=3, lasts=timedelta(hours=48))
"""客服消息: 5 within 48 h of a message, 3 within a minute of a click, follow or scan
(api_sendcustommessage)."""
_CLICKS = frozenset({"click", "scancode_push", "scancode_waitmsg", "scan", "subscribe"})


class Kind(enum.StrEnum):
    """What a push brings; `OTHER` are events that concern nobody here."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    FILE = "file"
    UNREADABLE = "unreadable"
    FOLLOWED = "subscribe"
    LEFT = "unsubscribe"
    REVOKED = "user_authorization_revoke"
    SCANNED = "scan"
    CLICKED = "click"
    REPORTED = "templatesendjobfinish"
    OTHER = "other"


_MESSAGES = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
    "file": Kind.FILE,
}
_EVENTS = {
    kind.value: kind
    for kind in (Kind.FOLLOWED, Kind.LEFT, Kind.REVOKED, Kind.SCANNED, Kind.CLICKED, Kind.REPORTED)
}


@dataclass(frozen=True)
class Push:
    """`account` is the customer's openid, `ours` the account written to; `sent_at` seconds since the
    epoch."""

    kind: Kind
    account: str
    ours: str
    key: str
    sent_at: int
    fields: Mapping[str, str] = field(repr=False)

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def grant(self) -> Grant | None:
        """What we may send because of it. A tap on a menu message counts as a menu click, read strictly."""
        if self.get("MsgType") == "event":
            return _MOMENT if self.get("Event").lower() in _CLICKS else None
        return _MOMENT if self.get("bizmsgmenuid") else _MESSAGE


def verify(keys: Sequence[Key], query: Mapping[str, str]) -> str:
    """URL verification: the `echostr` to answer with; Refused when the signature is not ours."""
    stamp, nonce = _required(query, "timestamp"), _required(query, "nonce")
    given, echo = _required(query, "signature"), _required(query, "echostr")
    for key in keys:
        if hmac.compare_digest(crypto.signature(key.token, stamp, nonce).encode(), given.encode()):
            return echo
    raise Refused(SIGNATURE, "no token fits")


def open_push(keys: Sequence[Key], query: Mapping[str, str], body: bytes, now: float) -> tuple[Push, Key]:
    """The push, and the key it was made with, with which the answer is encrypted too."""
    if len(body) > LARGEST:
        raise Refused(XML, "too large")
    stamp, nonce, given = (_required(query, name) for name in ("timestamp", "nonce", "msg_signature"))
    if not stamp.isascii() or not stamp.isdigit() or abs(int(stamp[:12]) - now) > _CLOCKS_DIFFER:
        raise Refused(SIGNATURE, "timestamp")
    try:
        encrypted = xml.read(body.decode()).get("Encrypt", "")
    except UnicodeDecodeError as error:
        raise Refused(XML, "not UTF-8") from error
    if not encrypted:
        raise Refused(XML, "no Encrypt")
    key = _key_of(keys, given, stamp, nonce, encrypted)
    push = read(xml.read(crypto.decrypt(key, encrypted)), int(stamp))
    if query.get("openid", push.account) != push.account:
        raise Refused(XML, "openid")
    return push, key


def _key_of(keys: Sequence[Key], given: str, stamp: str, nonce: str, encrypted: str) -> Key:
    """The newest key that made the signature; older ones hold while the console's change spreads."""
    for key in keys:
        expected = crypto.signature(key.token, stamp, nonce, encrypted)
        if hmac.compare_digest(expected.encode(), given.encode()):
            return key
    raise Refused(SIGNATURE, "no token fits")


def read(fields: Mapping[str, str], sent_at: int) -> Push:
    """The decrypted fields as a push; Refused when it lacks what every push has."""
    account, ours = fields.get("FromUserName", ""), fields.get("ToUserName", "")
    kind, created = fields.get("MsgType", "").lower(), fields.get("CreateTime", "")
    if not account or not kind or not created.isascii() or not created.isdigit():
        raise Refused(XML, "not a push")
    if len(account) > 100:
        raise Refused(XML, "openid too long")
    if kind == "event":
        event = fields.get("Event", "").lower()
        told = "\n".join((account, created, event, fields.get("EventKey", ""), fields.get("MsgID", "")))
        return Push(_EVENTS.get(event, Kind.OTHER), account, ours, _key("e", told), sent_at, fields)
    number = fields.get("MsgId", "")
    if not number:
        raise Refused(XML, "no MsgId")
    known = _MESSAGES.get(kind, Kind.UNREADABLE)
    return Push(known, account, ours, _key("m", f"{account}\n{number}"), sent_at, fields)


def _key(prefix: str, told: str) -> str:
    return f"wx-{prefix}-{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _required(query: Mapping[str, str], name: str) -> str:
    value = query.get(name, "")
    if not value or len(value) > 512:
        raise Refused(SIGNATURE, f"no {name}")
    return value


def reply(key: Key, push: Push, text: str, now: int, nonce: str) -> str:
    """The encrypted answer to a push: one text message back to its sender."""
    inner = xml.write(
        {
            "ToUserName": push.account,
            "FromUserName": push.ours,
            "CreateTime": now,
            "MsgType": "text",
            "Content": text,
        }
    )
    encrypted = crypto.encrypt(key, inner)
    signed = crypto.signature(key.token, str(now), nonce, encrypted)
    return xml.write({"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": now, "Nonce": nonce})
