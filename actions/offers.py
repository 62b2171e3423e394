"""What stands beside a general answer: the customer's own figures, and buttons to start what was asked."""

from __future__ import annotations

from collections.abc import Collection

from actions import policy_choice, which_kind, written
from actions.heard import Heard
from actions.own_records import VERIFIED
from actions.speech import phrase
from actions.turn import Turn
from knowledge.answers import Button
from records.policies import Policy, policies_of

MOST_LINES = 2


async def beside(now: Turn, heard: Heard) -> tuple[list[str], list[Button]]:
    """Lines and buttons for an answer to the message; own figures only for a verified customer."""
    kinds = now.context.services.offered_by.get(heard.intent, ())
    return await _figures(now, heard.intent), [which_kind.starts(kind, heard) for kind in kinds]


def answers_to(now: Turn, intent: str, states: Collection[str]) -> list[Button]:
    """Buttons that start what own records in these states wait for, shown with the answer to this intent."""
    kinds = now.context.services.offered_by.get(intent, ())
    return [
        which_kind.starts(kind)
        for kind in kinds
        if kind.own_field is not None and set(kind.own_field.states) & set(states)
    ]


async def _figures(now: Turn, intent: str) -> list[str]:
    write = _FIGURES.get(intent)
    if write is None or now.identity.customer_id is None or now.identity.level < VERIFIED:
        return []
    policies = await policies_of(now.session, now.identity.customer_id)
    return [line for policy in policies if (line := write(policy))][:MOST_LINES]


def _benefits(policy: Policy) -> str:
    """The next benefit and the dividends of a policy."""
    parts = []
    if policy.payout and policy.next_payout:
        parts.append(
            phrase("own_payout", on=written.day(policy.next_payout), amount=written.money(policy.payout))
        )
    if policy.dividends:
        parts.append(phrase("own_dividends", amount=written.money(policy.dividends)))
    return phrase("own_line", policy=policy_choice.title(policy), parts="；".join(parts)) if parts else ""


def _loan(policy: Policy) -> str:
    """The cash value of a policy that lends, and what is owed on it."""
    if not policy.product.policy_loan or policy.cash_value is None:
        return ""
    parts = [phrase("own_cash_value", amount=written.money(policy.cash_value))]
    if policy.loan:
        parts.append(phrase("own_loan", amount=written.money(policy.loan)))
    return phrase("own_line", policy=policy_choice.title(policy), parts="；".join(parts))


_FIGURES = {"ask_benefit_payout": _benefits, "ask_policy_loan": _loan}
