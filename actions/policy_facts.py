"""The facts of an own policy that service files reckon with; `knowledge/facts.py` says what each means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from actions.speech import phrase
from actions.turn import Turn
from knowledge.expressions import Value
from records.calendar import add_years
from records.claims import DECIDED, Claim, ClaimState, claims_on
from records.masking import valid_id
from records.policies import Policy
from records.products import MONTHS_BETWEEN, PROPERTY_LINES, Frequency
from records.words import state_text

Facts = dict[str, Value]
DEATH = "身故"
_DAYS_OF_YEAR = Decimal(365)
_MONTHS = 12


async def facts_of(turn: Turn, policies: Sequence[Policy]) -> dict[int, Facts]:
    """The facts of each of these policies of the customer, by the policy's id; unknown ones are left out."""
    claims = await claims_on(turn.session, [policy.id for policy in policies])
    settings = settings_of(turn)
    return {
        policy.id: settings
        | _facts(turn, policy, [claim for claim in claims if claim.policy_id == policy.id])
        for policy in policies
    }


def settings_of(turn: Turn) -> Facts:
    """The insurer's numbers that formulas may name, and the day."""
    numbers: Facts = {
        name: Decimal(str(value)) for name, value in turn.context.settings if isinstance(value, int | Decimal)
    }
    return {**numbers, "today": turn.today}


def _facts(turn: Turn, policy: Policy, claims: Collection[Claim]) -> Facts:
    known = {
        **_kind(turn, policy),
        **_money(turn, policy),
        **_days(policy, turn.today),
        **_claims(claims),
    }
    return {name: value for name, value in known.items() if value is not None}


def _kind(turn: Turn, policy: Policy) -> dict[str, Value | None]:
    product = policy.product
    youngest, oldest = product.ages or (None, None)
    words = "、".join(state_text(Frequency(one)) for one in product.frequencies)
    held = policy.holder_id == turn.identity.customer_id
    return {
        "state": policy.state.value,
        "line": product.line.value,
        "product": product.code,
        "product_name": product.aliases[0] if product.aliases else product.name,
        "riders": _riders(turn, product.code),
        "role": "holder" if held else "insured",
        "insured_other": "no" if policy.holder_id == policy.insured_id else "yes",
        "frequency": policy.frequency.value,
        "frequencies": words,
        "frequency_codes": f" {' '.join(product.frequencies)} ",
        "frequency_count": Decimal(len(product.frequencies)),
        "renewal": policy.renewal.value if policy.renewal else None,
        "loanable": "yes" if product.policy_loan else "no",
        "benefit_line": "no" if product.line in PROPERTY_LINES else "yes",
        "account_tail": policy.account_tail,
        "youngest": _number(youngest),
        "oldest": _number(oldest),
    }


def _riders(turn: Turn, code: str) -> str:
    knowledge = turn.context.knowledge
    titles = knowledge.riders(code, turn.today) if code in knowledge.products else []
    return phrase("riders_fitting", titles="、".join(titles)) if titles else phrase("riders_none")


def _money(turn: Turn, policy: Policy) -> dict[str, Value | None]:
    months = MONTHS_BETWEEN.get(policy.frequency)
    loan = policy.loan or Decimal(0)
    interest = Decimal(0)
    if policy.loan_on is not None and policy.loan_rate is not None:
        interest = loan * policy.loan_rate * (turn.today - policy.loan_on).days / _DAYS_OF_YEAR
    return {
        "premium": policy.premium,
        "yearly_premium": policy.premium * _MONTHS / months if months else None,
        "sum_insured": policy.sum_insured,
        "cash_value": policy.cash_value,
        "loan_limit": _loan_limit(turn, policy, loan + interest),
        "loan": loan,
        "loan_interest": interest,
        "dividends": policy.dividends or Decimal(0),
        "payout": policy.payout or Decimal(0),
        "arrears": _arrears(policy, turn.today),
    }


def _loan_limit(turn: Turn, policy: Policy, owed: Decimal) -> Decimal | None:
    """What may be lent on top of what is owed, in whole yuan."""
    if policy.cash_value is None:
        return None
    share = turn.context.settings.policy_loan_share
    return ((policy.cash_value - owed) * share).quantize(Decimal(1), ROUND_DOWN)


def _arrears(policy: Policy, today: date) -> Decimal | None:
    """The instalments missed since the first one that was not paid, that one included."""
    months = MONTHS_BETWEEN.get(policy.frequency)
    since = policy.unpaid_since
    if since is None or months is None:
        return None
    passed = (today.year - since.year) * _MONTHS + today.month - since.month - (today.day < since.day)
    return policy.premium * (1 + passed // months)


def _days(policy: Policy, today: date) -> dict[str, Value | None]:
    ends, due, lapsed = policy.expires_on, policy.next_due, policy.lapsed_on
    return {
        "effective_on": policy.effective_on,
        "expires_on": ends,
        "next_due": due,
        "next_payout": policy.next_payout,
        "anniversary": anniversary(policy.effective_on, today),
        "cooling_off_until": policy.cooling_off_ends_on,
        "lapsed_on": lapsed,
        "reinstatement_until": policy.reinstatement_until,
        "days_in_force": _between(policy.effective_on, today),
        "days_to_expiry": _between(today, ends),
        "days_to_due": _between(today, due),
        "term_days": _between(policy.effective_on, ends),
        "lapsed_days": _between(lapsed, today),
        "arrears_days": _between(policy.unpaid_since, today),
    }


def anniversary(start: date, today: date) -> date:
    """The next yearly return of a day, today included."""
    this_year = add_years(start, today.year - start.year)
    return this_year if this_year >= today else add_years(start, today.year - start.year + 1)


def age(born: date, on: date) -> int:
    """Whole years of life on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def born_on(id_number: str) -> date | None:
    """The birth date in a valid identity number."""
    try:
        return date.fromisoformat(id_number[6:14]) if valid_id(id_number) else None
    except ValueError:
        return None


def _claims(claims: Iterable[Claim]) -> dict[str, Value | None]:
    found = list(claims)
    return {
        "open_claims": Decimal(sum(claim.state not in DECIDED for claim in found)),
        "death_claims": Decimal(
            sum(DEATH in claim.kind and claim.state is not ClaimState.WITHDRAWN for claim in found)
        ),
        "paid_claims": Decimal(sum(claim.state is ClaimState.PAID for claim in found)),
    }


def _between(start: date | None, end: date | None) -> Decimal | None:
    return Decimal((end - start).days) if start is not None and end is not None else None


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
