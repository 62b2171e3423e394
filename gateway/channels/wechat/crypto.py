"""Signatures and encryption of WeChat's message push (消息加解密), safe mode.

AES-256-CBC with the first 16 bytes of the key as IV, over random(16) + length(4, big endian) + message +
app id, padded to 32. What cannot be opened is Refused with the number Tencent's own samples use for the
reason; whoever sent it is told none of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
_RANDOM = 16
_HEAD = _RANDOM + 4


class Refused(Exception):
    """A push that is not WeChat's, or is broken; `code` is for our log only."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code} {why}")
        self.code = code


SIGNATURE, XML, BAD_KEY, APP_ID, DECRYPT, BUFFER, BASE64 = (
    -40001,
    -40002,
    -40004,
    -40005,
    -40007,
    -40008,
    -40010,
)


@dataclass(frozen=True)
class Key:
    """What the console shows: the token and the EncodingAESKey (43 characters) of one account."""

    app_id: str
    token: str
    aes_key: str

    def __repr__(self) -> str:
        return f"Key({self.app_id}, …)"

    @property
    def secret(self) -> bytes:
        try:
            secret = base64.b64decode(self.aes_key + "=", validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused(BAD_KEY, "the AES key is not base64") from error
        if len(secret) != 32:
            raise Refused(BAD_KEY, "the AES key is not 32 bytes")
        return secret


def signature(*parts: str) -> str:
    """SHA-1 over the parts in byte order, as every WeChat signature is made."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def require_signature(given: str, *parts: str) -> None:
    """Refused unless `given` is the signature of the parts; takes the same time wherever they differ."""
    if not hmac.compare_digest(signature(*parts).encode(), given.encode()):
        raise Refused(SIGNATURE, "signature")


def decrypt(key: Key, encrypted: str) -> str:
    """The message inside; Refused when any part of it is not as it must be."""
    try:
        raw = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(BASE64, "base64") from error
    if len(raw) < _BLOCK or len(raw) % 16:
        raise Refused(DECRYPT, "length")
    plain = _cipher(key).decryptor().update(raw)
    pad = plain[-1]
    if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise Refused(DECRYPT, "padding")
    plain = plain[:-pad]
    if len(plain) < _HEAD:
        raise Refused(BUFFER, "too short")
    (length,) = struct.unpack(">I", plain[_RANDOM:_HEAD])
    if length > len(plain) - _HEAD:
        raise Refused(BUFFER, "length of the message")
    message, app_id = plain[_HEAD : _HEAD + length], plain[_HEAD + length :]
    if not hmac.compare_digest(app_id, key.app_id.encode()):
        raise Refused(APP_ID, "app id")
    try:
        return message.decode()
    except UnicodeDecodeError as error:
        raise Refused(BUFFER, "not UTF-8") from error


def encrypt(key: Key, message: str, random: bytes | None = None) -> str:
    """The message as WeChat can open it; `random` (16 bytes) is drawn unless a test vector gives it."""
    body = message.encode()
    plain = (
        (random or secrets.token_bytes(_RANDOM)) + struct.pack(">I", len(body)) + body + key.app_id.encode()
    )
    pad = _BLOCK - len(plain) % _BLOCK
    return base64.b64encode(_cipher(key).encryptor().update(plain + bytes([pad]) * pad)).decode()


def _cipher(key: Key) -> Cipher[modes.CBC]:
    secret = key.secret
    return Cipher(algorithms.AES(secret), modes.CBC(secret[:16]))
