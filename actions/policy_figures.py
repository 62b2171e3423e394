"""What a verified customer's own policies add to a service about them: dates and amounts, a line each."""

from __future__ import annotations

from actions import own_choice, policy_choice, written
from actions.speech import phrase
from actions.turn import Turn
from knowledge.service_kind import ServiceKind
from records.policies import Policy, PolicyState

VERIFIED = 2
MOST = 2


async def lines(now: Turn, kind: ServiceKind) -> list[str]:
    """At most two lines about the policies the kind may be about; nothing below level 2."""
    field = kind.policy_field
    if field is None or now.identity.level < VERIFIED:
        return []
    figures = [_line(now, policy) for policy in (await own_choice.policies_for(now, kind, field)).fitting]
    return [line for line in figures if line][:MOST]


def _line(now: Turn, policy: Policy) -> str:
    title = policy_choice.title(policy)
    if policy.state is PolicyState.COOLING_OFF and policy.cooling_off_ends_on is not None:
        return phrase(
            "figure_cooling_off",
            policy=title,
            until=written.day(policy.cooling_off_ends_on),
            premium=written.money(policy.premium),
        )
    if (
        policy.state is PolicyState.LAPSED
        and policy.lapsed_on is not None
        and policy.reinstatement_until is not None
    ):
        return phrase(
            "figure_lapsed",
            policy=title,
            days=(now.today - policy.lapsed_on).days,
            until=written.day(policy.reinstatement_until),
        )
    if policy.cash_value is not None:
        owed = phrase("figure_loan", loan=written.money(policy.loan)) if policy.loan else ""
        return phrase("figure_cash_value", policy=title, value=written.money(policy.cash_value)) + owed
    return ""
