"""What every action is: a name Rasa knows it by, and what it does with one message of a turn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import second_wish
from actions.heard import Heard
from actions.turn import Turn, turn


class Act(ABC):
    """One customer act. Reads and writes go through the turn's session, words through `speech`."""

    name: ClassVar[str]

    @abstractmethod
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        """Does the act and returns Rasa's events."""

    async def called(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """How rasa_sdk calls it; the domain is always empty."""
        now = turn()
        heard = Heard.from_tracker(tracker, now.text)
        events = await self.run(dispatcher, tracker, now, heard)
        await second_wish.keep(dispatcher, tracker, now, heard, events)
        return events
