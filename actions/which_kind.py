"""Which kind of request a message starts, where several may be meant, and the buttons that start one."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk.executor import CollectingDispatcher

from actions.heard import SAID, START, Heard
from actions.speech import payload, phrase, tell, with_way_out
from actions.turn import Turn
from knowledge.answers import Button
from knowledge.service_kind import ServiceKind

MOST_SAID = 200


def meant(now: Turn, heard: Heard) -> Sequence[ServiceKind]:
    """The kinds the message may start: the one a button names, else those of the intent and words."""
    services = now.context.services
    named = heard.entity(START)
    if named is not None and named in services:
        return [services[named]]
    said = " ".join([heard.words, *(value for _, value in heard.entities)])
    kinds = services.meant(heard.intent, said)
    if len(kinds) == 1 and now.identity.level < kinds[0].level:
        return [services[other.kind] for other in kinds[0].instead if other.meant_in(said)][:1] or kinds
    return kinds


def ask(dispatcher: CollectingDispatcher, heard: Heard, kinds: Sequence[ServiceKind]) -> None:
    """Asks which of several kinds is wanted."""
    buttons = [Button(kind.title, _start(kind, heard)) for kind in kinds]
    tell(dispatcher, "utter_which_kind", buttons=with_way_out(buttons))


def starts(kind: ServiceKind, heard: Heard | None = None) -> Button:
    """The button that starts a kind, with the customer's words if they are to be read anew."""
    return Button(kind.offer or phrase("button_start", title=kind.title), _start(kind, heard))


def _start(kind: ServiceKind, heard: Heard | None) -> str:
    said = {SAID: heard.words[:MOST_SAID]} if heard is not None and heard.words else {}
    entities = {START: kind.kind, **said}
    return payload(kind.intents[0], **entities) if kind.intents else payload("start_service", **entities)
