"""Where the customer's own applications stand: what each state means, what is missing, what to decide."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import offers, written
from actions.act import Act
from actions.heard import Heard
from actions.own_records import KNOWN, VERIFIED, identified
from actions.speech import button, phrase, say, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from records.applications import Application, applications_of
from records.numbers import tidy_number
from records.words import state_means, state_text

LISTED = 3


class CheckUnderwriting(Act):
    name = "action_check_underwriting"
    intent = "check_underwriting"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        customer_id = identified(dispatcher, now, heard, VERIFIED if heard.entity("account") else KNOWN)
        if customer_id is None:
            return []
        own = await applications_of(now.session, customer_id)
        number = tidy_number(heard.entity("request_number") or "")
        named = [one for one in own if number and one.number.endswith(number)]
        if number and not named:
            tell(dispatcher, "utter_number_not_yours", buttons=with_way_out([]))
        elif not own:
            tell(dispatcher, "utter_no_applications", buttons=with_way_out([]))
        else:
            shown = (named or own)[:LISTED]
            lines = [_application(now, one) for one in shown]
            say(dispatcher, "\n".join(lines), buttons=with_way_out(_next_steps(now, shown)))
        return []


def _application(now: Turn, application: Application) -> str:
    text = phrase(
        "progress_application",
        product=application.product.name,
        number=application.number,
        state=state_text(application.state),
        means=state_means(application.state),
    )
    return text + _terms(now, application)


def _terms(now: Turn, application: Application) -> str:
    """What is missing, on which terms it is offered and why; health reasons only for a verified customer."""
    parts = ""
    if application.asked_for:
        parts += phrase("progress_missing", papers="、".join(application.asked_for))
    if application.loading_percent is not None:
        parts += phrase("terms_loading", percent=application.loading_percent)
    if now.identity.level >= VERIFIED:
        if application.exclusion:
            parts += phrase("terms_exclusion", exclusion=application.exclusion)
        if application.reason:
            parts += phrase("progress_reason", reason=application.reason)
    if application.answer_by is not None:
        parts += phrase("terms_answer_by", by=written.day_of_year(application.answer_by, now.today))
    return parts


def _next_steps(now: Turn, applications: list[Application]) -> list[Button]:
    steps = offers.answers_to(now, CheckUnderwriting.intent, [one.state for one in applications])
    hidden = any(one.exclusion or one.reason for one in applications) and now.identity.level < VERIFIED
    return [*steps, *([button("why", "check_underwriting", account="show")] if hidden else [])]
