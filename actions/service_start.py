"""Starts a service, resumes one that was left, and stops.

What the customer's first sentence already says is taken from it. A kind that needs an identity waits for
it; what was understood travels with the identity step, so that nothing has to be said twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answer, drafts, phone_proof, policy_choice, policy_figures, questions
from actions.act import Act
from actions.answers import typed_value
from actions.drafts import DONE, Draft
from actions.heard import SAID, Heard
from actions.reading import read_plate, read_policy_number, tidy
from actions.service_form import FORM
from actions.speech import button, human_button, payload, phrase, say, tell
from actions.submission import submit_draft, tell_open
from actions.turn import RequireIdentity, Turn
from knowledge.answers import Answer, Button
from knowledge.catalogue import FieldType, Record, ServiceField, ServiceKind, fill
from records import claims
from records.policies import Policy
from records.request_steps import create_draft
from records.requests import RequestState

START = "start"
"""Entity of a button that begins a kind whose rules were explained first."""
MIN_SUBSTANCE = 4
MAX_SAID = 200
_EMPTY_WORDS = re.compile(
    r"你好|您好|请问|麻烦|帮忙|帮我|我想|我要|我|你们?|您|要|想|给|一下|登记|申请|办理|办|报案|投诉|举报|告知|通知|"
    r"风险变更|风险|变更|理赔|有个?|事情?|的|了|吗|呢|啊|吧|呀|怎么|请|和|就|这|那|，|。|！|？|[,.!?\s]"
)


class StartService(Act):
    name = "action_start_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        kind = _kind(now, heard)
        given = derive(now, kind, heard)
        if kind.explain_first and heard.entity(START) is None:
            await _explain(dispatcher, now, kind, heard)
            return no_form(tracker)
        if (
            kind.record is Record.CLAIM
            and heard.entity(START) is None
            and await _just_reported(dispatcher, now)
        ):
            return no_form(tracker)
        if now.identity.level < kind.level:
            tell(dispatcher, "utter_identity_why_service", title=kind.title)
            entities = (*given.items(), (START, kind.kind), (SAID, heard.words[:MAX_SAID]))
            now.effects.append(RequireIdentity(kind.level, heard.intent, entities))
            return no_form(tracker)
        draft = await begin(dispatcher, now, kind, given, heard)
        return into_form(draft) if draft is not None else no_form(tracker)


class ResumeService(Act):
    """Goes on with a draft that was left: the one a button names, else the newest of the conversation."""

    name = "action_resume_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        named = heard.entity("draft")
        draft = await drafts.load(now, named) if named else await drafts.newest(now)
        if draft is None or draft.request.conversation_id != now.conversation_id:
            tell(dispatcher, "utter_nothing_to_resume", buttons=[human_button()])
            return no_form(tracker)
        return into_form(draft)


class LeaveService(Act):
    """ "算了" while no form is active."""

    name = "action_leave_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        tell(dispatcher, "utter_nothing_to_leave")
        return []


class SubmitService(Act):
    """Follows the end of the form; does something only when the form ended with everything said."""

    name = "action_submit_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        draft = await drafts.load(now, tracker.get_slot("service_draft"))
        if draft is not None and draft.asking == DONE:
            await submit_draft(dispatcher, now, draft)
        return [SlotSet("service_draft", None)]


def into_form(draft: Draft) -> list[EventType]:
    """The form goes on with this draft."""
    return [SlotSet("service_draft", draft.id), SlotSet("service_answer", None), FollowupAction(FORM)]


def no_form(tracker: Tracker) -> list[EventType]:
    """No form because of this action; one that was active before goes on."""
    return [] if tracker.active_loop_name else [FollowupAction("action_listen")]


async def begin(
    dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, given: Mapping[str, str], heard: Heard
) -> Draft | None:
    """A draft of the kind with what is known, or the unfinished one; None when there is nothing to ask.

    Then no policy fits, an open request was told instead, or the draft was complete and is handed in.
    """
    policies: list[Policy] = []
    if field := kind.policy_field:
        policies = await policy_choice.eligible(now, field)
        if not policies:
            say(dispatcher, fill(kind.texts.refused, questions.values(now)), buttons=[human_button()])
            return None
        if named := policy_choice.meant(policies, heard.entity("policy_number") or heard.words, now):
            policies = named
    draft = await _draft(dispatcher, now, kind, policies[0] if len(policies) == 1 else None)
    if draft is None:
        return None
    await _prefill(now, draft, given, heard)
    if draft.next_step() != DONE:
        return draft
    await submit_draft(dispatcher, now, draft, opening=fill(kind.texts.start, questions.values(now)))
    return None


async def _prefill(now: Turn, draft: Draft, given: Mapping[str, str], heard: Heard) -> None:
    if substance(heard.words):
        await draft.add_said(heard.words[:MAX_SAID])
    for key, value in given.items():
        field = draft.kind.field(key)
        if key in draft.answers:
            continue
        if not field.prove:
            await draft.answer(key, value)
        elif await phone_proof.step(now, draft, field, value) is None:
            await draft.ask(key)


def derive(now: Turn, kind: ServiceKind, heard: Heard) -> dict[str, str]:
    """What the first message already answers, by field key; values that came with a button go first."""
    found: dict[str, str] = {}
    for field in kind.fields:
        if not field.applies(found):
            continue
        value = _given(now, field, heard) if heard.is_button else None
        if value is None and field.derive:
            value = _derived(now, field, heard)
        if value is not None:
            found[field.key] = value
    return found


def substance(text: str) -> str:
    """What a sentence says besides that something shall be done."""
    return _EMPTY_WORDS.sub("", tidy(text))


def _given(now: Turn, field: ServiceField, heard: Heard) -> str | None:
    """A value that came with the button, if it is one the field takes."""
    value = heard.entity(field.key)
    if value is None or field.type is FieldType.POLICY:
        return None
    return value if field.option(value) is not None else typed_value(field, value, now.today)


def _derived(now: Turn, field: ServiceField, heard: Heard) -> str | None:
    words = heard.words
    if field.type is FieldType.TEXT:
        if field.key == "policy_number":
            return heard.entity("policy_number") or read_policy_number(words) or read_plate(words)
        return words if len(substance(words)) >= MIN_SUBSTANCE else None
    return typed_value(field, words, now.today)


def _kind(now: Turn, heard: Heard) -> ServiceKind:
    services = now.context.services
    kind = services.by_intent[heard.intent]
    said = " ".join([heard.words, *(value for _, value in heard.entities)])
    if now.identity.level < kind.level:
        for other in kind.instead:
            if other.meant_in(said):
                return services[other.kind]
    return kind


async def _explain(dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, heard: Heard) -> None:
    entities = {START: kind.kind, SAID: heard.words[:MAX_SAID]}
    begin_it = Button(phrase("button_start", title=kind.title), payload(heard.intent, **entities))
    lines = await policy_figures.lines(now, kind)
    product = answer.product_of(now, heard)
    found = now.context.knowledge.answer(heard.intent, product, heard.words, now.today)
    if isinstance(found, Answer):
        answer.explain(dispatcher, now, heard, product=product, more_lines=lines, more_buttons=[begin_it])
        return
    rules = phrase("utter_service_rules", effect=kind.effect, documents="、".join(kind.documents))
    say(dispatcher, "\n".join([rules, *lines]), buttons=[begin_it, human_button()])


async def _just_reported(dispatcher: CollectingDispatcher, now: Turn) -> bool:
    """Whether this conversation reported something within a day; the customer says if this is another."""
    report = await claims.recent_report(now.session, conversation_id=now.conversation_id, now=now.now)
    if report is None or await drafts.newest(now, "report_claim") is not None:
        return False
    another = Button(phrase("button_another_report"), payload("report_claim", **{START: "report_claim"}))
    buttons = [button("claim_progress", "check_claim"), another, human_button()]
    tell(dispatcher, "utter_just_reported", number=report.number, buttons=buttons)
    return True


async def _draft(
    dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, policy: Policy | None
) -> Draft | None:
    """The draft to fill, its only possible policy chosen; None when an open request was told instead."""
    left = await drafts.newest(now, kind.kind)
    if left is not None:
        return left
    request = await create_draft(
        now.session,
        kind=kind.kind,
        conversation_id=now.conversation_id,
        customer_id=now.identity.customer_id,
        policy_id=policy.id if policy else None,
        review=kind.review,
        now=now.now,
    )
    if request.state is not RequestState.DRAFT:
        tell_open(dispatcher, now, request)
        return None
    request.conversation_id = now.conversation_id
    draft = Draft(request, kind, now)
    if policy is not None and (field := kind.policy_field) and field.key not in draft.answers:
        await draft.answer(field.key, policy.number)
    return draft
