"""The one form for every kind of request: what happens with each message while it is active.

Rasa calls `validate_service_form` for an answer, at the start, and when it comes back from a digression.
The next question is said here, so that a turn needs one call. Leaving returns `ActiveLoop(None)`; a
finished draft ends the form and Rasa goes on to `action_submit_service`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import consent, effect, own_choice, phone_proof, questions
from actions.act import Act
from actions.answers import YES, problem
from actions.complaint_merge import open_complaint
from actions.drafts import CHANGE, CONFIRM, DONE, MERGE, OTHER_PHONE, Draft, load
from actions.form_moves import (
    Answered,
    AsksHow,
    Corrected,
    Digresses,
    Leaves,
    Unclear,
    WantsHuman,
    decide,
)
from actions.heard import Heard
from actions.human import hand_over
from actions.secrets import hide
from actions.speech import human_button, phrase, say, tell
from actions.submission import submit_partly, tell_open
from actions.turn import HandOver, RequireIdentity, Turn
from knowledge.catalogue import fill
from knowledge.service_field import OWN, SECRET, FieldType, ServiceField

FORM = "service_form"
START_ACTIONS = {"action_start_service", "action_resume_service", "action_affirm"}
_LISTEN = "action_listen"
_ANSWER_SLOT = "service_answer"
_DRAFT_SLOT = "service_draft"
_REQUESTED = "requested_slot"


def leaving() -> list[EventType]:
    """Ends the form; the draft itself stays."""
    return [
        SlotSet(_ANSWER_SLOT, None),
        SlotSet(_DRAFT_SLOT, None),
        ActiveLoop(None),
        SlotSet(_REQUESTED, None),
    ]


def _action_before_the_form(tracker: Tracker) -> str:
    """The action before this run of the form; Rasa has noted the form itself as the latest already."""
    names = [event["name"] for event in tracker.events if event["event"] == "action"]
    if names and names[-1] == FORM:
        names.pop()
    return names[-1] if names else _LISTEN


class ValidateServiceForm(Act):
    name = f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        draft = await load(now, tracker.get_slot(_DRAFT_SLOT))
        if draft is None:
            return leaving()
        conversation = FormTurn(dispatcher, now, draft, heard)
        before = _action_before_the_form(tracker)
        if before == _LISTEN:
            return await conversation.hear()
        return await conversation.come_in(just_started=before in START_ACTIONS)


class FormTurn:
    """One message to the form."""

    def __init__(self, dispatcher: CollectingDispatcher, now: Turn, draft: Draft, heard: Heard) -> None:
        self.dispatcher = dispatcher
        self.turn = now
        self.draft = draft
        self.heard = heard

    async def come_in(self, *, just_started: bool) -> list[EventType]:
        """Asks the open question: at the start, when resumed, or after something else was answered."""
        if any(isinstance(effect, HandOver) for effect in self.turn.effects):
            return leaving()
        if any(isinstance(effect, RequireIdentity) for effect in self.turn.effects):
            return self._wait()
        if self.turn.identity.level < self.draft.kind.level:
            return self._identity_first()
        if not just_started:
            return await self._again([])
        if self.draft.introduced:
            return await self._again([phrase("form_resumed", title=self.draft.kind.title)])
        await self.draft.introduce()
        answers = self.draft.answers
        after = [field.after.get(answers[field.key], "") for field in self.draft.answered()]
        lines = [line for line in (*after, self.draft.kind.texts.start) if line]
        told = [fill(line, questions.values(self.turn)) for line in lines]
        return await self._again([*told, *await questions.about(self.turn, self.draft)])

    async def hear(self) -> list[EventType]:
        """Takes the message as what it means."""
        match decide(self.draft, self.heard):
            case Digresses():
                return [SlotSet(_ANSWER_SLOT, None), ActionExecutionRejected(FORM)]
            case WantsHuman():
                return await self._to_human()
            case Leaves():
                tell(self.dispatcher, "utter_form_left", title=self.draft.kind.title)
                return leaving()
            case Corrected(field, value):
                return await self._correct(field, value)
            case AsksHow(field):
                return await self._again([fill(field.hint, questions.values(self.turn))])
            case Answered(value):
                if self.turn.identity.level < self.draft.kind.level:
                    return self._identity_first()
                return await self._answer(value)
            case Unclear() if self.draft.asking == CHANGE:
                return await self._go_on([self._what_is_wrong()])
            case Unclear():
                return await self._again([self._what_is_wrong()])

    async def _answer(self, value: str) -> list[EventType]:
        field = self.draft.field
        if self.draft.asking == CONFIRM:
            return await self._confirmed(value)
        if self.draft.asking == MERGE:
            return await self._merge(value)
        if field is None:
            return await self._change(value)
        if field.type is FieldType.PHONE and field.prove:
            return await self._prove(field, value)
        if field.type in OWN:
            return await self._choose_own(field, value)
        if field.type is FieldType.CHOICE and field.option(value) is None:
            return await self._again([self._what_is_wrong()])
        if field.type is FieldType.CONSENT and value != YES:
            return await self._without_consent(field)
        return await self._take(field, value)

    async def _take(self, field: ServiceField, value: str) -> list[EventType]:
        if value and (refusal := await effect.refusal(self.turn, self.draft, field, value)):
            return await self._again([refusal])
        await self._keep(field, value)
        if field.type is FieldType.CHOICE and len(self.heard.text) > len(field.label) + 2:
            await self.draft.add_said(self.heard.text)
        after = field.after.get(value)
        return await self._go_on([fill(after, questions.values(self.turn))] if after else [])

    async def _keep(self, field: ServiceField, value: str) -> None:
        await self.draft.answer(field.key, value)
        if field.type in SECRET:
            hide(self.turn, field, self.heard.text)
        if field.type is FieldType.CONSENT:
            await consent.record(self.turn, self.draft, field)

    async def _without_consent(self, field: ServiceField) -> list[EventType]:
        """No consent, no request of this kind; another way is told and the draft stays."""
        text = fill(field.invalid, questions.values(self.turn))
        say(self.dispatcher, text, buttons=[questions.resume(self.draft), human_button()])
        return leaving()

    async def _confirmed(self, value: str) -> list[EventType]:
        if value != questions.SUBMIT:
            return await self._ask([], CHANGE)
        if self.draft.opened is None and await open_complaint(self.turn, self.draft) is not None:
            return await self._ask([], MERGE)
        if refusal := await own_choice.no_longer(self.turn, self.draft):
            say(self.dispatcher, refusal, buttons=[human_button()])
            return leaving()
        await self.draft.ask(DONE)
        return self._done()

    async def _merge(self, value: str) -> list[EventType]:
        complaint = await open_complaint(self.turn, self.draft)
        if complaint is not None and value == YES:
            await self.draft.add_to(complaint.number)
        await self.draft.ask(DONE)
        return self._done()

    async def _change(self, key: str) -> list[EventType]:
        shown = (*self.draft.answered(), *self.draft.left_open())
        field = next((one for one in shown if one.key == key), None)
        return await self._correct(field, None) if field is not None else await self._go_on([])

    async def _correct(self, field: ServiceField | None, value: str | None) -> list[EventType]:
        if field is None:
            answered = self.draft.answered()
            if len(answered) != 1:
                return await self._ask([], CHANGE)
            field = answered[0]
        if value is None:
            await self.draft.wait_for_code(None)
            return await self._ask([], field.key)
        if field.type is FieldType.PHONE and field.prove:
            return await self._prove(field, value)
        if field.type in OWN:
            return await self._choose_own(field, value)
        if refusal := await effect.refusal(self.turn, self.draft, field, value):
            return await self._again([refusal])
        await self.draft.wait_for_code(None)
        await self._keep(field, value)
        changed = phrase(
            "form_corrected", label=field.label, value=await questions.shown(self.turn, self.draft, field)
        )
        return await self._go_on([changed])

    async def _prove(self, field: ServiceField, value: str) -> list[EventType]:
        if value == OTHER_PHONE:
            await self.draft.wait_for_code(None)
            return await self._ask([], field.key)
        result = await phone_proof.step(self.turn, self.draft, field, value)
        return await self._go_on([result] if result else [])

    async def _again(self, lines: list[str]) -> list[EventType]:
        """Says `lines` and asks once more what was asked last."""
        step = self.draft.asking
        return await self._ask(lines, step) if step and step != DONE else await self._go_on(lines)

    async def _choose_own(self, field: ServiceField, value: str) -> list[EventType]:
        fitting = await own_choice.chosen(self.turn, self.draft.kind, field, value)
        if len(fitting) != 1:
            return await self._again([await self._which(field, value, fitting)])
        other = await own_choice.take(self.turn, self.draft, field, fitting[0])
        if other is not None:
            tell_open(self.dispatcher, self.turn, other)
            return leaving()
        return await self._go_on([])

    async def _which(self, field: ServiceField, value: str, fitting: Sequence[own_choice.Own]) -> str:
        if fitting:
            return phrase("form_which_own")
        if field.type is FieldType.POLICY:
            refusal = await own_choice.refusal(self.turn, self.draft.kind, field, value)
            if refusal is not None:
                return refusal.text
        return phrase("form_no_such_own")

    async def _to_human(self) -> list[EventType]:
        if self.draft.kind.register_partly:
            await submit_partly(self.dispatcher, self.turn, self.draft)
        await hand_over(self.dispatcher, self.turn, self.heard, draft=self.draft)
        return leaving()

    def _what_is_wrong(self) -> str:
        field = self.draft.field
        if field is None:
            return phrase("form_no_such_field" if self.draft.asking == CHANGE else "form_submit_or_change")
        if field.invalid and field.type is not FieldType.CONSENT:
            return fill(field.invalid, questions.values(self.turn))
        if self.draft.pending:
            return phrase("form_wrong_code")
        name, values = problem(field, self.heard.text, self.turn.today)
        return phrase(name, **values)

    async def _go_on(self, lines: list[str]) -> list[EventType]:
        """Says `lines` and the next question, or ends the form when nothing is left to ask."""
        field = self.draft.field
        step = field.key if field is not None and self.draft.pending else self.draft.next_step()
        if step == DONE:
            await self.draft.ask(DONE)
            if lines:
                say(self.dispatcher, "\n".join(lines))
            return self._done()
        return await self._ask(lines, step)

    async def _ask(self, lines: list[str], step: str) -> list[EventType]:
        await self.draft.ask(step)
        text, buttons = await questions.question(self.turn, self.draft, step)
        say(self.dispatcher, "\n".join([*lines, text]), buttons=buttons)
        return [SlotSet(_ANSWER_SLOT, None), SlotSet(_REQUESTED, _ANSWER_SLOT)]

    def _identity_first(self) -> list[EventType]:
        kind = self.draft.kind
        tell(self.dispatcher, "utter_identity_why_again")
        self.turn.effects.append(RequireIdentity(kind.level, "resume_service", (("draft", self.draft.id),)))
        return leaving()

    def _wait(self) -> list[EventType]:
        return [SlotSet(_ANSWER_SLOT, None), SlotSet(_REQUESTED, _ANSWER_SLOT)]

    def _done(self) -> list[EventType]:
        return [SlotSet(_ANSWER_SLOT, None), SlotSet(_REQUESTED, None)]
