"""Log-in, session, CSRF and roles."""

from __future__ import annotations

from desk.access import COOKIE
from desk.web import staff_app
from gateway.services import Services
from tests.desk.conftest import DOCUMENT, Specialist
from tests.gateway.conftest import Customer
from tests.openapi import routes


def test_every_route_stands_in_the_document_and_back(services: Services) -> None:
    assert routes(staff_app(services)) == DOCUMENT.operations()


async def test_nothing_without_a_session(anybody: Specialist) -> None:
    for path in ("me", "conversations", "complaints", "requests"):
        assert (await anybody.get(f"/desk/api/{path}", 401))["error"]["code"] == "login_required"


async def test_log_in_and_out(anybody: Specialist) -> None:
    body = await anybody.log_in("lin")
    assert body["staff"]["name"] == "林专员"
    assert (await anybody.get("/desk/api/me"))["csrf"] == body["csrf"]
    await anybody.post("/desk/api/logout")
    await anybody.get("/desk/api/me", 401)


async def test_the_cookie_is_out_of_reach_of_scripts(anybody: Specialist) -> None:
    body = {"login": "lin", "password": "demo-password"}
    async with anybody.web.post("/desk/api/login", json=body) as response:
        cookie = response.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


async def test_a_wrong_password_says_neither_which_nor_who(anybody: Specialist) -> None:
    known = await anybody.post("/desk/api/login", 401, login="lin", password="wrong-password")
    unknown = await anybody.post("/desk/api/login", 401, login="nobody", password="wrong-password")
    assert known == unknown


async def test_five_wrong_passwords_lock_the_login(anybody: Specialist) -> None:
    for _ in range(4):
        await anybody.post("/desk/api/login", 401, login="lin", password="wrong-password")
    await anybody.post("/desk/api/login", 429, login="lin", password="wrong-password")
    await anybody.post("/desk/api/login", 429, login="lin", password="demo-password")


async def test_a_change_needs_the_csrf_token(lin: Specialist, waiting: Customer) -> None:
    lin.csrf = "forged"
    assert (await lin.does("claim", waiting, 403))["error"]["code"] == "csrf_refused"


async def test_an_auditor_may_look_but_not_act(anybody: Specialist, waiting: Customer) -> None:
    await anybody.log_in("audit")
    assert (await anybody.get("/desk/api/conversations?state=queued"))["items"]
    assert (await anybody.does("claim", waiting, 403))["error"]["code"] == "not_allowed"


async def test_a_session_ends_after_an_idle_hour(lin: Specialist, services: Services) -> None:
    services.clock.forward(minutes=61)
    await lin.get("/desk/api/me", 401)
