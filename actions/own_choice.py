"""Which of the customer's own policies, claims and applications a request may be about, why not others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions import effect, policy_choice
from actions.drafts import Draft
from actions.policy_facts import Facts, facts_of
from actions.reading import read_policy_number
from actions.speech import phrase
from actions.turn import Turn
from knowledge.catalogue import fill
from knowledge.facts import POLICY_FACTS
from knowledge.service_field import FieldType, Rule, ServiceField
from knowledge.service_kind import Applicant, ServiceKind
from records.applications import applications_of
from records.claims import claims_of
from records.policies import Policy, policies_of
from records.request_steps import choose_policy, withdraw
from records.requests import ServiceRequest
from records.words import state_text


@dataclass(frozen=True)
class Refused:
    """An own policy the kind cannot be about, and the rule it breaks; None where state or line do not fit."""

    policy: Policy
    rule: Rule | None
    facts: Facts


@dataclass(frozen=True)
class Choice:
    """The own policies that fit, and those that do not."""

    fitting: Sequence[Policy]
    refused: Sequence[Refused]

    @property
    def held(self) -> list[Policy]:
        return [*self.fitting, *(one.policy for one in self.refused)]


@dataclass(frozen=True)
class Own:
    """One own record to choose: what it reads like, its number, and the policy it belongs to."""

    title: str
    number: str
    policy_id: int | None


async def policies_for(turn: Turn, kind: ServiceKind, field: ServiceField) -> Choice:
    """The customer's policies, by whether the kind may be about them."""
    if turn.identity.customer_id is None:
        return Choice([], [])
    own = await policies_of(turn.session, turn.identity.customer_id)
    held = [policy for policy in own if _may_apply(turn, kind, policy)]
    facts = await facts_of(turn, held)
    fitting: list[Policy] = []
    refused: list[Refused] = []
    for policy in held:
        broken = next((rule for rule in field.rules if not rule.holds.holds(facts[policy.id])), None)
        fits = (not field.states or policy.state in field.states) and (
            not field.lines or policy.product.line in field.lines
        )
        if fits and broken is None:
            fitting.append(policy)
        else:
            refused.append(Refused(policy, broken if fits else None, facts[policy.id]))
    return Choice(fitting, refused)


def _may_apply(turn: Turn, kind: ServiceKind, policy: Policy) -> bool:
    customer = turn.identity.customer_id
    holds = policy.holder_id == customer and Applicant.HOLDER in kind.applicants
    return holds or (policy.insured_id == customer and Applicant.INSURED in kind.applicants)


@dataclass(frozen=True)
class Refusal:
    """Why nothing can be done for a policy, in a sentence; `rule` when one of the file's rules says so."""

    text: str
    rule: Rule | None = None


async def refusal(
    turn: Turn, kind: ServiceKind, field: ServiceField, words: str, *, named_only: bool = False
) -> Refusal | None:
    """Why the own policy the words name does not fit; where they name none and none fits, why none does."""
    choice = await policies_for(turn, kind, field)
    named = policy_choice.meant(choice.held, words, turn)
    if not named and read_policy_number(words):
        return Refusal(phrase("utter_policy_not_yours"))
    if named_only and not named:
        return None
    if choice.fitting and (not named or any(one in choice.fitting for one in named)):
        return None
    ruled = [one for one in choice.refused if one.policy in (named or choice.held)]
    stopped = next((one for one in ruled if one.rule is not None), None)
    if stopped is not None and stopped.rule is not None:
        told = {**turn.context.settings.values(), **effect.texts(stopped.facts)}
        return Refusal(fill(stopped.rule.refused, told), stopped.rule)
    return Refusal(fill(kind.texts.refused, turn.context.settings.values()))


async def no_longer(turn: Turn, draft: Draft) -> str:
    """Why the draft's policy has come to break a rule since it was chosen; the draft is withdrawn then."""
    field = draft.kind.policy_field
    number = draft.answers.get(field.key) if field is not None else None
    if field is None or not number:
        return ""
    broken = await refusal(turn, draft.kind, field, number)
    if broken is None:
        return ""
    await withdraw(turn.session, draft.request, actor="system", now=turn.now, reason="rule_broken")
    return broken.text


async def take(turn: Turn, draft: Draft, field: ServiceField, own: Own) -> ServiceRequest | None:
    """Answers the field with an own record; the request already open for its policy, if there is one."""
    if own.policy_id is not None:
        request = await choose_policy(turn.session, draft.request, own.policy_id, now=turn.now)
        if request.id != draft.request.id:
            return request
        await remember(turn, draft)
    await draft.answer(field.key, own.number)
    return None


async def remember(turn: Turn, draft: Draft) -> None:
    """Keeps with the draft what conditions may ask of its policy."""
    facts = await effect.known(turn, draft)
    told = {name: value for name, value in facts.items() if name in POLICY_FACTS and isinstance(value, str)}
    await draft.remember_facts(told)


async def options(turn: Turn, kind: ServiceKind, field: ServiceField) -> list[Own]:
    """The own records a field may be answered with."""
    customer = turn.identity.customer_id
    if customer is None:
        return []
    match field.type:
        case FieldType.POLICY:
            fitting = (await policies_for(turn, kind, field)).fitting
            return [Own(policy_choice.title(one), one.number, one.id) for one in fitting]
        case FieldType.CLAIM:
            claims = await claims_of(turn.session, customer)
            return [
                Own(phrase("claim_title", kind=one.kind, number=one.number), one.number, one.policy_id)
                for one in claims
                if not field.states or one.state in field.states
            ]
        case _:
            applications = await applications_of(turn.session, customer)
            return [
                Own(
                    phrase("application_title", product=one.product.aliases[0], state=state_text(one.state)),
                    one.number,
                    None,
                )
                for one in applications
                if not field.states or one.state in field.states
            ]


async def chosen(turn: Turn, kind: ServiceKind, field: ServiceField, text: str) -> list[Own]:
    """The options a text may mean: policies by number, tail, plate or product, others by number or tail."""
    found = await options(turn, kind, field)
    if field.type is FieldType.POLICY:
        fitting = (await policies_for(turn, kind, field)).fitting
        meant = {policy.number for policy in policy_choice.meant(fitting, text, turn)}
        return [one for one in found if one.number in meant]
    words = text.strip().upper()
    return [one for one in found if one.number in words or one.number[-4:] in words]
