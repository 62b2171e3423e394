"""The client of WeChat's API: one token for all calls, fetched anew once when it is refused, never in a
loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from gateway.channels.wechat.errcodes import TOKEN_STALE, explain
from gateway.errors import FileTooLarge

_RENEW_BEFORE_SECONDS = 300
_TIMEOUT = aiohttp.ClientTimeout(total=8, connect=3)
_LARGEST_MEDIA = 10 * 1024 * 1024


class ApiError(Exception):
    """WeChat answered with an error number."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(explain(code, said))
        self.code = code


class NotReached(Exception):
    """The call surely did not reach WeChat."""


class NoAnswer(Exception):
    """The call may have reached WeChat; what it did nobody can tell."""


@dataclass(frozen=True)
class Media:
    """A file a customer has sent."""

    content: bytes
    name: str


class WeChatApi:
    """Calls for one account; `start` before the first one."""

    def __init__(self, url: str, app_id: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._app_id = app_id
        self._secret = secret
        self._token = ""
        self._good_until = 0.0
        self._fetching = asyncio.Lock()
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(timeout=_TIMEOUT)

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def send(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """客服消息 (message/custom/send)."""
        return await self.call("message/custom/send", message)

    async def typing(self, account: str) -> None:
        """Show that somebody writes; lasts until a message, 15 seconds at most."""
        await self.call("message/custom/typing", {"touser": account, "command": "Typing"})

    async def template(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """模板消息 (message/template/send)."""
        return await self.call("message/template/send", message)

    async def call(
        self, path: str, body: Mapping[str, Any] | None = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """POST with a body, else GET; ApiError, NotReached or NoAnswer."""
        raw, _ = await self._with_token(path, body, params or {})
        return _json(raw)

    async def media(self, media_id: str) -> Media:
        """What a customer sent; it is kept by WeChat for three days. ApiError comes as JSON with status
        200."""
        raw, headers = await self._with_token("media/get", None, {"media_id": media_id})
        if headers.get("Content-Type", "").startswith(("application/json", "text/plain")):
            _json(raw)
        name = headers.get("Content-Disposition", "").partition("filename=")[2].strip('" ')
        return Media(raw, name)

    async def account_of_code(self, code: str) -> str:
        """The openid behind an OAuth code (snsapi_base)."""
        given = {"appid": self._app_id, "secret": self._secret, "code": code}
        raw, _ = await self._request(
            "GET", "/sns/oauth2/access_token", params={**given, "grant_type": "authorization_code"}
        )
        return str(_json(raw)["openid"])

    async def clock_ahead(self) -> float:
        """By how many seconds our clock is ahead of WeChat's, as far as a Date header tells."""
        _, headers = await self._with_token("get_api_domain_ip", None, {})
        theirs = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        return (datetime.now(UTC) - theirs).total_seconds()

    async def token(self) -> str:
        """The access token; stable_token gives every process the same one, so no lock between them is
        needed."""
        async with self._fetching:
            if not self._token or time.monotonic() > self._good_until - _RENEW_BEFORE_SECONDS:
                raw, _ = await self._request(
                    "POST",
                    "/cgi-bin/stable_token",
                    json_body={
                        "grant_type": "client_credential",
                        "appid": self._app_id,
                        "secret": self._secret,
                        "force_refresh": False,
                    },
                )
                answer = _json(raw)
                self._token = str(answer["access_token"])
                self._good_until = time.monotonic() + float(answer["expires_in"])
            return self._token

    async def _with_token(
        self, path: str, body: Mapping[str, Any] | None, params: Mapping[str, str]
    ) -> tuple[bytes, Mapping[str, str]]:
        """The call, and once more with a fresh token when WeChat refuses the one we have."""
        method = "GET" if body is None else "POST"
        for attempt in (1, 2):
            token = await self._token_before_call()
            raw, headers = await self._request(
                method, f"/cgi-bin/{path}", params={**params, "access_token": token}, json_body=body
            )
            if attempt == 1 and _code(raw) in TOKEN_STALE:
                if self._token == token:
                    self._token = ""
                continue
            break
        return raw, headers

    async def _token_before_call(self) -> str:
        """No token means that the call itself was never made."""
        try:
            return await self.token()
        except NoAnswer as error:
            raise NotReached(str(error)) from error

    async def _request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        json_body: Mapping[str, Any] | None = None,
    ) -> tuple[bytes, Mapping[str, str]]:
        if self._http is None:
            raise RuntimeError("WeChatApi.start() must run before the first call")
        data = None if json_body is None else json.dumps(json_body, ensure_ascii=False).encode()
        headers = {} if data is None else {"Content-Type": "application/json"}
        try:
            async with self._http.request(
                method, self._url + path, params=params, data=data, headers=headers
            ) as response:
                raw = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    raw += chunk
                    if len(raw) > _LARGEST_MEDIA:
                        raise FileTooLarge()
                if response.status >= 500:
                    raise NoAnswer(f"status {response.status}")
                return bytes(raw), response.headers
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReached(type(error).__name__) from error
        except (TimeoutError, aiohttp.ClientError) as error:
            raise NoAnswer(type(error).__name__) from error


def _code(raw: bytes) -> int:
    """The error number of an answer; 0 for one that is no JSON object with a number."""
    if not raw.lstrip().startswith(b"{"):
        return 0
    try:
        return int(json.loads(raw).get("errcode", 0))
    except (ValueError, TypeError, AttributeError):
        return 0


def _json(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError as error:
        raise NoAnswer("not JSON") from error
    if not isinstance(answer, dict):
        raise NoAnswer("no JSON object")
    if answer.get("errcode"):
        raise ApiError(int(answer["errcode"]), str(answer.get("errmsg", "")))
    return answer
