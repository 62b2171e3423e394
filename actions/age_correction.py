"""What a corrected birth date or sex of the insured does to the premium, by the product's published rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.policy_facts import Facts, age, born_on
from actions.turn import Turn
from knowledge.rates import Person, Rates
from records import customers
from records.policies import Policy
from records.products import MONTHS_BETWEEN

MALE, FEMALE = "男", "女"
_WORDS = {"male": MALE, "female": FEMALE}
_MONTHS = 12


async def corrected_premium(turn: Turn, policy: Policy, answers: Facts) -> Decimal | None:
    """One instalment with the birth date or sex answered; None when neither was, or the rates do not tell."""
    birth, sex = answers.get("birth_date"), answers.get("sex")
    insured = await customers.customer(turn.session, policy.insured_id)
    months = MONTHS_BETWEEN.get(policy.frequency)
    rates = Rates.load(turn.context.rates / f"{policy.product_code}.yml")
    born = born_on(insured.id_number) if insured is not None else None
    if insured is None or born is None or rates is None or months is None or policy.sum_insured is None:
        return None
    if not isinstance(birth, date) and not isinstance(sex, str):
        return None
    told = Person(MALE if int(insured.id_number[16]) % 2 else FEMALE, age(born, policy.effective_on))
    true = Person(
        _WORDS.get(str(sex), told.sex),
        age(birth, policy.effective_on) if isinstance(birth, date) else told.age,
    )
    yearly = policy.premium * _MONTHS / months
    corrected = rates.corrected(yearly, policy.sum_insured, told, true)
    return None if corrected is None else corrected * months / _MONTHS
