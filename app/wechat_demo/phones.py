"""What the platform keeps of each customer: what the phone shows, and what may still be sent to it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass, field
from typing import Any

WINDOW_SECONDS = 48 * 3600
MOMENT_SECONDS = 60
_MESSAGES = 5
_MOMENT = 3


@dataclass(frozen=True)
class Shown:
    """One thing on the screen. `side`: me, them, or note (the platform's own line); `at` in seconds."""

    side: str
    kind: str
    text: str
    at: float
    via: str = ""
    items: tuple[dict[str, str], ...] = ()
    reply_to: str = ""


@dataclass
class Phone:
    """One customer: an openid, and the platform's rules about it."""

    openid: str
    following: bool = True
    refuses: bool = False
    screen: list[Shown] = field(default_factory=list)
    typing: bool = False
    sending: int = 0
    _left: int = 0
    _window_until: float = 0.0
    _moment_left: int = 0
    _moment_until: float = 0.0
    _watchers: set[asyncio.Event] = field(default_factory=set)

    def wrote(self, now: float) -> None:
        """A message renews the budget."""
        self._left, self._window_until = _MESSAGES, now + WINDOW_SECONDS

    def touched(self, now: float) -> None:
        """A menu click, a follow or a scan."""
        self._moment_left, self._moment_until = _MOMENT, now + MOMENT_SECONDS

    def close_window(self) -> None:
        """As if 48 hours had passed."""
        self._window_until = self._moment_until = 0.0

    def spend(self, now: float) -> int:
        """One message of the account: 0, or the error number why it may not be sent."""
        if not self.following:
            return 43004
        if self.refuses:
            return 48002
        if self._moment_until > now and self._moment_left:
            self._moment_left -= 1
            return 0
        if self._window_until <= now:
            return 45015
        if not self._left:
            return 45047
        self._left -= 1
        return 0

    def left(self, now: float) -> int:
        """How many messages the account may still send."""
        moment = self._moment_left if self._moment_until > now else 0
        return moment + (self._left if self._window_until > now else 0)

    def show(self, shown: Shown) -> None:
        self.screen.append(shown)
        if shown.side == "them":
            self.typing = False
        self.changed()

    def changed(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    def watch(self) -> asyncio.Event:
        """Set whenever the screen changes; give it back with `unwatch`."""
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        return watcher

    def unwatch(self, watcher: asyncio.Event) -> None:
        self._watchers.discard(watcher)

    def wire(self) -> dict[str, Any]:
        """All that the page shows."""
        return {
            "screen": [asdict(shown) for shown in self.screen],
            "following": self.following,
            "refuses": self.refuses,
            "typing": self.typing,
            "sending": self.sending > 0,
            "left": self.left(time.time()),
        }
