"""Where the customer's own claims, requests and complaints stand, in plain words with the next step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import offers, policy_choice, written
from actions.act import Act
from actions.heard import Heard
from actions.own_records import VERIFIED, identified
from actions.speech import button, command, phrase, say, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from records import identity
from records.claims import (
    Claim,
    ClaimReport,
    ReportState,
    claims_of,
    report_by_number,
    reports_in,
    reports_of,
)
from records.complaints import Complaint, complaint_by_number, complaints_in, complaints_of
from records.numbers import NumberKind, tidy_number
from records.requests import ServiceRequest, request_by_number, requests_in, requests_of
from records.words import state_means, state_text

LISTED = 3
WITHDRAW = "withdraw"
"""Command of the button that takes back a request or complaint; the gateway obeys it."""


class CheckClaim(Act):
    name = "action_check_claim"
    intent = "check_claim"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        here = await reports_in(now.session, now.conversation_id)
        followed = [await report_by_number(now.session, number) for number in await _followed(now)]
        found = {report.number: _report(report) for report in [*here, *followed] if report is not None}
        if not _may_see(dispatcher, now, heard, found):
            return []
        customer_id = now.identity.customer_id
        more = [button("report_claim", "report_claim")]
        if customer_id is not None:
            reports = await reports_of(now.session, customer_id)
            claims = await claims_of(now.session, customer_id)
            more = [*offers.answers_to(now, self.intent, [claim.state for claim in claims]), *more]
            found |= {one.number: _report(one) for one in reports if one.state is not ReportState.OPENED}
            found |= {one.number: _claim(now, one) for one in claims}
        _tell(dispatcher, heard, found, "utter_no_claims", more)
        return []


class CheckRequest(Act):
    name = "action_check_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        if _named(heard).startswith(NumberKind.COMPLAINT):
            await _complaints(dispatcher, now, heard)
            return []
        followed = [await request_by_number(now.session, number) for number in await _followed(now)]
        registered = await requests_in(now.session, now.conversation_id)
        here = [*registered, *filter(None, followed)]
        if not _may_see(dispatcher, now, heard, [one.number or "" for one in here]):
            return []
        customer_id = now.identity.customer_id
        own = await requests_of(now.session, customer_id) if customer_id is not None else []
        found = {one.number or "": _request(now, one) for one in [*here, *own]}
        ends = [one for one in [*registered, *own] if one.withdrawable]
        withdraw = {one.number or "": _withdraw("request", one.number or "") for one in ends}
        _tell(dispatcher, heard, found, "utter_no_requests", [], withdraw)
        return []


class CheckComplaint(Act):
    name = "action_check_complaint"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        await _complaints(dispatcher, now, heard)
        return []


async def _complaints(dispatcher: CollectingDispatcher, now: Turn, heard: Heard) -> None:
    followed = [await complaint_by_number(now.session, number) for number in await _followed(now)]
    registered = await complaints_in(now.session, now.conversation_id)
    here = [*registered, *filter(None, followed)]
    if not _may_see(dispatcher, now, heard, [one.number for one in here]):
        return
    customer_id = now.identity.customer_id
    own = await complaints_of(now.session, customer_id) if customer_id is not None else []
    found = {one.number: _complaint(now, one) for one in [*here, *own]}
    ends = [one for one in [*registered, *own] if one.withdrawable]
    withdraw = {one.number: _withdraw("complaint", one.number) for one in ends}
    _tell(dispatcher, heard, found, "utter_no_complaints", [button("complain", "file_complaint")], withdraw)


def _withdraw(what: str, number: str) -> Button:
    return Button(phrase(f"button_withdraw_{what}"), command(WITHDRAW, number))


def _may_see(dispatcher: CollectingDispatcher, now: Turn, heard: Heard, here: Collection[str]) -> bool:
    """Whether to go on; else the identity step was asked for.

    What was registered in this very conversation, or followed from it by a code to its phone, needs none.
    """
    number = _named(heard)
    if now.identity.customer_id is None and any(own.endswith(number) for own in here):
        return True
    return identified(dispatcher, now, heard) is not None


async def _followed(now: Turn) -> list[str]:
    """The matters whose phone was proven in this conversation a short while ago."""
    since = now.now - timedelta(minutes=now.context.settings.verified_idle_minutes)
    return await identity.opened_tickets(now.session, now.conversation_id, since)


def _named(heard: Heard) -> str:
    """The number, or its tail, that the message names; '' without one."""
    return tidy_number(heard.entity("request_number") or heard.entity("claim_number") or "")


def _tell(
    dispatcher: CollectingDispatcher,
    heard: Heard,
    found: Mapping[str, str],
    nothing: str,
    buttons: Sequence[Button],
    withdraw: Mapping[str, Button] | None = None,
) -> None:
    """Tells the one named, else the newest few; another person's number looks like one that never was.

    One alone may be taken back with its button of `withdraw`.
    """
    number = _named(heard)
    told = {own: text for own, text in found.items() if own.endswith(number)}
    if number and not told:
        tell(dispatcher, "utter_number_not_yours", buttons=with_way_out(buttons))
        return
    if not told:
        tell(dispatcher, nothing, buttons=with_way_out(buttons))
        return
    back = [(withdraw or {}).get(own) for own in told] if len(told) == 1 else []
    say(
        dispatcher,
        "\n".join(list(told.values())[:LISTED]),
        buttons=with_way_out([*filter(None, back), *buttons]),
    )


def _claim(now: Turn, claim: Claim) -> str:
    text = phrase(
        "progress_claim",
        number=claim.number,
        kind=claim.kind,
        policy=policy_choice.short_name(claim.policy),
        state=state_text(claim.state),
        means=state_means(claim.state),
    )
    return text + _missing(claim.missing) + _outcome(now, claim)


def _outcome(now: Turn, claim: Claim) -> str:
    """What was decided: the reason, and the amount for a verified customer."""
    parts = ""
    if claim.amount is not None and now.identity.level >= VERIFIED:
        parts += phrase("progress_amount", amount=written.money(claim.amount))
    if claim.paid_on is not None:
        parts += phrase("progress_paid_on", on=written.day_of_year(claim.paid_on, now.today))
    if claim.reason:
        parts += phrase("progress_reason", reason=claim.reason)
    return parts


def _report(report: ClaimReport) -> str:
    return phrase(
        "progress_report",
        number=report.number,
        state=state_text(report.state),
        means=state_means(report.state),
    )


def _request(now: Turn, request: ServiceRequest) -> str:
    text = phrase(
        "progress_request",
        number=request.number or "",
        title=now.context.services.title(request.kind),
        state=state_text(request.state),
        means=state_means(request.state),
    )
    due = (
        phrase("progress_due", due=written.day_of_year(request.due_on, now.today))
        if request.due_on and request.open
        else ""
    )
    return text + _missing(request.missing) + due


def _complaint(now: Turn, complaint: Complaint) -> str:
    text = phrase(
        "progress_complaint",
        number=complaint.number,
        category=state_text(complaint.category),
        state=state_text(complaint.state),
        means=state_means(complaint.state),
    )
    if complaint.open:
        return text + phrase("progress_complaint_due", due=written.day_of_year(complaint.due_on, now.today))
    return text


def _missing(papers: Sequence[str]) -> str:
    return phrase("progress_missing", papers="、".join(papers)) if papers else ""
