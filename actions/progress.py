"""Where the customer's own claims, requests and complaints stand, in plain words with the next step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import offers, policy_choice, written
from actions.act import Act
from actions.heard import Heard
from actions.own_records import VERIFIED, identified
from actions.speech import button, phrase, say, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from records.claims import Claim, ClaimReport, ReportState, claims_of, reports_in, reports_of
from records.complaints import Complaint, complaints_in, complaints_of
from records.numbers import NumberKind, tidy_number
from records.requests import ServiceRequest, requests_in, requests_of
from records.words import state_means, state_text

LISTED = 3


class CheckClaim(Act):
    name = "action_check_claim"
    intent = "check_claim"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        found = {
            report.number: _report(report) for report in await reports_in(now.session, now.conversation_id)
        }
        customer_id = _who(dispatcher, now, heard, found)
        if customer_id is None and not found:
            return []
        more = [button("report_claim", "report_claim")]
        if customer_id is not None:
            reports = await reports_of(now.session, customer_id)
            claims = await claims_of(now.session, customer_id)
            more = [*offers.answers_to(now, self.intent, [claim.state for claim in claims]), *more]
            found |= {one.number: _report(one) for one in reports if one.state is not ReportState.OPENED}
            found |= {one.number: _claim(now, one) for one in claims}
        _tell(
            dispatcher,
            heard,
            "claim_number",
            found,
            "utter_no_claims",
            more,
        )
        return []


class CheckRequest(Act):
    name = "action_check_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        if tidy_number(heard.entity("request_number") or "").startswith(NumberKind.COMPLAINT):
            await _complaints(dispatcher, now, heard)
            return []
        here = await requests_in(now.session, now.conversation_id)
        customer_id = _who(dispatcher, now, heard, [one.number or "" for one in here])
        if customer_id is None and not here:
            return []
        own = await requests_of(now.session, customer_id) if customer_id is not None else []
        found = {one.number or "": _request(now, one) for one in [*here, *own]}
        _tell(dispatcher, heard, "request_number", found, "utter_no_requests", [])
        return []


class CheckComplaint(Act):
    name = "action_check_complaint"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        await _complaints(dispatcher, now, heard)
        return []


async def _complaints(dispatcher: CollectingDispatcher, now: Turn, heard: Heard) -> None:
    here = await complaints_in(now.session, now.conversation_id)
    customer_id = _who(dispatcher, now, heard, [one.number for one in here])
    if customer_id is None and not here:
        return
    own = await complaints_of(now.session, customer_id) if customer_id is not None else []
    found = {one.number: _complaint(now, one) for one in [*here, *own]}
    _tell(
        dispatcher,
        heard,
        "request_number",
        found,
        "utter_no_complaints",
        [button("complain", "file_complaint")],
    )


def _who(dispatcher: CollectingDispatcher, now: Turn, heard: Heard, here: Collection[str]) -> str | None:
    """The customer, if known. What was registered in this very conversation needs no identity step."""
    if now.identity.customer_id is None and here:
        return None
    return identified(dispatcher, now, heard)


def _tell(
    dispatcher: CollectingDispatcher,
    heard: Heard,
    entity: str,
    found: Mapping[str, str],
    nothing: str,
    buttons: Sequence[Button],
) -> None:
    """Tells the one named, else the newest few; another person's number looks like one that never was."""
    number = tidy_number(heard.entity(entity) or "")
    named = [text for own, text in found.items() if number and own.endswith(number)]
    if number and not named:
        tell(dispatcher, "utter_number_not_yours", buttons=with_way_out(buttons))
        return
    texts = named or list(found.values())
    if not texts:
        tell(dispatcher, nothing, buttons=with_way_out(buttons))
        return
    say(dispatcher, "\n".join(texts[:LISTED]), buttons=with_way_out(buttons))


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
