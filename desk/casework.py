"""A decision about one request or complaint: audited, told live, and committed as one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from desk import views
from desk.access import SERVICES, body_of, staff_of
from desk.routing import Handler
from gateway import feed
from gateway.services import Services
from records import audit
from records.complaints import ComplaintEvent
from records.numbers import tidy_number
from records.requests import RequestEvent
from records.staff import Staff
from records.words import state_text

B = TypeVar("B", bound=BaseModel)


class Words(BaseModel):
    """The body of most steps: why, or what the customer reads."""

    text: str = ""


@dataclass(frozen=True)
class Step(Generic[B]):
    """What a step works with; `number` is that of the case."""

    session: AsyncSession
    services: Services
    staff: Staff
    now: datetime
    number: str
    wish: B


@dataclass(frozen=True)
class Casework:
    """How steps of one sort of case are handled; `sort` names it in the audit and in the live stream."""

    sort: str
    show: Callable[[AsyncSession, Services, str], Awaitable[dict[str, Any]]]

    async def shown(self, request: web.Request) -> web.Response:
        """The case of the number in the path: its data, its history and what may be done."""
        services = request.app[SERVICES]
        async with services.sessions() as session:
            return web.json_response(
                await self.show(session, services, tidy_number(request.match_info["number"]))
            )

    def deciding(self, action: str, body: type[B], act: Callable[[Step[B]], Awaitable[object]]) -> Handler:
        """The handler of a step; it answers with the case as it stands then."""

        async def handler(request: web.Request) -> web.Response:
            services, staff = request.app[SERVICES], staff_of(request)
            wish = await body_of(request, body)
            number = tidy_number(request.match_info["number"])
            async with services.sessions.begin() as session:
                await act(Step(session, services, staff, services.clock(), number, wish))
                await self.written_down(session, services, staff, number, action)
                await feed.announce(session, None, **{self.sort: number})
                shown = await self.show(session, services, number)
            return web.json_response(shown)

        return handler

    async def written_down(
        self,
        session: AsyncSession,
        services: Services,
        staff: Staff,
        number: str,
        action: str,
        **detail: object,
    ) -> None:
        """An entry in the audit chain of the case."""
        await audit.append(
            session,
            subject=f"{self.sort}:{number}",
            actor=staff.actor,
            action=f"{self.sort}_{action}",
            detail=detail,
            now=services.clock(),
        )


async def history(
    session: AsyncSession, events: list[RequestEvent] | list[ComplaintEvent]
) -> list[dict[str, Any]]:
    """What became of a case and by whom, oldest first; `actor_name` is a colleague's."""
    people = await views.by_id(session, Staff, (_staff_id(one.actor) for one in events))
    return [
        {
            "state": one.to_state.value,
            "state_text": state_text(one.to_state),
            "moved": one.from_state is not one.to_state,
            "actor": one.actor.partition(":")[0],
            "actor_name": person.name if (person := people.get(_staff_id(one.actor))) else None,
            "at": views.iso(one.at),
            "reason": one.reason,
        }
        for one in events
    ]


async def handler_of(session: AsyncSession, staff_id: int | None) -> dict[str, str] | None:
    """Who handles a case."""
    person = await session.get(Staff, staff_id) if staff_id is not None else None
    return {"login": person.login, "name": person.name} if person else None


def _staff_id(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "staff" and number.isdigit() else None
