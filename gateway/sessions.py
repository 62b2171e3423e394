"""Opening a chat: the site's key, the customer's signed token, and the token of the conversation."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway import log
from gateway.errors import Unauthorised, UnknownSite
from gateway.services import Services
from records import site_tokens
from records.conversations import ChatToken, Conversation, Mode, Origin
from records.customers import Customer

_LIFE = timedelta(days=30)
_USER_TOKEN_MINUTES = 10


@dataclass(frozen=True)
class Opened:
    """A conversation and the token that opens it to this browser."""

    conversation: uuid.UUID
    token: str


async def open_chat(
    services: Services,
    *,
    site_key: str,
    user_token: str | None,
    token: str | None,
    address: str,
    channel: str = "web",
) -> Opened:
    """Start or resume a conversation.

    UnknownSite: the key is not ours. Unauthorised: the user token is forged, stale or was used before.
    """
    if site_key not in services.options.site_secrets:
        raise UnknownSite()
    services.limits.spend_address(address)
    now = services.clock()
    async with services.sessions.begin() as session:
        customer_id = None
        if user_token is not None:
            customer_id = await _customer_of(services, session, site_key, user_token, now)
        conversation = await _resumable(session, customer_id, token, now)
        if conversation is None:
            conversation = await start(services, session, customer_id, channel, now)
        if token is not None and await _opens(session, token, conversation):
            return Opened(conversation.id, token)
        return await grant(session, conversation, now)


async def conversation_of(services: Services, token: str) -> uuid.UUID:
    """The conversation a token opens; Unauthorised when it opens none."""
    async with services.sessions() as session:
        row = await session.get(ChatToken, _hash(token))
        if row is None or row.expires_at < services.clock():
            raise Unauthorised()
        return row.conversation_id


async def close_to_browsers(session: AsyncSession, conversation_id: uuid.UUID) -> None:
    """No token opens the conversation any more."""
    await session.execute(delete(ChatToken).where(ChatToken.conversation_id == conversation_id))


async def _customer_of(
    services: Services, session: AsyncSession, site_key: str, user_token: str, now: datetime
) -> str:
    try:
        claims = jwt.decode(
            user_token,
            services.options.site_secrets[site_key],
            algorithms=["HS256"],
            issuer=site_key,
            options={"require": ["exp", "iss", "sub", "jti"], "verify_exp": False},
        )
    except jwt.PyJWTError as error:
        raise Unauthorised() from error
    expires = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
    if not now < expires <= now + timedelta(minutes=_USER_TOKEN_MINUTES, seconds=30):
        raise Unauthorised()
    if await session.get(Customer, claims["sub"]) is None:
        raise Unauthorised()
    if not await site_tokens.use(session, jti=f"{site_key}:{claims['jti']}", expires_at=expires, now=now):
        raise Unauthorised()
    return str(claims["sub"])


async def _resumable(
    session: AsyncSession, customer_id: str | None, token: str | None, now: datetime
) -> Conversation | None:
    """The browser's own conversation, or the signed customer's open one."""
    if token is not None:
        row = await session.get(ChatToken, _hash(token))
        if row is not None and row.expires_at > now:
            conversation = await log.lock(session, row.conversation_id)
            if customer_id is None or conversation.customer_id in (None, customer_id):
                conversation.customer_id = conversation.customer_id or customer_id
                return conversation
    if customer_id is None:
        return None
    return (
        await session.scalars(
            select(Conversation)
            .where(Conversation.customer_id == customer_id, Conversation.mode != Mode.CLOSED)
            .order_by(Conversation.last_at.desc())
            .limit(1)
        )
    ).one_or_none()


async def start(
    services: Services,
    session: AsyncSession,
    customer_id: str | None,
    channel: str,
    now: datetime,
) -> Conversation:
    """A new conversation, which begins with the notice that a machine speaks."""
    conversation = Conversation(channel=channel, customer_id=customer_id, opened_at=now, last_at=now)
    session.add(conversation)
    await session.flush()
    conversation = await log.lock(session, conversation.id)
    await log.append(
        session, conversation, now=now, origin=Origin.BOT, text=services.wording.say("utter_ai_notice")
    )
    return conversation


async def _opens(session: AsyncSession, token: str, conversation: Conversation) -> bool:
    row = await session.get(ChatToken, _hash(token))
    return row is not None and row.conversation_id == conversation.id


async def grant(session: AsyncSession, conversation: Conversation, now: datetime) -> Opened:
    """A fresh token that opens the conversation to a browser."""
    token = secrets.token_urlsafe(32)
    session.add(
        ChatToken(
            token_hash=_hash(token),
            conversation_id=conversation.id,
            created_at=now,
            expires_at=now + _LIFE,
        )
    )
    return Opened(conversation.id, token)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
