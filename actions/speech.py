"""How an action speaks: one message with its text, at most four buttons and what it cites."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from rasa_sdk.executor import CollectingDispatcher

from actions.turn import turn
from knowledge.answers import Button, Citation

MAX_BUTTONS = 4
HUMAN_INTENT = "request_human"


def payload(intent: str, **entities: str) -> str:
    """A button payload in Rasa's format; the gateway turns it into a token before anybody sees it."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"


def command(name: str, about: str) -> str:
    """A button payload that the gateway itself obeys."""
    return f"#{name}{json.dumps({'about': about}, ensure_ascii=False)}"


def button(title: str, intent: str, /, **entities: str) -> Button:
    """A button whose title is the response `button_<title>`."""
    return Button(phrase(f"button_{title}"), payload(intent, **entities))


def human_button() -> Button:
    """The way to a person."""
    return button("human", HUMAN_INTENT)


def with_way_out(buttons: Iterable[Button]) -> list[Button]:
    """At most four buttons, the last of them the way to a person."""
    way_out = human_button()
    others = [one for one in buttons if one.payload != way_out.payload]
    return [*others[: MAX_BUTTONS - 1], way_out]


def phrase(name: str, /, **values: object) -> str:
    """A piece of wording with its placeholders filled."""
    return turn().context.wording.say(name, **values)


def tell(
    dispatcher: CollectingDispatcher,
    name: str,
    /,
    *,
    buttons: Sequence[Button] = (),
    citations: Sequence[Citation] = (),
    **values: object,
) -> None:
    """Says the response `name` with its own buttons before those given."""
    own = turn().context.wording.buttons(name)
    say(dispatcher, phrase(name, **values), buttons=[*own, *buttons], citations=citations)


def say(
    dispatcher: CollectingDispatcher,
    text: str,
    *,
    buttons: Sequence[Button] = (),
    citations: Sequence[Citation] = (),
) -> None:
    """Says `text` as one message; the log keeps which clauses it cites, in which version."""
    cited = [{"title": one.title, "clause": one.clause, "version": one.version} for one in citations]
    dispatcher.utter_message(
        text=text,
        buttons=[{"title": one.title, "payload": one.payload} for one in buttons[:MAX_BUTTONS]] or None,
        json_message={"citations": cited} if cited else None,
    )
