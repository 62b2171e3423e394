"""What is due, until when a late payment keeps the cover, how to pay, and what went wrong with a debit."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import policy_choice, written
from actions.act import Act
from actions.heard import Heard
from actions.own_records import KNOWN, VERIFIED, identified
from actions.speech import button, human_button, payload, phrase, say, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from records.masking import mask_policy
from records.policies import Policy, PolicyState, policies_of
from records.premiums import (
    NextKind,
    NextPremium,
    PremiumEvent,
    PremiumEventKind,
    premium_events_of,
    premiums_next,
)

LISTED = 3


class CheckPayment(Act):
    name = "action_check_payment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        customer_id = identified(dispatcher, now, heard, VERIFIED if heard.entity("account") else KNOWN)
        if customer_id is None:
            return []
        lines, overdue = await _due(now, heard, customer_id)
        if not lines:
            tell(
                dispatcher,
                "utter_nothing_due",
                buttons=[button("my_policies", "check_policy"), human_button()],
            )
            return []
        buttons: list[Button] = []
        if overdue:
            buttons.append(button("pay", "pay_premium"))
        if now.identity.level < VERIFIED:
            buttons.append(Button(phrase("button_account"), payload("check_payment", account="show")))
        say(dispatcher, "\n".join(lines), buttons=with_way_out(buttons))
        return []


class PayPremium(Act):
    """Says honestly how to pay: there is no payment in this chat and no link is ever made up."""

    name = "action_pay_premium"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        how = phrase("utter_how_to_pay")
        customer_id = now.identity.customer_id
        if customer_id is None or now.identity.level < KNOWN:
            say(dispatcher, how, buttons=with_way_out([button("what_is_due", "check_payment")]))
            return []
        lines, _ = await _due(now, heard, customer_id)
        say(
            dispatcher,
            "\n".join([*lines[:1], how]),
            buttons=[button("what_is_due", "check_payment"), human_button()],
        )
        return []


class ReportPaymentProblem(Act):
    """A debit that failed or was made twice: says what our records show, and leads to a person or a complaint."""

    name = "action_report_payment_problem"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        customer_id = identified(dispatcher, now, heard)
        if customer_id is None:
            return []
        policies = {policy.id: policy for policy in await policies_of(now.session, customer_id)}
        events = await premium_events_of(now.session, customer_id)
        lines = [_event(now, event, policies[event.policy_id]) for event in events[:LISTED]]
        buttons = [button("pay", "pay_premium"), button("complain", "file_complaint"), human_button()]
        if not lines:
            tell(dispatcher, "utter_no_payment_problem", buttons=buttons[1:])
            return []
        due, _ = await _due(now, heard, customer_id, overdue_only=True)
        say(dispatcher, "\n".join([*lines, *due]), buttons=buttons)
        return []


async def _due(
    now: Turn, heard: Heard, customer_id: str, *, overdue_only: bool = False
) -> tuple[list[str], bool]:
    """One sentence for each premium due or policy lapsed, and whether any payment is late."""
    policies = await policies_of(now.session, customer_id)
    named = policy_choice.meant(policies, heard.entity("policy_number") or heard.words, now)
    wanted = {policy.id for policy in named or policies}
    due = [one for one in await premiums_next(now.session, customer_id, now.today) if one.policy_id in wanted]
    late = [one for one in due if one.overdue(now.today)]
    lapsed = [
        policy
        for policy in policies
        if policy.id in wanted and policy.state is PolicyState.LAPSED and policy.holder_id == customer_id
    ]
    chosen: Sequence[NextPremium] = (
        late if overdue_only else [*late, *(one for one in due if one not in late)]
    )
    names = {policy.id: policy_choice.short_name(policy) for policy in policies}
    lines = [_sentence(now, one, names[one.policy_id]) for one in chosen]
    lines += [_lapsed(now, policy) for policy in lapsed]
    return lines[:LISTED], bool(late or lapsed)


def _sentence(now: Turn, due: NextPremium, product: str) -> str:
    policy = phrase("policy_title", product=product, number=mask_policy(due.policy_number))
    on = written.day_of_year(due.due_on, now.today)
    if due.kind is NextKind.RENEWAL or due.amount is None:
        name = "due_renewal_auto" if due.debited else "due_renewal"
        return phrase(name, policy=policy, on=on, last=written.money(due.last_amount))
    amount = written.money(due.amount)
    if due.overdue(now.today) and due.grace_ends_on is not None:
        why = phrase("due_why", reason=due.unpaid_reason) if due.unpaid_reason else ""
        until = written.day_of_year(due.grace_ends_on, now.today)
        return phrase("due_grace", policy=policy, on=on, amount=amount, why=why, until=until)
    if not due.debited:
        return phrase("due_by_hand", policy=policy, on=on, amount=amount)
    tail = now.identity.level >= VERIFIED and due.account_tail
    account = phrase("due_account", tail=due.account_tail) if tail else phrase("due_account_hidden")
    return phrase("due_debit", policy=policy, on=on, amount=amount, account=account)


def _lapsed(now: Turn, policy: Policy) -> str:
    if policy.lapsed_on is None or policy.reinstatement_until is None:
        return phrase("due_lapsed_plain", policy=policy_choice.title(policy))
    over = policy.reinstatement_until < now.today
    return phrase(
        "due_lapsed_over" if over else "due_lapsed",
        policy=policy_choice.title(policy),
        days=(now.today - policy.lapsed_on).days,
        until=written.day(policy.reinstatement_until),
    )


def _event(now: Turn, event: PremiumEvent, policy: Policy) -> str:
    names = {
        PremiumEventKind.DEBIT_FAILED: "event_debit_failed",
        PremiumEventKind.CHARGED_TWICE: "event_charged_twice",
        PremiumEventKind.WRONG_AMOUNT: "event_wrong_amount",
        PremiumEventKind.REFUNDED: "event_refunded",
    }
    return phrase(
        names[event.kind],
        policy=policy_choice.title(policy),
        on=written.day_of_year(event.happened_on, now.today),
        amount=written.money(event.amount),
        reason=phrase("due_why", reason=event.reason) if event.reason else "",
    )
