"""What our server calls: the documented calls of WeChat's API with their limits and error numbers."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from typing import Any

from aiohttp import web

from app.wechat_demo.phones import Shown
from app.wechat_demo.platform import Platform

_LONGEST = 2048
_SAID = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40007: "invalid media_id",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    42001: "access_token expired",
    43004: "require subscribe",
    45002: "content size out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45081: "typing already",
    46003: "menu no exist",
    48002: "user refuse to accept the msg",
    40016: "invalid button size",
}


class Api:
    """The routes below `prefix`. `fail_next` answers the next message call with these numbers instead;
    `lose_answers` takes that share of messages without ever answering the call."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.fail_next: list[int] = []
        self.lose_answers = 0
        self.calls: dict[str, int] = {}

    def app(self) -> web.Application:
        app = web.Application()
        self.add_to(app)
        return app

    def add_to(self, app: web.Application, prefix: str = "") -> None:
        routes = {
            "message/custom/send": self._send,
            "message/custom/typing": self._typing,
            "message/template/send": self._template,
            "menu/create": self._menu_create,
            "menu/get": self._menu_get,
            "get_api_domain_ip": self._addresses,
            "callback/check": self._check,
            "media/get": self._media,
        }
        app.router.add_post(f"{prefix}/cgi-bin/stable_token", self._token)
        app.router.add_get(f"{prefix}/sns/oauth2/access_token", self._openid)
        for path, handler in routes.items():
            app.router.add_route("*", f"{prefix}/cgi-bin/{path}", self._guarded(path, handler))

    def _guarded(self, path: str, handler: Any) -> Any:
        async def call(request: web.Request) -> web.StreamResponse:
            self.calls[path] = self.calls.get(path, 0) + 1
            until = self._platform.tokens.get(request.query.get("access_token", ""))
            if until is None:
                return _answer(40001)
            if until <= time.time():
                return _answer(42001)
            body = json.loads(await request.read() or b"{}") if request.method == "POST" else {}
            result: web.StreamResponse = await handler(request, body)
            return result

        return call

    async def _token(self, request: web.Request) -> web.Response:
        self.calls["stable_token"] = self.calls.get("stable_token", 0) + 1
        body = await request.json()
        if body.get("appid") != self._platform.key.app_id:
            return _answer(40013)
        if body.get("secret") != self._platform.secret:
            return _answer(40125)
        token, seconds = self._platform.token(fresh=bool(body.get("force_refresh")))
        return web.json_response({"access_token": token, "expires_in": seconds})

    async def _send(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        phone = self._platform.phone(str(body["touser"]))
        shown = _shown(body)
        if self.fail_next:
            return _answer(self.fail_next.pop(0))
        if len(shown.text.encode()) > _LONGEST:
            return _answer(45002)
        code = phone.spend(time.time())
        if code:
            self._platform.refused_calls.append(code)
            return _answer(code)
        phone.show(shown)
        if self.lose_answers > 0:
            self.lose_answers -= 1
            if request.transport is not None:
                request.transport.close()
        return _answer(0)

    async def _typing(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phone(str(body["touser"]))
        if phone.typing:
            return _answer(45081)
        phone.typing = True
        phone.changed()
        return _answer(0)

    async def _template(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if body["template_id"] not in self._platform.templates:
            return _answer(40037)
        phone = self._platform.phone(str(body["touser"]))
        if not phone.following:
            return _answer(43004)
        number = self._platform.number()
        status = "failed:user block" if phone.refuses else "success"
        if not phone.refuses:
            lines = "\n".join(str(value["value"]) for value in body["data"].values())
            phone.show(Shown("them", "template", lines, time.time(), via="template"))
        self._platform.later(self._report(phone.openid, str(number), status))
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": number})

    async def _report(self, openid: str, number: str, status: str) -> None:
        await asyncio.sleep(0.1)
        await self._platform.event(openid, "TEMPLATESENDJOBFINISH", MsgID=number, Status=status)

    async def _menu_create(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        columns = body.get("button", [])
        if not 1 <= len(columns) <= 3 or any(len(column.get("sub_button", [])) > 5 for column in columns):
            return _answer(40016)
        self._platform.menu = body
        for phone in self._platform.phones.values():
            phone.changed()
        return _answer(0)

    async def _menu_get(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if self._platform.menu is None:
            return _answer(46003)
        return web.json_response({"menu": self._platform.menu})

    async def _addresses(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        return web.json_response({"ip_list": ["127.0.0.1"]})

    async def _check(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        return web.json_response(
            {"dns": [{"ip": "127.0.0.1"}], "ping": [{"ip": "127.0.0.1", "package_loss": "0%"}]}
        )

    async def _media(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        found = self._platform.media.get(request.query.get("media_id", ""))
        if found is None:
            return _answer(40007)
        content, media_type = found
        name = f'attachment; filename="{secrets.token_hex(8)}.jpg"'
        return web.Response(body=content, content_type=media_type, headers={"Content-Disposition": name})

    async def _openid(self, request: web.Request) -> web.Response:
        if request.query.get("appid") != self._platform.key.app_id:
            return _answer(40013)
        openid = self._platform.codes.pop(request.query.get("code", ""), None)
        if openid is None:
            return _answer(40029)
        return web.json_response({"access_token": "-", "openid": openid, "scope": "snsapi_base"})


def _answer(code: int) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": _SAID.get(code, "ok" if code == 0 else "error")})


def _shown(body: dict[str, Any]) -> Shown:
    if body["msgtype"] == "msgmenu":
        menu = body["msgmenu"]
        text = menu["head_content"]
        items = ({"id": item["id"], "content": item["content"]} for item in menu["list"])
        tail = {"id": "", "content": menu.get("tail_content", "")}
        return Shown("them", "menu", text, time.time(), via="custom", items=(*items, tail))
    return Shown("them", "text", body["text"]["content"], time.time(), via="custom")
