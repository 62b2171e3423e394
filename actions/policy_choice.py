"""Which of several policies a customer's words mean, and how a policy is named to customers."""

from __future__ import annotations

from collections.abc import Sequence

from actions.reading import read_plate, read_policy_number, tidy
from actions.speech import phrase
from actions.turn import Turn
from records.masking import mask_policy
from records.policies import Policy

_TAIL = 4


def meant(policies: Sequence[Policy], text: str, turn: Turn) -> list[Policy]:
    """The policies a text may mean: by number, its last four digits, plate number or product."""
    words = tidy(text).upper()
    number, plate = read_policy_number(text), read_plate(text)
    exact = [one for one in policies if one.number == number or (plate and one.plate_number == plate)]
    if exact or number or plate:
        return exact
    if tails := [one for one in policies if one.number[-_TAIL:] in words]:
        return tails
    code = turn.context.knowledge.find_product(text)
    return [one for one in policies if one.product_code == code]


def title(policy: Policy) -> str:
    """安心守护重大疾病保险（2026版） P2024****0001, as it stands on buttons and in summaries."""
    return phrase("policy_title", product=short_name(policy), number=mask_policy(policy.number))


def short_name(policy: Policy) -> str:
    """The product's everyday name."""
    aliases = policy.product.aliases
    return aliases[0] if aliases else policy.product.name
