"""Our pages inside WeChat: the chat window on the customer's own conversation, and the clause behind a
citation.

The chat page learns who opens it by OAuth (snsapi_base: no question asked, no profile given) and gets a
token of that account's conversation, in the page itself and never in an address.
"""

from __future__ import annotations

import hmac
import html
import json
import logging
import secrets
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from gateway.channels import accounts
from gateway.channels.wechat import clause_links
from gateway.channels.wechat.api import ApiError, NoAnswer, NotReached
from gateway.channels.wechat.channel import NAME, WeChat
from gateway.errors import NotFound, Unauthorised, Unavailable
from gateway.services import Services

logger = logging.getLogger(__name__)
PATH = "/wechat/page"
_COOKIE = "wechat_state"
_STATE_SECONDS = 600


class Pages:
    """Routes below /wechat; `folder` holds the templates and what they load."""

    def __init__(self, services: Services, wechat: WeChat, folder: Path, site_key: str) -> None:
        self._services = services
        self._wechat = wechat
        self._folder = folder
        self._site_key = site_key

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.chat)
        app.router.add_get(clause_links.PATH + "/{code}", self.clause)
        app.router.add_static("/wechat/static", self._folder)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """GET /wechat/page: by way of WeChat, which says who it is, to the chat window."""
        code, state = request.query.get("code"), request.query.get("state", "")
        if code is None:
            return self._ask_wechat()
        if not hmac.compare_digest(request.cookies.get(_COOKIE, "").encode() or b"-", state.encode()):
            return self._ask_wechat()
        try:
            account = await self._wechat.api.account_of_code(code)
        except ApiError as error:
            logger.warning("WeChat does not know who opened the page: %s", error)
            raise Unauthorised() from error
        except (NotReached, NoAnswer) as error:
            raise Unavailable() from error
        opened = await accounts.open_page(self._services, channel=NAME, account=account)
        session = json.dumps({"conversation": str(opened.conversation), "token": opened.token})
        return self._page("chat.html", session=session, site=self._site_key)

    def _ask_wechat(self) -> web.Response:
        state = secrets.token_urlsafe(16)
        query = urlencode(
            {
                "appid": self._wechat.options.app_id,
                "redirect_uri": self._wechat.options.page_url + PATH,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        there = f"{self._wechat.options.authorize_url}?{query}#wechat_redirect"
        response = web.Response(status=302, headers={"Location": there})
        response.set_cookie(_COOKIE, state, max_age=_STATE_SECONDS, httponly=True, samesite="Lax", path=PATH)
        return response

    async def clause(self, request: web.Request) -> web.Response:
        """GET /wechat/clause/{code}: the text of one clause."""
        found = clause_links.find(self._services.context.knowledge, request.match_info["code"])
        if found is None:
            raise NotFound()
        return self._page("clause.html", title=found.label, version=found.version, body=found.body)

    def _page(self, name: str, **values: str) -> web.Response:
        text = self._templates[name].replace("{insurer}", html.escape(self._services.settings.insurer_name))
        for key, value in values.items():
            text = text.replace("{" + key + "}", html.escape(value))
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    @cached_property
    def _templates(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self._folder.glob("*.html")}
