"""What is due, until when a late payment keeps the cover, how to pay, and what went wrong with a debit."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import policy_choice, which_kind, written
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
    premiums_paid,
)

LISTED = 4


@dataclass(frozen=True)
class Dues:
    """Sentences on what is to be paid: what is late first, then what has lapsed, then what falls due."""

    late: list[str]
    lapsed: list[str]
    coming: list[str]

    @property
    def lines(self) -> list[str]:
        return [*self.late, *self.lapsed, *self.coming][:LISTED]


class CheckPayment(Act):
    name = "action_check_payment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        customer_id = identified(dispatcher, now, heard, VERIFIED if heard.entity("account") else KNOWN)
        if customer_id is None:
            return []
        dues = await _dues(now, heard, customer_id)
        if not dues.lines:
            buttons = [button("my_policies", "check_policy"), human_button()]
            tell(dispatcher, "utter_nothing_due", buttons=buttons)
            return []
        say(dispatcher, "\n".join(dues.lines), buttons=with_way_out(_offers(now, dues)))
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
            say(dispatcher, how, buttons=[button("what_is_due", "check_payment"), human_button()])
            return []
        dues = await _dues(now, heard, customer_id)
        offers = [one for one in _offers(now, dues) if one.payload != payload("pay_premium")]
        say(dispatcher, "\n".join([*dues.lines[:1], how]), buttons=with_way_out(offers))
        return []


class ReportPaymentProblem(Act):
    """A debit that failed or was made twice: what the records show, a person, a complaint."""

    name = "action_report_payment_problem"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        customer_id = identified(dispatcher, now, heard)
        if customer_id is None:
            return []
        policies = {policy.id: policy for policy in await policies_of(now.session, customer_id)}
        dues = await _dues(now, heard, customer_id)
        events = [
            event
            for event in await premium_events_of(now.session, customer_id)
            if not (dues.late and event.kind is PremiumEventKind.DEBIT_FAILED)
        ]
        lines = [*(_event(now, event, policies[event.policy_id]) for event in events[:LISTED]), *dues.late]
        more = [button("complain", "file_complaint"), human_button()]
        refund = [which_kind.starts(kind) for kind in now.context.services.offered_by.get(heard.intent, ())]
        if not lines:
            tell(dispatcher, "utter_no_payment_problem", buttons=[*refund, *more])
            return []
        pay = [button("pay", "pay_premium")] if dues.late else []
        twice = any(event.kind is PremiumEventKind.CHARGED_TWICE for event in events)
        say(dispatcher, "\n".join(lines), buttons=[*pay, *(refund if twice else []), *more])
        return []


def _offers(now: Turn, dues: Dues) -> list[Button]:
    offers: list[Button] = []
    if dues.late:
        offers.append(button("pay", "pay_premium"))
    if dues.lapsed:
        offers.append(button("reinstate", "request_reinstatement"))
    if now.identity.level < VERIFIED and dues.coming:
        offers.append(button("account", "check_payment", account="show"))
    return offers


async def _dues(now: Turn, heard: Heard, customer_id: str) -> Dues:
    """What the customer has to pay, on the policies that were named or on all they hold."""
    policies = {policy.id: policy for policy in await policies_of(now.session, customer_id)}
    named = policy_choice.meant(list(policies.values()), heard.entity("policy_number") or heard.words, now)
    wanted = {policy.id for policy in named or policies.values() if policy.holder_id == customer_id}
    due = [one for one in await premiums_next(now.session, customer_id, now.today) if one.policy_id in wanted]

    async def sentences(late: bool) -> list[str]:
        chosen = [one for one in due if one.overdue(now.today) is late]
        return [
            _sentence(now, one, policy_choice.short_name(policies[one.policy_id]))
            + ("" if late else await _paid_before(now, one, policies[one.policy_id]))
            for one in chosen
        ]

    lapsed = [
        _lapsed(now, policy)
        for policy in policies.values()
        if policy.id in wanted and policy.state is PolicyState.LAPSED
    ]
    return Dues(late=await sentences(True), lapsed=lapsed, coming=await sentences(False))


async def _paid_before(now: Turn, due: NextPremium, policy: Policy) -> str:
    """That the instalment before the next one was paid, and when it was due."""
    paid = await premiums_paid(now.session, policy, limit=1) if due.kind is NextKind.PREMIUM else []
    return phrase("due_paid_before", on=written.day_of_year(paid[0].due_on, now.today)) if paid else ""


def _sentence(now: Turn, due: NextPremium, product: str) -> str:
    policy = phrase("policy_title", product=product, number=mask_policy(due.policy_number))
    on = written.day_of_year(due.due_on, now.today)
    if due.kind is NextKind.RENEWAL or due.amount is None:
        name = "due_renewal_auto" if due.debited else "due_renewal"
        return phrase(name, policy=policy, on=on, last=written.money(due.last_amount))
    amount = written.money(due.amount)
    if due.overdue(now.today) and due.grace_ends_on is not None:
        why = phrase("due_why", reason=due.unpaid_reason.rpartition("-")[2]) if due.unpaid_reason else ""
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
        reason=phrase("event_why", reason=event.reason) if event.reason else "",
    )
