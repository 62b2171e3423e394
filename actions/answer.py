"""Answers a question from the knowledge base with the clause cited, never from the customer's own records."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import offers, own_contract
from actions.act import Act
from actions.heard import SAID, Heard
from actions.illustration import illustrate
from actions.speech import command, human_button, phrase, say, with_way_out
from actions.speech import payload as make_payload
from actions.turn import Turn
from knowledge.answers import Answer, AskProduct, AskWhich, Button, Candidate, Result, Unknown
from records.gaps import GapReason, note_gap

log = logging.getLogger(__name__)

PRODUCT_SLOT = "product"
SECTION = "section"
PRICE = "ask_price"
CITED = 2
_QUESTION = 200
"""How much of a question a promise to answer it keeps."""


class AnswerQuestion(Act):
    name = "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        known = product_of(now, heard) or tracker.get_slot(PRODUCT_SLOT)
        if heard.intent == PRICE and (worked_out := illustrate(now, heard, known)):
            text, table = worked_out
            say(dispatcher, text, buttons=[human_button()], citations=[table])
            return [SlotSet(PRODUCT_SLOT, known)]
        policy = await own_contract.find(now, known)
        figures, buttons = await offers.beside(now, heard)
        explain(
            dispatcher,
            now,
            heard,
            product=known,
            began=policy.effective_on if policy else None,
            more_lines=[*own_contract.lines(now, policy, heard.intent), *figures],
            more_buttons=buttons,
        )
        return [SlotSet(PRODUCT_SLOT, known)]


def product_of(now: Turn, heard: Heard) -> str | None:
    """The product code the message names, by the recognised entity or by its words."""
    knowledge = now.context.knowledge
    named = heard.entity("product")
    if named in knowledge.products:
        return named
    return (knowledge.find_product(named) if named else None) or knowledge.find_product(heard.words)


def explain(
    dispatcher: CollectingDispatcher,
    now: Turn,
    heard: Heard,
    *,
    product: str | None,
    began: date | None = None,
    more_lines: Sequence[str] = (),
    more_buttons: Sequence[Button] = (),
) -> None:
    """Says what the knowledge base holds: a fact, what to choose from, or that it does not know.

    `began` is the day the customer's own contract of the product began, whose version of the clauses holds.
    """
    words = heard.entity(SECTION) or heard.words
    found = _held_back(now, now.context.knowledge.answer(heard.intent, product, words, now.today, began))
    if isinstance(found, Unknown):
        _note(now, heard, product, found)
    match found:
        case Answer(text=text, citations=citations, next=following):
            basis = "".join(one.label for one in citations[:CITED])
            told = [text, *([phrase("basis", clauses=basis)] if basis else []), *more_lines]
            say(
                dispatcher,
                "\n".join(told),
                buttons=_kept_short([*more_buttons, *following]),
                citations=citations,
            )
        case AskProduct(candidates=candidates):
            _choose(dispatcher, "utter_ask_product", candidates, heard, more_lines, more_buttons)
        case AskWhich(candidates=candidates):
            _choose(dispatcher, "utter_ask_which", candidates, heard, more_lines, more_buttons)
        case Unknown(candidates=candidates):
            name = "utter_unknown_near" if candidates else "utter_unknown"
            promise = Button(phrase("button_promise"), command("promise", heard.words[:_QUESTION]))
            buttons = [*more_buttons, promise] if heard.words else more_buttons
            _choose(dispatcher, name, candidates, heard, more_lines, buttons)


def _held_back(now: Turn, found: Result) -> Result:
    """The result, unless a sentence of it must not be said: then nothing is known."""
    objections = now.context.knowledge.objections(found) if isinstance(found, Answer) else []
    if not objections:
        return found
    log.error("an answer was held back: %s", "; ".join(objections), extra={"turn": str(now.id)})
    return Unknown([], [], refused=True)


def _note(now: Turn, heard: Heard, product: str | None, found: Unknown) -> None:
    note_gap(
        now.session,
        conversation_id=now.conversation_id,
        turn_id=now.id,
        intent=heard.intent,
        product_code=product,
        question=heard.words,
        reason=GapReason.REFUSED if found.refused else GapReason.UNKNOWN,
        asked_at=now.now,
    )


def _choose(
    dispatcher: CollectingDispatcher,
    name: str,
    candidates: Sequence[Candidate],
    heard: Heard,
    more_lines: Sequence[str],
    more_buttons: Sequence[Button],
) -> None:
    buttons = [Button(one.title, _with_words(one.payload, heard)) for one in candidates]
    say(dispatcher, "\n".join([phrase(name), *more_lines]), buttons=with_way_out([*more_buttons, *buttons]))


def _with_words(payload: str, heard: Heard) -> str:
    """The payload with the customer's words, so that the choice answers them as if said again."""
    name, _, entities = payload.removeprefix("/").partition("{")
    given: dict[str, str] = json.loads("{" + entities) if entities else {}
    if not heard.words or SECTION in given:
        return payload
    return make_payload(name, **given, **{SAID: heard.words})


def _kept_short(buttons: Sequence[Button]) -> list[Button]:
    """An answer that offers something to do also offers a person; a plain answer has no buttons."""
    return with_way_out(buttons) if buttons else []
