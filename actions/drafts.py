"""A service draft as the form sees it: the answers so far, and what is being asked.

Everything is kept in the draft row at once; Rasa holds only the row's id. Keys that begin with `_` are the
form's own and no answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from actions.turn import Turn
from knowledge.service_field import ServiceField
from knowledge.service_kind import ServiceKind
from records import requests
from records.request_steps import save_answer
from records.requests import ServiceRequest

CONFIRM = "_confirm"
CHANGE = "_change"
MERGE = "_merge"
DONE = "_done"
_ASKING = "_asking"
_PENDING = "_pending"
_SAID = "_said"
_INTRODUCED = "_introduced"
_TICKET = "_ticket"
_OPENED = "_opened"
_FACTS = "_facts"
_THEN = "_then"
ON_FILE = "on_file"
"""Answer to a phone field: the number the insurer already has."""
SKIPPED = ""
RESEND = "resend"
OTHER_PHONE = "other_phone"


class Draft:
    """One draft of one kind."""

    def __init__(self, request: ServiceRequest, kind: ServiceKind, turn: Turn) -> None:
        self.request = request
        self.kind = kind
        self._turn = turn

    @property
    def id(self) -> str:
        return str(self.request.id)

    @property
    def today(self) -> date:
        return self._turn.today

    @property
    def answers(self) -> Mapping[str, str]:
        """What the customer answered, by field key; an empty string is a skipped field."""
        return {key: str(value) for key, value in self.request.answers.items() if not key.startswith("_")}

    @property
    def known(self) -> Mapping[str, str]:
        """The answers, and what conditions may need of the policy chosen."""
        return {**(self.request.answers.get(_FACTS) or {}), **self.answers}

    @property
    def asking(self) -> str | None:
        """The field key that was asked last, or CONFIRM or CHANGE; None before the first question."""
        return self._own(_ASKING)

    @property
    def pending(self) -> str | None:
        """A phone that waits for the code sent to it."""
        return self._own(_PENDING)

    @property
    def said(self) -> str:
        """What the customer wrote when it began."""
        return self._own(_SAID) or ""

    @property
    def introduced(self) -> bool:
        """Whether the kind's opening sentence was said."""
        return self._own(_INTRODUCED) is not None

    @property
    def field(self) -> ServiceField | None:
        """The field that was asked last, if it was one."""
        asking = self.asking
        return self.kind.field(asking) if asking and not asking.startswith("_") else None

    def answered(self) -> list[ServiceField]:
        """The fields that apply and have an answer, in order."""
        return [field for field in self.kind.asked(self.known) if self.answers.get(field.key)]

    def left_open(self) -> list[ServiceField]:
        """The fields that apply and were passed over, in order."""
        return [field for field in self.kind.asked(self.known) if self.answers.get(field.key) == SKIPPED]

    def next_step(self) -> str:
        """What to ask now: a field key, CONFIRM, or DONE when nothing is left."""
        field = self.kind.next_field(self.known)
        if field is not None:
            return field.key
        return CONFIRM if self.kind.confirm else DONE

    def text_of(self, field: ServiceField) -> str:
        """The answer to a text field, with what was said at the start in front where the kind wants it."""
        answer = self.answers.get(field.key, "")
        if field.prepend and self.said and self.said not in answer:
            return f"{self.said}\n{answer}".strip()
        return answer

    async def answer(self, key: str, value: str) -> None:
        """Keeps an answer."""
        await self._keep(key, value)

    async def ask(self, step: str) -> None:
        """Remembers what is asked now."""
        if step != self.asking:
            await self._keep(_ASKING, step)

    async def wait_for_code(self, phone: str | None) -> None:
        """Remembers the phone a code was sent to; None forgets it."""
        if phone != self.pending:
            await self._keep(_PENDING, phone)

    @property
    def ticket(self) -> str | None:
        """The open complaint the customer's words are to be added to."""
        return self._own(_TICKET)

    @property
    def opened(self) -> str | None:
        """The ticket or report that was registered with what was known when a person was asked for."""
        return self._own(_OPENED)

    async def was_opened_as(self, number: str) -> None:
        """Remembers what the unfinished draft was registered as."""
        await self._keep(_OPENED, number)

    async def remember_facts(self, facts: Mapping[str, str]) -> None:
        """Keeps what conditions may need of the policy chosen."""
        await save_answer(self._turn.session, self.request, _FACTS, dict(facts), now=self._turn.now)

    @property
    def then(self) -> str | None:
        """The intent of a second wish, to be offered when this is done."""
        return self._own(_THEN)

    async def keep_wish(self, intent: str) -> None:
        """Remembers a second wish."""
        await self._keep(_THEN, intent)

    async def add_to(self, number: str) -> None:
        """Remembers the open complaint that this one belongs to."""
        await self._keep(_TICKET, number)

    async def introduce(self) -> None:
        """Remembers that the opening sentence was said."""
        await self._keep(_INTRODUCED, self._turn.now.isoformat())

    async def add_said(self, text: str) -> None:
        """Keeps words of the customer that tell more than the answer read from them."""
        if text and text not in self.said:
            await self._keep(_SAID, f"{self.said}\n{text}".strip())

    def _own(self, key: str) -> str | None:
        value = self.request.answers.get(key)
        return None if value is None else str(value)

    async def _keep(self, key: str, value: str | None) -> None:
        await save_answer(self._turn.session, self.request, key, value, now=self._turn.now)


async def load(turn: Turn, draft_id: str | None) -> Draft | None:
    """The draft with this id; None when there is none any more."""
    request = await requests.draft(turn.session, draft_id) if draft_id else None
    return _draft(turn, request)


async def newest(turn: Turn, kind: str | None = None) -> Draft | None:
    """The newest unfinished draft of this conversation, of one kind or of any."""
    for request in await requests.drafts_in(turn.session, turn.conversation_id):
        if kind is None or request.kind == kind:
            return _draft(turn, request)
    return None


def _draft(turn: Turn, request: ServiceRequest | None) -> Draft | None:
    if request is None or request.kind not in turn.context.services:
        return None
    return Draft(request, turn.context.services[request.kind], turn)
