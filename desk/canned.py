"""Canned replies: of the house and one's own, filled for the conversation, and findable by pinyin."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field
from pypinyin import Style, lazy_pinyin
from sqlalchemy.ext.asyncio import AsyncSession

from desk.access import SERVICES, body_of, staff_of
from desk.acting import conversation_of
from desk.routing import SERVING, Route, change, read
from gateway.errors import NotFound
from gateway.services import Services
from knowledge import canned as house
from records import audit, canned
from records.canned import CannedReply
from records.conversations import Conversation
from records.customers import Customer
from records.staff import Staff

_SEX_DIGIT = 16
_OWN = "我的"


class CannedBody(BaseModel):
    title: Annotated[str, Field(min_length=1, max_length=60)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]


def routes() -> list[Route]:
    return [
        read("/conversations/{id}/canned", listing, SERVING),
        change("/canned", add),
        change("/canned/{canned}/remove", remove),
    ]


async def listing(request: web.Request) -> web.Response:
    """GET /desk/api/conversations/{id}/canned → every reply, its variables filled, with its pinyin."""
    services, person = request.app[SERVICES], staff_of(request)
    async with services.sessions() as session:
        conversation = await session.get(Conversation, conversation_of(request))
        if conversation is None:
            raise NotFound()
        values = services.settings.values() | await _values(session, services, conversation, person)
        own = await canned.of(session, person.id)
    items = [_item(_OWN, f"own:{one.id}", one.title, one.text, values) for one in own]
    items += [
        _item(group.name, one.id, one.title, one.text, values)
        for group in house.groups()
        for one in group.replies
    ]
    return web.json_response({"items": items})


async def _values(
    session: AsyncSession, services: Services, conversation: Conversation, person: Staff
) -> dict[str, str]:
    customer = await session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    today = services.settings.today(services.clock())
    return {
        "customer": addressed(customer) if customer else "",
        "specialist": person.name,
        "number": person.number,
        "today": f"{today.month}月{today.day}日",
    }


def addressed(customer: Customer) -> str:
    """王先生, 李女士; the sex as the identity number has it, the bare surname where it has none."""
    digit = customer.id_number[_SEX_DIGIT : _SEX_DIGIT + 1]
    title = "" if not digit.isdigit() else "先生" if int(digit) % 2 else "女士"
    return customer.name[0] + title if title else customer.name[0]


def _item(group: str, key: str, title: str, text: str, values: dict[str, str]) -> dict[str, Any]:
    return {
        "id": key,
        "group": group,
        "title": title,
        "text": house.fill(text, values),
        "pinyin": spelled(title),
        "initials": initials(title),
    }


@lru_cache(maxsize=2000)
def spelled(text: str) -> str:
    """zhengzaichaxun"""
    return "".join(lazy_pinyin(text)).lower()


@lru_cache(maxsize=2000)
def initials(text: str) -> str:
    """zzcx"""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


async def add(request: web.Request) -> web.Response:
    """POST /desk/api/canned {title, text}: one of one's own."""
    services, person = request.app[SERVICES], staff_of(request)
    wish = await body_of(request, CannedBody)
    now = services.clock()
    async with services.sessions.begin() as session:
        made = CannedReply(staff_id=person.id, title=wish.title, text=wish.text, created_at=now)
        session.add(made)
        await session.flush()
        await _audited(session, services, person, "canned_add", made.id)
    return web.json_response({"id": f"own:{made.id}"})


async def remove(request: web.Request) -> web.Response:
    """POST /desk/api/canned/{canned}/remove: only one's own."""
    services, person = request.app[SERVICES], staff_of(request)
    number = request.match_info["canned"].removeprefix("own:")
    async with services.sessions.begin() as session:
        if not number.isdigit() or not await canned.remove(session, person.id, int(number)):
            raise NotFound()
        await _audited(session, services, person, "canned_remove", int(number))
    return web.json_response({"ok": True})


async def _audited(
    session: AsyncSession, services: Services, person: Staff, action: str, reply_id: int
) -> None:
    who = f"staff:{person.id}"
    detail = {"reply": reply_id}
    await audit.append(session, subject=who, actor=who, action=action, detail=detail, now=services.clock())
