"""Turns the demo file's policies into rows, with the premiums they must have had."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from records.calendar import add_months, add_years
from records.demo_dates import resolve
from records.policies import Policy, PolicyParty, PolicyState, Renewal
from records.premiums import Premium, PremiumEvent, PremiumEventKind, PremiumState
from records.products import MONTHS_BETWEEN, CoolingOffFrom, Frequency
from records.words import from_word

_COLUMN = {
    "effective": "effective_on",
    "expiry": "expires_on",
    "use": "vehicle_use",
    "address": "property_address",
    "reason": "termination_reason",
    "holder": "holder_id",
    "insured": "insured_id",
    "product": "product_code",
    "agent": "agent_code",
}
_MONEY = ("sum_insured", "premium", "cash_value", "dividends", "loan", "payout", "loan_rate", "amount")


def dated(entry: dict[str, Any], today: date) -> dict[str, Any]:
    """The entry with relative dates resolved and sums as decimals."""
    resolved = dict(entry)
    for name, value in entry.items():
        if isinstance(value, str) and value.startswith("today"):
            resolved[name] = resolve(value, today)
        elif name in _MONEY:
            resolved[name] = Decimal(str(value))
    return resolved


def _columns(entry: dict[str, Any], today: date, *left_out: str) -> dict[str, Any]:
    return {
        _COLUMN.get(name, name): value for name, value in dated(entry, today).items() if name not in left_out
    }


async def add(session: AsyncSession, content: dict[str, Any], today: date) -> None:
    """Adds policies, beneficiaries, premiums and payment events."""
    products = {entry["code"]: entry for entry in content["products"]}
    policies = {}
    for entry in content["policies"]:
        policy = _policy(entry, products[entry["product"]], content["reinstatement"]["years"], today)
        policies[policy.number] = (policy, entry)
        session.add(policy)
    await session.flush()
    for policy, entry in policies.values():
        for party in entry.get("beneficiaries", ()):
            session.add(PolicyParty(policy_id=policy.id, **party))
        session.add_all(_premiums(policy, today))
    for entry in content["premium_events"]:
        fields = dated(entry, today)
        session.add(
            PremiumEvent(
                policy_id=policies[fields.pop("policy")][0].id,
                kind=PremiumEventKind(fields.pop("kind")),
                happened_on=fields.pop("on"),
                **fields,
            )
        )
    await session.flush()


def _policy(entry: dict[str, Any], product: dict[str, Any], reinstatement_years: int, today: date) -> Policy:
    fields = _columns(entry, today, "state", "frequency", "renewal", "beneficiaries")
    cooling_off_from = product.get("cooling_off_from")
    lapsed_on = fields.get("lapsed_on")
    return Policy(
        **fields,
        state=PolicyState(entry["state"]),
        frequency=from_word(Frequency, entry.get("frequency", product["frequencies"][0])),
        renewal=Renewal(entry["renewal"]) if "renewal" in entry else None,
        grace_days=product.get("grace_days", 0),
        cooling_off_days=product.get("cooling_off_days", 0),
        cooling_off_from=CoolingOffFrom(cooling_off_from) if cooling_off_from else None,
        reinstatement_until=add_years(lapsed_on, reinstatement_years) if lapsed_on else None,
    )


def _due_dates(policy: Policy) -> list[date]:
    """From the start on: every date a premium fell due, the unpaid or next one last."""
    months = MONTHS_BETWEEN.get(policy.frequency)
    last = policy.next_due or policy.unpaid_since
    dates = [policy.effective_on]
    if months is not None and last is not None:
        back = (add_months(last, -months * count) for count in itertools.count())
        dates += reversed(list(itertools.takewhile(lambda due: due > policy.effective_on, back)))
    return dates


def _premiums(policy: Policy, today: date) -> Iterator[Premium]:
    unpaid = policy.next_due or policy.unpaid_since
    for due in _due_dates(policy):
        if due != unpaid:
            state = PremiumState.PAID
        else:
            state = PremiumState.DUE if due >= today else PremiumState.OVERDUE
        paid = state is PremiumState.PAID
        yield Premium(
            policy_id=policy.id,
            due_on=due,
            amount=policy.premium,
            state=state,
            paid_on=due if paid else None,
            account_tail=policy.account_tail if paid else None,
        )
