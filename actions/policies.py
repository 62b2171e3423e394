"""The customer's own policies: a list with masked numbers when known, details when verified."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import policy_choice, written
from actions.act import Act
from actions.answer import PRODUCT_SLOT
from actions.heard import Heard
from actions.own_records import VERIFIED, identified
from actions.reading import read_policy_number
from actions.speech import button, human_button, payload, phrase, say, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from records.policies import Policy, PolicyState, policies_of, policy_detail
from records.words import state_means, state_text

LISTED = 5


class CheckPolicy(Act):
    name = "action_check_policy"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        customer_id = identified(dispatcher, now, heard)
        if customer_id is None:
            return []
        policies = await policies_of(now.session, customer_id)
        number = heard.entity("policy_number") or read_policy_number(heard.words)
        chosen = policy_choice.meant(policies, number or heard.words, now)
        if number and not chosen:
            tell(
                dispatcher,
                "utter_policy_not_yours",
                buttons=[button("my_policies", "check_policy"), human_button()],
            )
        elif len(chosen) == 1:
            return await _detail(dispatcher, now, heard, customer_id, chosen[0])
        else:
            _list(dispatcher, now, chosen or policies)
        return []


def _list(dispatcher: CollectingDispatcher, now: Turn, policies: Sequence[Policy]) -> None:
    if not policies:
        tell(dispatcher, "utter_no_policies", buttons=[human_button()])
        return
    lines = [phrase("utter_policies", count=len(policies))]
    lines += [_line(now, policy) for policy in policies[:LISTED]]
    if len(policies) > LISTED:
        lines.append(phrase("policies_more", count=len(policies) - LISTED))
    buttons = [_detail_button(policy) for policy in policies]
    say(dispatcher, "\n".join(lines), buttons=with_way_out(buttons))


def _line(now: Turn, policy: Policy) -> str:
    when = _when(now, policy)
    return phrase(
        "policy_line",
        policy=policy_choice.title(policy),
        state=state_text(policy.state),
        when=phrase("policy_when", when=when) if when else "",
    )


def _when(now: Turn, policy: Policy) -> str:
    """The date that matters most in the policy's state."""
    match policy.state:
        case PolicyState.GRACE if policy.grace_ends_on:
            return phrase("when_grace", until=written.day_of_year(policy.grace_ends_on, now.today))
        case PolicyState.LAPSED if policy.lapsed_on:
            return phrase("when_lapsed", days=(now.today - policy.lapsed_on).days)
        case PolicyState.COOLING_OFF if policy.cooling_off_ends_on:
            return phrase(
                "when_cooling_off", until=written.day_of_year(policy.cooling_off_ends_on, now.today)
            )
        case PolicyState.TERMINATED if policy.terminated_on:
            return phrase("when_terminated", on=written.day_of_year(policy.terminated_on, now.today))
    if policy.next_due:
        return phrase("when_due", on=written.day_of_year(policy.next_due, now.today))
    if policy.expires_on:
        return phrase("when_expires", on=written.day_of_year(policy.expires_on, now.today))
    return ""


def _detail_button(policy: Policy) -> Button:
    title = phrase("button_policy_detail", product=policy_choice.short_name(policy), tail=policy.number[-4:])
    return Button(title, payload("check_policy", policy_number=policy.number))


async def _detail(
    dispatcher: CollectingDispatcher, now: Turn, heard: Heard, customer_id: str, policy: Policy
) -> list[EventType]:
    if identified(dispatcher, now, heard, VERIFIED) is None:
        return []
    full = await policy_detail(now.session, customer_id, policy.number)
    if full is None:
        raise LookupError("An own policy of this turn could not be read again.")
    lines = [
        phrase("detail_head", product=full.product.name, number=full.number),
        phrase("detail_state", state=state_text(full.state), means=state_means(full.state)),
        *_facts(now, full),
    ]
    say(dispatcher, "\n".join(lines), buttons=with_way_out(_next_steps(full)))
    return [SlotSet(PRODUCT_SLOT, full.product_code)]


def _facts(now: Turn, policy: Policy) -> list[str]:
    facts = [phrase("detail_people", holder=policy.holder.name, insured=policy.insured.name)]
    covers = [phrase("detail_from", on=written.day(policy.effective_on))]
    if policy.sum_insured:
        covers.insert(0, phrase("detail_sum", amount=written.money(policy.sum_insured)))
    if when := _when(now, policy):
        covers.append(when)
    facts.append(phrase("detail_covers", parts="，".join(covers)))
    if policy.premium:
        tail = phrase("detail_account", tail=policy.account_tail) if policy.account_tail else ""
        facts.append(
            phrase("detail_premium", amount=written.money(policy.premium), often=state_text(policy.frequency))
            + tail
        )
    if policy.parties:
        named = "、".join(
            f"{party.name}（{party.relation}）{party.share.normalize():f}%" for party in policy.parties
        )
        facts.append(phrase("detail_beneficiaries", people=named))
    return facts


def _next_steps(policy: Policy) -> list[Button]:
    product = policy.product_code
    steps = [button("coverage", "ask_coverage", product=product)]
    if policy.state is PolicyState.LAPSED:
        steps.insert(0, button("reinstate", "request_reinstatement", policy_number=policy.number))
    elif policy.next_due:
        steps.insert(0, button("payments", "check_payment", policy_number=policy.number))
    return [*steps, button("report_claim", "report_claim", policy_number=policy.number)]
