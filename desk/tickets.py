"""Lists of complaint tickets and of requests."""

from __future__ import annotations

from aiohttp import web

from desk import views
from desk.access import SERVICES
from desk.routing import Route, read
from records import complaints, requests
from records.customers import Customer


def routes() -> list[Route]:
    return [
        read("/complaints", complaint_list),
        read("/requests", request_list),
    ]


async def complaint_list(request: web.Request) -> web.Response:
    """GET /desk/api/complaints: open ones first, the most urgent on top."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        found = await complaints.all_complaints(session)
        owners = await views.by_id(session, Customer, (one.customer_id for one in found))
        now = services.clock()
        items = [views.complaint(one, owners.get(one.customer_id), now) for one in found]
    return web.json_response({"items": sorted(items, key=lambda item: (not item["open"], item["due_on"]))})


async def request_list(request: web.Request) -> web.Response:
    """GET /desk/api/requests: newest first."""
    services = request.app[SERVICES]
    async with services.sessions() as session:
        found = await requests.submitted_requests(session)
        owners = await views.by_id(session, Customer, (one.customer_id for one in found))
        items = [views.request(one, services, owners.get(one.customer_id)) for one in found]
    return web.json_response({"items": items})
