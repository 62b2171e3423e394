"""WeChat's service account as a push channel: how entries of the log become its messages, and how these
leave."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.channels.port import Later, Outcome, Piece, Refused, Sent, Unknown, Waiting
from gateway.channels.wechat import clause_links, errcodes, text
from gateway.channels.wechat.api import ApiError, NoAnswer, NotReached, WeChatApi
from gateway.channels.wechat.crypto import Key
from gateway.channels.wechat.menu import Account
from knowledge.wording import Wording
from records.conversations import Message, Origin

NAME = "wechat"
_JOINT = "\n\n"
_LONGEST = {"thing": 20, "phrase": 5, "character_string": 32}


@dataclass(frozen=True)
class Options:
    """One service account; see `app.settings` for the names of the variables.

    `keys` are accepted for pushes, newest first. `page_url` is our public listener as customers reach it,
    `templates` the template id of each kind of notice. Seconds: an answer goes with the push when it is there
    within `passive_seconds`; WeChat hangs up and repeats the push after `patience_seconds`.
    """

    app_id: str
    secret: str = field(repr=False)
    keys: tuple[Key, ...]
    api_url: str
    page_url: str
    authorize_url: str
    templates: Mapping[str, str] = field(default_factory=dict)
    passive_seconds: float = 3.5
    patience_seconds: float = 5.0


class WeChat:
    """The channel `wechat`; everything it says to WeChat goes through `api`."""

    name = NAME

    def __init__(self, options: Options, api: WeChatApi, account: Account, wording: Wording) -> None:
        self.options = options
        self.api = api
        self.account = account
        self._wording = wording
        self._shown_typing: set[asyncio.Task[None]] = set()

    def show_typing(self, account: str) -> None:
        """Let the customer see that an answer is coming; whether that works is of no consequence."""
        task = asyncio.create_task(self._type(account))
        self._shown_typing.add(task)
        task.add_done_callback(self._shown_typing.discard)

    async def _type(self, account: str) -> None:
        with contextlib.suppress(ApiError, NotReached, NoAnswer):
            await self.api.typing(account)

    def piece(self, waiting: Sequence[Waiting]) -> Piece:
        """The next message: a part of a long text, or as many entries of one speaker as fit.

        Of their buttons the last ones stay, as on a screen where older ones have been overtaken.
        """
        first = waiting[0].message
        bot = first.origin is Origin.BOT
        left = text.split(self._shown(first))[waiting[0].parts_sent :]
        if len(left) > 1:
            return Piece(left[0], bot, begun=first.id)
        piece = Piece("".join(left), bot, _buttons(first), (first.id,), notice=_notice(first))
        for following in (one.message for one in waiting[1:]):
            joined = Piece(
                _JOINT.join((piece.text, self._shown(following))),
                bot,
                _buttons(following) or piece.buttons,
                (*piece.whole, following.id),
            )
            fits = text.size(self.spoken(joined)) <= text.MOST_BYTES
            if not fits or not _one_voice(first, following):
                break
            piece = joined
        return piece

    def spoken(self, piece: Piece) -> str:
        """The piece as one text, its buttons as numbers to type."""
        if not piece.buttons:
            return piece.text
        lines = [f"{number}. {title}" for number, (title, _) in enumerate(piece.buttons, start=1)]
        return "\n".join((piece.text, self._wording.say("utter_wechat_choose"), *lines))

    async def send(self, account: str, piece: Piece) -> Outcome:
        return await _outcome(self.api.send({"touser": account, **self._message(piece)}))

    async def notify(self, account: str, piece: Piece) -> Outcome:
        kind = str(piece.notice["kind"])
        if kind not in self.options.templates:
            return Refused("no_template")
        values = dict(piece.notice["values"])  # type: ignore[call-overload]
        message = {
            "touser": account,
            "template_id": self.options.templates[kind],
            "url": f"{self.options.page_url}/wechat/page",
            "data": {
                name: {"value": _clipped(name, values.get(source, ""))}
                for name, source in self.account.notice_fields[kind].items()
            },
        }
        outcome = await _outcome(self.api.template(message))
        return Sent(outcome.remote_id, final=False) if isinstance(outcome, Sent) else outcome

    def _message(self, piece: Piece) -> dict[str, Any]:
        if not piece.buttons:
            return {"msgtype": "text", "text": {"content": piece.text}}
        items = [
            {"id": token, "content": f"{number}. {title}"}
            for number, (title, token) in enumerate(piece.buttons, start=1)
        ]
        menu = {
            "head_content": piece.text,
            "list": items,
            "tail_content": self._wording.say("utter_wechat_choose_hint"),
        }
        return {"msgtype": "msgmenu", "msgmenu": menu}

    def _shown(self, message: Message) -> str:
        said = text.plain(message.text)
        if message.origin is Origin.SPECIALIST:
            said = self._wording.say("utter_wechat_specialist", text=said, **message.body["specialist"])
        for citation in message.body.get("citations", []):
            label = f"《{citation['title']}》{citation['clause']}"
            link = text.anchor(label, clause_links.url(self.options.page_url, citation))
            if label in said:
                said = said.replace(label, link, 1)
            else:
                said += "\n" + self._wording.say("utter_wechat_basis", link=link)
        return said


def _clipped(field: str, value: str) -> str:
    """As much as a template field of this kind takes; WeChat refuses the whole notice for one character
    more."""
    return value[: _LONGEST.get(field.rstrip("0123456789"), len(value))]


def _one_voice(one: Message, other: Message) -> bool:
    """A specialist's words never share a bubble with the assistant's, and a notice stands alone."""
    apart = Origin.SPECIALIST in (one.origin, other.origin) and one.origin is not other.origin
    return not apart and "notice" not in one.body and "notice" not in other.body


def _buttons(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((button["title"], button["token"]) for button in message.body.get("buttons", []))


def _notice(message: Message) -> dict[str, object]:
    notice: dict[str, object] = message.body.get("notice", {})
    return notice


async def _outcome(call: Awaitable[dict[str, Any]]) -> Outcome:
    """What the call came to. Without an answer it may have gone out: there is no idempotency key to repeat
    it with."""
    try:
        answer = await call
    except ApiError as error:
        return errcodes.outcome(error.code)
    except NotReached as error:
        return Later(f"not_reached:{error}"[:40], 2)
    except NoAnswer as error:
        return Unknown(f"no_answer:{error}"[:40])
    return Sent(str(answer["msgid"]) if "msgid" in answer else None)
