"""The page that plays a WeChat phone: whatever is done on it reaches our server as a push of the platform."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import logging
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import WSMsgType, web

from app.wechat_demo.phones import Phone
from app.wechat_demo.platform import Platform

logger = logging.getLogger(__name__)
_OPENID = re.compile(r"o[A-Za-z0-9_-]{8,40}")
_COOKIE = "wechat_phone"
_MOST_PHONES = 200
_LARGEST_FRAME = 14 * 1024 * 1024
_OTHERS = {
    "voice": ("［语音］", {"MediaId": "voice", "Format": "amr"}),
    "video": ("［视频］", {"MediaId": "video", "ThumbMediaId": "thumb"}),
}


class PhonePage:
    """The page below `path`, its live connection, and what stands for WeChat's question who opens a page."""

    def __init__(self, platform: Platform, path: str, folder: Path, page_url: str) -> None:
        self._platform = platform
        self._path = path
        self._folder = folder
        self._page_url = page_url

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(self._path, self._page)
        app.router.add_get(f"{self._path}/phone", self._connect)
        app.router.add_get(f"{self._path}/authorize", self._authorize)
        app.router.add_static(f"{self._path}/static", self._folder)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        """GET: the phone. Who holds it is a cookie, so that each browser is a customer of its own."""
        page = (self._folder / "index.html").read_text(encoding="utf-8")
        response = web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})
        if not _OPENID.fullmatch(request.cookies.get(_COOKIE, "")):
            openid = f"o{secrets.token_urlsafe(18)}"
            response.set_cookie(_COOKIE, openid, httponly=True, samesite="Strict", path=self._path)
        return response

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """GET: as WeChat's browser does for snsapi_base, back to the page with a code that works once."""
        openid = request.cookies.get(_COOKIE, "")
        back = request.query.get("redirect_uri", "")
        ours, theirs = urlsplit(self._page_url), urlsplit(back)
        if not _OPENID.fullmatch(openid) or (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise web.HTTPForbidden()
        code = secrets.token_urlsafe(24)
        self._platform.codes[code] = openid
        query = urlencode({"code": code, "state": request.query.get("state", "")})
        raise web.HTTPFound(f"{back}?{query}")

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        """GET, WebSocket: the screen out, what is done on it in."""
        openid = request.cookies.get(_COOKIE, "")
        origin = request.headers.get("Origin", "")
        if not _OPENID.fullmatch(openid) or urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden()
        if openid not in self._platform.phones and len(self._platform.phones) >= _MOST_PHONES:
            raise web.HTTPServiceUnavailable()
        socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=_LARGEST_FRAME)
        await socket.prepare(request)
        new = openid not in self._platform.phones
        phone = self._platform.phone(openid)
        if new:
            self._platform.later(self._platform.event(openid, "subscribe"))
        showing = asyncio.create_task(self._show(socket, phone))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._do(phone, frame.json())
        except ValueError:
            await socket.close(code=4400)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
        return socket

    async def _show(self, socket: web.WebSocketResponse, phone: Phone) -> None:
        changed = phone.watch()
        try:
            with contextlib.suppress(ConnectionError):
                while True:
                    changed.clear()
                    await socket.send_json({**phone.wire(), "menu": self._platform.menu})
                    await changed.wait()
        finally:
            phone.unwatch(changed)

    def _do(self, phone: Phone, act: dict[str, Any]) -> None:
        """What the hand on the phone does."""
        platform, openid, kind = self._platform, phone.openid, act.get("do")
        match kind:
            case "text" if act.get("text"):
                platform.later(platform.text(openid, str(act["text"])[:600], str(act.get("menu_id", ""))))
            case "click":
                platform.later(platform.event(openid, "CLICK", EventKey=str(act.get("key", ""))[:128]))
            case "image":
                with contextlib.suppress(binascii.Error):
                    content = base64.b64decode(str(act.get("data", "")), validate=True)
                    platform.later(platform.image(openid, content, "image/jpeg"))
            case "voice" | "video":
                shown, fields = _OTHERS[str(kind)]
                platform.later(platform.other(openid, str(kind), shown, **fields))
            case "follow":
                platform.later(platform.event(openid, "subscribe"))
            case "unfollow":
                phone.screen.clear()
                platform.later(platform.event(openid, "unsubscribe"))
            case "refuse":
                phone.refuses = not phone.refuses
                phone.changed()
            case "close_window":
                phone.close_window()
                phone.changed()
