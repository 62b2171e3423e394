"""Starts a service, resumes one that was left, and stops.

What the customer's first sentence already says is taken from it. A kind that needs an identity waits for
it; what was understood travels with the identity step, so that nothing has to be said twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    answer,
    drafts,
    effect,
    first_words,
    own_choice,
    phone_proof,
    policy_figures,
    questions,
    which_kind,
)
from actions.act import Act
from actions.drafts import DONE, Draft
from actions.heard import SAID, START, Heard
from actions.reading import asks
from actions.service_form import FORM
from actions.speech import button, human_button, payload, phrase, say, tell
from actions.submission import submit_draft, tell_open
from actions.turn import CallBack, RequireIdentity, Turn
from knowledge.answers import Answer, Button
from knowledge.catalogue import fill
from knowledge.service_field import FieldType, ServiceField
from knowledge.service_kind import Explains, Record, ServiceKind
from records import claims
from records.request_steps import create_draft
from records.requests import RequestState

_NUMBERS = {
    FieldType.POLICY: "policy_number",
    FieldType.CLAIM: "claim_number",
    FieldType.APPLICATION: "request_number",
}
"""The entity that names a record of each type."""


class StartService(Act):
    name = "action_start_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        kinds = which_kind.meant(now, heard)
        if len(kinds) != 1:
            which_kind.ask(dispatcher, heard, kinds)
            return no_form(tracker)
        [kind] = kinds
        chosen = heard.entity(START) is not None
        if not chosen and await _told_instead(dispatcher, now, kind, heard):
            return no_form(tracker)
        given = first_words.derive(now, kind, heard)
        if now.identity.level < kind.level:
            tell(dispatcher, "utter_identity_why_service", title=kind.title)
            said = first_words.said(now, kind, heard)
            entities = (*_own_numbers(heard), *given.items(), (START, kind.kind), (SAID, said))
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

    Then no own record fits, an open request was told instead, or the draft was complete and is handed in.
    """
    only: own_choice.Own | None = None
    if (field := kind.own_field) and field.condition is None:
        words = _number(heard, field) or heard.words
        if field.type is FieldType.POLICY and (refusal := await own_choice.refusal(now, kind, field, words)):
            await _refuse(dispatcher, now, kind, refusal)
            return None
        found = await own_choice.options(now, kind, field)
        if not found:
            say(dispatcher, fill(kind.texts.refused, questions.values(now)), buttons=[human_button()])
            return None
        meant = await own_choice.chosen(now, kind, field, words) or found
        only = meant[0] if len(meant) == 1 else None
    draft = await _draft(dispatcher, now, kind, only)
    if draft is None:
        return None
    await _prefill(dispatcher, now, draft, given, heard)
    if draft.next_step() != DONE:
        return draft
    await submit_draft(dispatcher, now, draft, opening=fill(kind.texts.start, questions.values(now)))
    return None


def _number(heard: Heard, field: ServiceField) -> str | None:
    return heard.entity(_NUMBERS[field.type])


def _own_numbers(heard: Heard) -> list[tuple[str, str]]:
    """The numbers of records that were named, so that they survive the identity step."""
    return [(name, value) for name in _NUMBERS.values() if (value := heard.entity(name))]


async def _refuse(
    dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, refusal: own_choice.Refusal
) -> None:
    """Says why not; where the rule wants it, a specialist looks for another way and calls back."""
    if refusal.rule is not None and refusal.rule.follow_up:
        note = phrase("refused_note", title=kind.title, rule=refusal.rule.rule)
        now.effects.append(CallBack("review", await questions.phone_on_file(now), note))
    say(dispatcher, refusal.text, buttons=[human_button()])


async def _prefill(
    dispatcher: CollectingDispatcher, now: Turn, draft: Draft, given: Mapping[str, str], heard: Heard
) -> None:
    said = first_words.said(now, draft.kind, heard)
    if first_words.substance(said):
        await draft.add_said(said)
    for key, value in given.items():
        field = draft.kind.field(key)
        if key in draft.answers or not field.applies(draft.known):
            continue
        if field.prove:
            if await phone_proof.step(now, draft, field, value) is None:
                await draft.ask(key)
        elif refusal := await effect.refusal(now, draft, field, value):
            say(dispatcher, refusal)
        else:
            await draft.answer(key, value)


async def _told_instead(dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, heard: Heard) -> bool:
    """Whether the words got an answer instead of a form: it cannot be, it was reported, or they ask."""
    stopped = next((one for one in kind.blocked if one.meant_in(heard.words)), None)
    if stopped is not None:
        more = [which_kind.starts(now.context.services[stopped.kind])] if stopped.kind else []
        say(dispatcher, fill(stopped.text, questions.values(now)), buttons=[*more, human_button()])
        return True
    field = kind.policy_field
    if field is not None and field.condition is None and now.identity.level >= kind.level:
        words = _number(heard, field) or heard.words
        if refusal := await own_choice.refusal(now, kind, field, words, named_only=True):
            await _refuse(dispatcher, now, kind, refusal)
            return True
    asks_first = kind.explains is Explains.ALWAYS or (
        kind.explains is Explains.QUESTIONS and asks(heard.words)
    )
    if asks_first:
        await _explain(dispatcher, now, kind, heard)
        return True
    return kind.record is Record.CLAIM and await _just_reported(dispatcher, now)


async def _explain(dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, heard: Heard) -> None:
    begin_it = which_kind.starts(kind, heard)
    lines = await policy_figures.lines(now, kind)
    product = answer.product_of(now, heard)
    found = now.context.knowledge.answer(heard.intent, product, heard.words, now.today)
    if isinstance(found, Answer):
        answer.explain(dispatcher, now, heard, product=product, more_lines=lines, more_buttons=[begin_it])
        return
    rules = phrase("utter_service_rules", effect=kind.effect, documents="、".join(kind.documents))
    say(dispatcher, "\n".join([rules, *lines]), buttons=[begin_it, human_button()])


async def _just_reported(dispatcher: CollectingDispatcher, now: Turn) -> bool:
    """Whether they reported something within a day; the customer says if this is another."""
    report = await claims.recent_report(
        now.session,
        conversation_id=now.conversation_id,
        customer_id=now.identity.customer_id,
        now=now.now,
    )
    if report is None or await drafts.newest(now, "report_claim") is not None:
        return False
    another = Button(phrase("button_another_report"), payload("report_claim", **{START: "report_claim"}))
    buttons = [button("claim_progress", "check_claim"), another, human_button()]
    tell(dispatcher, "utter_just_reported", number=report.number, buttons=buttons)
    return True


async def _draft(
    dispatcher: CollectingDispatcher, now: Turn, kind: ServiceKind, only: own_choice.Own | None
) -> Draft | None:
    """The draft to fill, its only possible record chosen; None when an open request was told instead."""
    left = await drafts.newest(now, kind.kind)
    if left is not None:
        return left
    request = await create_draft(
        now.session,
        kind=kind.kind,
        conversation_id=now.conversation_id,
        customer_id=now.identity.customer_id,
        policy_id=only.policy_id if only else None,
        review=kind.review,
        now=now.now,
    )
    if request.state is not RequestState.DRAFT:
        tell_open(dispatcher, now, request)
        return None
    request.conversation_id = now.conversation_id
    draft = Draft(request, kind, now)
    if only is not None and (field := kind.own_field) and field.key not in draft.answers:
        await own_choice.take(now, draft, field, only)
    return draft
