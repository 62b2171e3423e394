"""The customer's own contract behind a question: its version of the clauses, its days."""

from __future__ import annotations

from actions import policy_choice, written
from actions.speech import phrase
from actions.turn import Turn
from records.calendar import last_day
from records.policies import Policy, policies_of

KNOWN = 1


async def find(now: Turn, product: str | None) -> Policy | None:
    """The one own policy of a product; None for a guest, without a product, or when there are several."""
    customer_id = now.identity.customer_id
    if product is None or customer_id is None or now.identity.level < KNOWN:
        return None
    own = [policy for policy in await policies_of(now.session, customer_id) if policy.product_code == product]
    return own[0] if len(own) == 1 else None


def lines(now: Turn, policy: Policy | None, intent: str) -> list[str]:
    """What the own contract says where each one differs, and from which day its clauses are."""
    if policy is None:
        return []
    source = now.context.knowledge.products[policy.product_code].source
    began = written.day(policy.effective_on)
    older = [] if source.in_force(policy.effective_on) else [phrase("own_version", began=began)]
    return [*_days(policy, intent), *older]


def _days(policy: Policy, intent: str) -> list[str]:
    title = policy_choice.title(policy)
    if intent == "ask_cooling_off" and policy.cooling_off_ends_on is not None:
        until = written.day(policy.cooling_off_ends_on)
        return [phrase("own_cooling_off", policy=title, days=policy.cooling_off_days, until=until)]
    if intent == "ask_grace_period" and policy.grace_days and policy.next_due is not None:
        ends = last_day(policy.next_due, policy.grace_days)
        return [
            phrase(
                "own_grace",
                policy=title,
                days=policy.grace_days,
                due=written.day(policy.next_due),
                until=written.day(ends),
            )
        ]
    return []
