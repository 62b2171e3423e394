"""What service files may ask of a policy and of the answers: the names of facts and what each one means.

`actions/policy_facts.py` fills them; `baodan services check` refuses a name that stands nowhere.
"""

from __future__ import annotations

POLICY_FACTS = {
    "state": "state of the policy, a value of PolicyState",
    "line": "line of the product",
    "product": "code of the product",
    "product_name": "everyday name of the product",
    "riders": "sentence with the riders that fit it and whose terms can be asked for, or that there are none",
    "role": "what the customer is to it: holder, or insured",
    "insured_other": "yes when holder and insured are two people, else no",
    "frequency": "how often the premium is paid now",
    "frequencies": "words of the frequencies the product allows",
    "frequency_codes": "values of Frequency the product allows, each between two spaces",
    "frequency_count": "how many these are",
    "renewal": "auto, manual or conditional",
    "premium": "one instalment, yuan",
    "yearly_premium": "the instalments of a year, yuan",
    "sum_insured": "yuan",
    "cash_value": "yuan",
    "loan": "principal of the loan, yuan; 0 without one",
    "loan_limit": "what may still be lent on it, yuan",
    "loan_interest": "interest on the loan up to today, yuan",
    "dividends": "dividends not drawn, yuan",
    "payout": "the next benefit, yuan",
    "next_payout": "its day",
    "effective_on": "first day of cover",
    "expires_on": "last day of a term",
    "anniversary": "the next anniversary of the policy",
    "next_due": "day of the next instalment",
    "cooling_off_until": "last day of the cooling-off period",
    "lapsed_on": "day the cover was suspended",
    "reinstatement_until": "last day to apply for reinstatement",
    "days_in_force": "days since cover began",
    "days_to_expiry": "days left of the term",
    "days_to_due": "days until the next instalment, negative when late",
    "term_days": "days of the whole term",
    "lapsed_days": "days since the lapse",
    "arrears": "instalments not paid since the first one missed, yuan",
    "arrears_days": "days since the first one missed",
    "loanable": "yes when the product lends on its cash value",
    "account_tail": "last four digits of the card premiums are debited from",
    "open_claims": "claims on the policy that are not decided",
    "death_claims": "claims for the insured's death on the policy",
    "paid_claims": "claims on the policy that were paid",
    "benefit_line": "yes for life and health, no for property",
    "youngest": "lowest age the product takes, years",
    "oldest": "highest age the product takes, years",
    "corrected_premium": "instalment by the rates with the birth date or sex answered, yuan",
    "today": "the day of the conversation",
}
ANSWER_FACTS = {
    "_age": "of an identity number or birth date: years today",
    "_factor": "of a choice: the `factor` of the chosen option",
}
"""Endings that make a fact of a field's key."""
