"""The second factor: its own flow, in a demo and in a real installation, and that guessing leads nowhere."""

from __future__ import annotations

import dataclasses

import pyotp
import pytest

from gateway.services import Services
from tests.desk.conftest import Specialist


@pytest.fixture
def real(services: Services) -> Services:
    """The same installation, no demo any more."""
    services.options = dataclasses.replace(services.options, demo=False)
    return services


def _code(services: Services, secret: str) -> str:
    services.clock.forward(seconds=60)  # type: ignore[attr-defined]
    return pyotp.TOTP(secret).at(services.clock())


async def _enrol(who: Specialist, services: Services) -> str:
    secret: str = (await who.post("/desk/api/second_factor/begin"))["secret"]
    await who.post("/desk/api/second_factor/confirm", code=_code(services, secret))
    return secret


async def test_the_demo_asks_nobody_for_a_code(anybody: Specialist) -> None:
    body = await anybody.log_in("tang")
    assert body["second_factor_needed"] is False
    stand = await anybody.get("/desk/api/second_factor")
    assert stand == {"enrolled": False, "required": False, "demo": True}


async def test_once_set_up_the_password_alone_opens_nothing(anybody: Specialist, services: Services) -> None:
    await anybody.log_in("tang")
    secret = await _enrol(anybody, services)
    await anybody.post("/desk/api/logout")
    refused = await anybody.post("/desk/api/login", 401, login="tang", password="demo-password")
    assert refused["error"]["code"] == "code_required"
    code = _code(services, secret)
    await anybody.post("/desk/api/login", login="tang", password="demo-password", code=code)
    again = await anybody.post("/desk/api/login", 401, login="tang", password="demo-password", code=code)
    assert again["error"]["code"] == "wrong_code", "a code is good once"


async def test_guessing_codes_locks_the_login_though_the_password_is_right(
    anybody: Specialist, services: Services
) -> None:
    await anybody.log_in("tang")
    await _enrol(anybody, services)
    for _ in range(4):
        await anybody.post("/desk/api/login", 401, login="tang", password="demo-password", code="000000")
        await anybody.post("/desk/api/login", 401, login="tang", password="demo-password")
    await anybody.post("/desk/api/login", 429, login="tang", password="demo-password", code="000000")


@pytest.mark.parametrize("login", ["tang", "audit", "admin"])
async def test_a_real_installation_lets_these_roles_do_nothing_before_it_is_set_up(
    anybody: Specialist, real: Services, login: str
) -> None:
    body = await anybody.log_in(login)
    assert body["second_factor_needed"] is True
    refused = await anybody.get("/desk/api/conversations", 403)
    assert refused["error"]["code"] == "second_factor_needed"
    secret = await _enrol(anybody, real)
    assert (await anybody.get("/desk/api/me"))["second_factor_needed"] is False
    await anybody.get("/desk/api/conversations")
    code = _code(real, secret)
    assert (await anybody.post("/desk/api/second_factor/remove", 403, code=code))["error"]["code"] == (
        "not_allowed"
    )


async def test_a_specialist_needs_none_in_a_real_installation(anybody: Specialist, real: Services) -> None:
    assert (await anybody.log_in("lin"))["second_factor_needed"] is False
    await anybody.get("/desk/api/conversations")


async def test_a_wrong_first_code_puts_nothing_into_force(lin: Specialist) -> None:
    await lin.post("/desk/api/second_factor/begin")
    await lin.post("/desk/api/second_factor/confirm", 401, code="000000")
    assert (await lin.get("/desk/api/second_factor"))["enrolled"] is False


async def test_an_administrator_resets_a_lost_telephone(
    anybody: Specialist, he: Specialist, services: Services
) -> None:
    await _enrol(he, services)
    await anybody.log_in("admin")
    await anybody.post("/desk/api/accounts/he/reset_second_factor")
    await he.get("/desk/api/me", 401)
    await he.log_in("he")
    own = await anybody.post("/desk/api/accounts/admin/close", 409)
    assert own["error"]["code"] == "same_person"


async def test_a_closed_account_is_out_at_once(anybody: Specialist, he: Specialist) -> None:
    await anybody.log_in("admin")
    await anybody.post("/desk/api/accounts/he/close")
    await he.get("/desk/api/me", 401)
    await he.post("/desk/api/login", 401, login="he", password="demo-password")


async def test_a_page_of_another_site_gets_nothing(lin: Specialist) -> None:
    for path in ("/desk/api/events", "/desk/api/conversations"):
        headers = {"Origin": "https://evil.example"}
        async with lin.web.get(path, headers=headers) as response:
            assert response.status == 403
            assert (await response.json())["error"]["code"] == "origin_refused"
    own = {"Origin": str(lin.web.make_url("/")).rstrip("/")}
    async with lin.web.get("/desk/api/conversations", headers=own) as response:
        assert response.status == 200


async def test_the_pages_allow_no_inline_script(lin: Specialist) -> None:
    async with lin.web.get("/desk/api/me") as response:
        policy = response.headers["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'self'"]
    assert "script-src" not in rules
    assert rules["frame-ancestors"] == ["'none'"]


async def test_the_page_itself_keeps_no_session_alive(lin: Specialist, services: Services) -> None:
    for _ in range(4):
        services.clock.forward(minutes=16)  # type: ignore[attr-defined]
        async with lin.web.post(
            "/desk/api/presence/alive", json={}, headers={"X-CSRF": lin.csrf}
        ) as response:
            last = response.status
    assert last == 401
