"""The demo insurer: products, customers, policies in every state, staff. All of it is invented.

Loaded once into an empty database; dates are fixed on that day. Data: `demo_records.yml`.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records import demo_cases, demo_papers, demo_policies, installation
from records.calendar import start_of_day
from records.claims import ClaimReport
from records.complaints import Complaint
from records.conversations import Conversation
from records.customers import Agent, ChannelIdentity, Customer
from records.errors import HoldsRealDataError
from records.policies import Policy
from records.products import CoolingOffFrom, Frequency, Line, Product
from records.requests import ServiceRequest
from records.staff import Role, Staff, add_staff, by_login, set_password
from records.words import from_word

_FILE = Path(__file__).with_name("demo_records.yml")
_LOADED = "demo_loaded_on"
_MUST_BE_EMPTY = (Customer, Policy, Product, ServiceRequest, Complaint, ClaimReport, Conversation)
_CHANNEL = "wechat"


@cache
def data() -> dict[str, Any]:
    """The demo file as it stands."""
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content


def staff_logins() -> list[str]:
    return [entry["login"] for entry in data()["staff"]]


async def loaded_on(session: AsyncSession) -> date | None:
    """The day the demo insurer was loaded into this database."""
    day = await installation.fact(session, _LOADED)
    return date.fromisoformat(day) if day else None


async def load(session: AsyncSession, today: date, password: str | None = None) -> dict[str, str]:
    """Loads the demo insurer within the caller's transaction; returns the log-ins whose password was set.

    A database that holds the demo already keeps its records; only `password`, if given, is set for the demo
    staff. It may be of any length; without it each colleague gets a random one. Raises HoldsRealDataError for
    a database with other records.
    """
    if await loaded_on(session) is not None:
        return await _staff(session, password) if password else {}
    for model in _MUST_BE_EMPTY:
        if (await session.execute(select(func.count()).select_from(model))).scalar_one():
            raise HoldsRealDataError(model.__tablename__)
    content = data()
    await _people(session, content, today)
    session.add_all(_product(entry) for entry in content["products"])
    await session.flush()
    await demo_policies.add(session, content, today)
    await demo_cases.add(session, content, today)
    logins = await _staff(session, password or None, draw=True)
    await demo_papers.add(session, content, today)
    await installation.note(session, _LOADED, today.isoformat())
    return logins


async def _people(session: AsyncSession, content: dict[str, Any], today: date) -> None:
    for entry in sorted(content["customers"], key=lambda entry: "guardian" in entry):
        fields = demo_policies.dated(entry, today)
        session.add(Customer(guardian_id=fields.pop("guardian", None), **fields))
        await session.flush()
    for entry in content["agents"]:
        session.add(Agent(**demo_policies.dated(entry, today)))
    for entry in content["wechat_bindings"]:
        session.add(
            ChannelIdentity(
                channel=_CHANNEL,
                account=entry["openid"],
                customer_id=entry["customer"],
                bound_at=start_of_day(today - timedelta(days=1)),
            )
        )


def _product(entry: dict[str, Any]) -> Product:
    from_ = entry.get("cooling_off_from")
    return Product(
        **{
            name: value
            for name, value in entry.items()
            if name not in ("line", "frequencies", "cooling_off_from")
        },
        line=Line(entry["line"]),
        cooling_off_from=CoolingOffFrom(from_) if from_ else None,
        frequencies=[from_word(Frequency, word).value for word in entry["frequencies"]],
    )


async def _staff(session: AsyncSession, password: str | None, *, draw: bool = False) -> dict[str, str]:
    logins: dict[str, str] = {}
    for entry in data()["staff"]:
        chosen = password or secrets.token_urlsafe(9)
        found: Staff | None = await by_login(session, entry["login"])
        if found is not None:
            await set_password(session, found, chosen, shortest=1)
        elif draw:
            await add_staff(
                session,
                login=entry["login"],
                name=entry["name"],
                role=Role(entry["role"]),
                skills=entry["skills"],
                number=str(entry["number"]),
                password=chosen,
                shortest=1,
            )
        else:
            continue
        logins[entry["login"]] = chosen
    return logins
