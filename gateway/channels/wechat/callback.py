"""The address WeChat pushes to: verified, stored, and answered at once where the answer comes soon enough.

An answer that is there in time goes with the push (a passive reply). Else the push is answered `success`
and the sender brings the answer later. `deliveries` decides between the two: whoever claims a row sends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Sequence

from aiohttp import web
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.channels import delivery
from gateway.channels.accounts import Arrival
from gateway.channels.port import Piece, Sent, Waiting
from gateway.channels.wechat import intake, pushes
from gateway.channels.wechat.channel import WeChat
from gateway.channels.wechat.crypto import XML, Key, Refused
from gateway.channels.wechat.pushes import Push
from gateway.errors import GatewayError, Unavailable
from gateway.services import Services
from gateway.web.faults import known, sentence
from records import channel_accounts, deliveries
from records.channel_accounts import ChannelAccount
from records.channel_accounts import Push as PushRow
from records.conversations import Message
from records.deliveries import Delivery, DeliveryState

logger = logging.getLogger(__name__)
PATH = "/wechat"
SUCCESS = "success"
_MARGIN_SECONDS = 0.5
_REFUSED = 403


class Callback:
    """GET and POST of the push address."""

    def __init__(self, services: Services, wechat: WeChat) -> None:
        self._services = services
        self._wechat = wechat
        self._open: dict[str, asyncio.Future[bool]] = {}

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.verify)
        app.router.add_post(PATH, self.receive)

    async def verify(self, request: web.Request) -> web.Response:
        """GET: WeChat asks whether the address is ours (URL verification)."""
        try:
            return web.Response(text=pushes.verify(self._wechat.options.keys, request.query))
        except Refused as refused:
            return _refuse(refused)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """POST: one push. Anything malformed gets the same 403 whatever is wrong with it."""
        arrived = asyncio.get_running_loop().time()
        try:
            body = await _body(request)
            now = self._services.clock().timestamp()
            push, key = pushes.open_push(self._wechat.options.keys, request.query, body, now)
        except Refused as refused:
            return _refuse(refused)
        if (doubled := self._open.get(push.key)) is not None and await asyncio.shield(doubled):
            return web.Response(text=SUCCESS)
        self._open[push.key] = stored = asyncio.get_running_loop().create_future()
        try:
            return await _Exchange(self._services, self._wechat, request, push, key, arrived, stored).run()
        finally:
            if not stored.done():
                stored.set_result(False)
            if self._open.get(push.key) is stored:
                del self._open[push.key]


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        body += chunk
        if len(body) > pushes.LARGEST:
            raise Refused(XML, "too large")
    return bytes(body)


def _refuse(refused: Refused) -> web.Response:
    logger.warning("a push was refused: %s", refused)
    return web.Response(status=_REFUSED, text="forbidden")


class _Exchange:
    """One push and its answer; `stored` tells a doubled one whether it may be answered, too."""

    def __init__(
        self,
        services: Services,
        wechat: WeChat,
        request: web.Request,
        push: Push,
        key: Key,
        arrived: float,
        stored: asyncio.Future[bool],
    ) -> None:
        self._stored = stored
        self._services = services
        self._wechat = wechat
        self._request = request
        self._push = push
        self._key = key
        options = wechat.options
        travelled = max(0.0, services.clock().timestamp() - push.sent_at)
        self._deadline = arrived + min(
            options.passive_seconds, options.patience_seconds - _MARGIN_SECONDS - travelled
        )

    async def run(self) -> web.StreamResponse:
        try:
            arrival = await intake.take(self._services, self._wechat, self._push)
        except GatewayError as error:
            return self._answer(sentence(self._services, error))
        except Exception as error:
            if not isinstance(known(error), Unavailable):
                logger.exception("a push could not be stored")
            raise
        self._stored.set_result(True)
        if arrival is None:
            return web.Response(text=SUCCESS)
        if arrival.earlier is not None and arrival.earlier.claim is not None:
            return await self._repeat(arrival.earlier)
        if self._too_late:
            return web.Response(text=SUCCESS)
        if not await self._bot_is_done(arrival):
            self._wechat.show_typing(self._push.account)
            return web.Response(text=SUCCESS)
        piece = await self._claim(arrival)
        if piece is None:
            return web.Response(text=SUCCESS)
        return await self._hand_out(self._wechat.spoken(piece), piece)

    @property
    def _last_attempt(self) -> bool:
        """WeChat tries three times: an answer to the third that gets lost is lost for good."""
        options = self._wechat.options
        age = self._services.clock().timestamp() - int(self._push.get("CreateTime"))
        return age > 2 * options.patience_seconds - _MARGIN_SECONDS

    @property
    def _too_late(self) -> bool:
        return asyncio.get_running_loop().time() > self._deadline

    async def _bot_is_done(self, arrival: Arrival) -> bool:
        """Whether nothing of the conversation awaits the bot any more before the push must be answered."""
        loop = asyncio.get_running_loop()
        with self._services.feed.subscribe(arrival.conversation_id) as news:
            while True:
                if loop.time() >= self._deadline:
                    return False
                async with self._services.sessions() as session:
                    waits = await session.scalar(
                        select(
                            exists().where(
                                Message.conversation_id == arrival.conversation_id, Message.awaits_turn
                            )
                        )
                    )
                if not waits:
                    return True
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(self._deadline):
                        await news.get()

    async def _claim(self, arrival: Arrival) -> Piece | None:
        """Take what waits along with this push, unless it is better sent as a menu to tap."""
        services = self._services
        now = services.clock()
        async with services.sessions.begin() as session:
            await deliveries.alone(session, arrival.conversation_id)
            account = await session.get(ChannelAccount, arrival.account_id, with_for_update=True)
            row = await session.get(PushRow, arrival.key, with_for_update=True)
            rows = await deliveries.waiting(session, arrival.conversation_id)
            if account is None or row is None:
                return None
            account.held_until = None
            if not rows:
                return None
            piece = self._wechat.piece([Waiting(message, one.parts_sent) for one, message in rows])
            better_pushed = bool(piece.buttons) or self._last_attempt
            if better_pushed and await channel_accounts.may_push(session, account, bot=True, now=now):
                await delivery.announce(session, [one for one, _ in rows])
                return None
            row.claim = deliveries.claim(delivery.belonging(rows, piece), via="passive", now=now)
            row.reply = self._wechat.spoken(piece)
            await session.flush()
            return piece

    async def _hand_out(self, text: str, piece: Piece) -> web.StreamResponse:
        """Write the reply; only when WeChat had hung up before is it sure that the customer did not get
        it."""
        response = self._answer(text)
        late = asyncio.get_running_loop().time() > self._deadline + _MARGIN_SECONDS
        gone = self._request.transport is None or self._request.transport.is_closing()
        if late or gone:
            await self._settle(piece, handed_out=False)
            return web.Response(text=SUCCESS)
        await response.prepare(self._request)
        await response.write_eof()
        await self._settle(piece, handed_out=True)
        return response

    async def _settle(self, piece: Piece, *, handed_out: bool) -> None:
        services = self._services
        now = services.clock()
        async with services.sessions.begin() as session:
            row = await session.get(PushRow, self._push.key)
            if row is None or row.claim is None:
                return
            claimed = await deliveries.claimed(session, row.claim)
            if handed_out:
                await delivery.mark_sent(session, claimed, piece, Sent(), now)
            else:
                row.claim = None
                await deliveries.settle(session, claimed, DeliveryState.PENDING, now=now)
            await delivery.announce(session, claimed)

    async def _repeat(self, row: PushRow) -> web.StreamResponse:
        """The push came before and was answered: WeChat repeats it only when it never got that answer.

        A repeated push was made after the first had reached us. One made before is the same delivery doubled
        on its way, and gets nothing, however late it is read.
        """
        services = self._services
        made_later = self._push.sent_at - row.received_at.timestamp()
        enough = self._wechat.options.patience_seconds / 2 - _MARGIN_SECONDS
        if row.claim is None or row.reply is None or made_later < enough or self._too_late:
            return web.Response(text=SUCCESS)
        async with services.sessions.begin() as session:
            rows = await deliveries.claimed(session, row.claim)
            account = await session.get(ChannelAccount, row.account_id, with_for_update=True)
            now = services.clock()
            pushed = account and await channel_accounts.may_push(session, account, bot=True, now=now)
            if self._last_attempt and pushed:
                await self._push_instead(session, rows)
                return web.Response(text=SUCCESS)
            open_ended = (DeliveryState.CLAIMED, DeliveryState.UNCERTAIN)
            interrupted = [one for one in rows if one.state in open_ended]
            if interrupted:
                waiting = [
                    Waiting(await session.get_one(Message, one.message_id), one.parts_sent)
                    for one in interrupted
                ]
                piece = self._wechat.piece(waiting)
                await delivery.mark_sent(session, interrupted, piece, Sent(), now)
                await delivery.announce(session, interrupted)
        return self._answer(row.reply)

    async def _push_instead(self, session: AsyncSession, rows: Sequence[Delivery]) -> None:
        """No answer to this push has arrived, so the sender brings them, unless they have gone on since."""
        whole = [one for one in rows if one.state is not DeliveryState.PENDING]
        for one in whole:
            one.claim = None
        (await session.get_one(PushRow, self._push.key)).claim = None
        await deliveries.settle(session, whole, DeliveryState.PENDING, now=self._services.clock())
        await delivery.announce(session, whole)

    def _answer(self, text: str) -> web.Response:
        now = int(self._services.clock().timestamp())
        body = pushes.reply(self._key, self._push, text, now, secrets.token_hex(8))
        return web.Response(text=body, content_type="application/xml")
