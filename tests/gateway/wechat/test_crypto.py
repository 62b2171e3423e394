"""Signatures and encryption against every published vector, and against a library nobody here wrote."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import to_text

from gateway.channels.wechat import crypto, pushes, xml
from gateway.channels.wechat.crypto import Key, Refused

VECTORS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).with_name("vectors") / "published.json").read_text(encoding="utf-8")
)
KEY = Key("wx2c2769f8efd9abc2", "spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")


def key_of(vector: dict[str, Any]) -> Key:
    return Key(vector.get("appid") or vector["receiveid"], vector["token"], vector["aes_key"])


def test_url_verification() -> None:
    v = VECTORS["url_verify"]
    query = {name: v[name] for name in ("signature", "timestamp", "nonce", "echostr")}
    assert pushes.verify([Key("wx", v["token"], "")], query) == v["expect_body"]
    with pytest.raises(Refused):
        pushes.verify([Key("wx", "another", "")], query)


def test_plain_signature() -> None:
    v = VECTORS["plain_push"]
    assert crypto.signature(v["token"], v["timestamp"], v["nonce"]) == v["signature"]


def test_push_in_safe_mode() -> None:
    v = VECTORS["safe_push"]
    crypto.require_signature(v["msg_signature"], v["token"], v["timestamp"], v["nonce"], v["encrypt"])
    assert crypto.signature(v["token"], v["timestamp"], v["nonce"]) == v["signature"]
    assert crypto.decrypt(key_of(v), v["encrypt"]) == v["expect_msg"]


def test_reply_in_safe_mode() -> None:
    v = VECTORS["safe_reply"]
    encrypted = crypto.encrypt(key_of(v), v["msg"], v["random"].encode())
    assert encrypted == v["expect_encrypt"]
    assert crypto.signature(v["token"], v["timestamp"], v["nonce"], encrypted) == v["expect_msg_signature"]


def test_sample_code() -> None:
    v = VECTORS["sample_xml"]
    body = xml.write({"ToUserName": "gh", "Encrypt": v["encrypt"]}).encode()
    query = {name: v[name] for name in ("timestamp", "nonce", "msg_signature")}
    push, _ = pushes.open_push([key_of(v)], query, body, float(v["timestamp"]))
    assert (push.kind, push.account) == (pushes.Kind.TEXT, v["expect_from"])
    assert (push.get("Content"), push.get("MsgId")) == (v["expect_content"], v["expect_msgid"])


@pytest.mark.parametrize("name", ["wecom_echo", "wechatpy_echo"])
def test_encrypted_echo_of_wecom(name: str) -> None:
    v = VECTORS[name]
    crypto.require_signature(v["msg_signature"], v["token"], v["timestamp"], v["nonce"], v["echostr"])
    assert crypto.decrypt(key_of(v), v["echostr"]) == v["expect"]


def test_message_of_wecom() -> None:
    v = VECTORS["wecom_msg"]
    crypto.require_signature(v["msg_signature"], v["token"], v["timestamp"], v["nonce"], v["encrypt"])
    assert xml.read(crypto.decrypt(key_of(v), v["encrypt"]))["Content"] == v["expect_content"]


@given(st.text(max_size=300))
def test_the_peer_reads_what_we_encrypt(text: str) -> None:
    encrypted = crypto.encrypt(KEY, text)
    peer = PrpCrypto(base64.b64decode(KEY.aes_key + "="))
    assert to_text(peer.decrypt(encrypted, KEY.app_id)) == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=300))
def test_we_read_what_the_peer_encrypts(text: str) -> None:
    peer = WeChatCrypto(KEY.token, KEY.aes_key, KEY.app_id)
    message = xml.write({"MsgType": "text", "Content": text})
    sealed = xml.read(peer.encrypt_message(message, "nonce", "1409735669"))
    crypto.require_signature(sealed["MsgSignature"], KEY.token, "1409735669", "nonce", sealed["Encrypt"])
    assert xml.read(crypto.decrypt(KEY, sealed["Encrypt"]))["Content"] == text


@given(st.text(max_size=200))
def test_no_text_breaks_out_of_its_element(text: str) -> None:
    fields = xml.read(xml.write({"Content": text, "MsgType": "text"}))
    assert set(fields) == {"Content", "MsgType"}
    legal = "".join(char for char in text if not xml._ILLEGAL.match(char))
    assert fields["Content"] == legal.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><A>&a;</A></xml>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><A>&f;</A></xml>',
        "<xml><A>",
        "",
        '{"MsgType": "text"}',
    ],
)
def test_what_is_no_plain_xml(bomb: str) -> None:
    with pytest.raises(Refused):
        xml.read(bomb)
