"""The step before anything of the customer's own is shown: is it known who writes, and surely enough."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.heard import Heard
from actions.speech import tell
from actions.turn import RequireIdentity, Turn

KNOWN = 1
VERIFIED = 2


def identified(dispatcher: CollectingDispatcher, now: Turn, heard: Heard, level: int = KNOWN) -> str | None:
    """The customer's id at this level; else asks for the identity step, which comes back with the wish."""
    customer_id = now.identity.customer_id
    if customer_id is not None and now.identity.level >= level:
        return customer_id
    tell(dispatcher, "utter_identity_why")
    now.effects.append(RequireIdentity(level, heard.intent, heard.entities))
    return None
