"""What a push channel must be able to do; `gateway.channels.delivery` does the rest for all of them.

WeChat's service account is the only one so far. docs/wechat.md says what 微信客服 (WeCom) would have to
bring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from records.conversations import Message


@dataclass(frozen=True)
class Sent:
    """The channel took it; `remote_id` is its number for it, where it gives one. `final` is False when the
    channel only promises to report the outcome later."""

    remote_id: str | None = None
    final: bool = True


@dataclass(frozen=True)
class Later:
    """It surely did not go out and may be tried again after so many seconds."""

    reason: str
    seconds: float


@dataclass(frozen=True)
class Blocked:
    """It did not go out, and nothing will until the customer writes again; `exhausted`: the budget is used
    up."""

    reason: str
    exhausted: bool = False


@dataclass(frozen=True)
class Refused:
    """It did not go out and never will."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """Whether it went out nobody can tell; it is never sent again by itself."""

    reason: str


Outcome = Sent | Later | Blocked | Refused | Unknown


@dataclass(frozen=True)
class Piece:
    """One message of the channel: the text, and buttons (title, token) below it.

    `whole` are the log entries it brings to the end, `begun` the one of which more parts follow.
    """

    text: str
    bot: bool
    buttons: tuple[tuple[str, str], ...] = ()
    whole: tuple[int, ...] = ()
    begun: int | None = None
    notice: dict[str, object] = field(default_factory=dict)

    @property
    def messages(self) -> tuple[int, ...]:
        return self.whole if self.begun is None else (*self.whole, self.begun)


@dataclass(frozen=True)
class Waiting:
    """A log entry that waits, and how many parts of it have gone already."""

    message: Message
    parts_sent: int


class Channel(Protocol):
    """One push channel. None of its methods touches the database."""

    name: str

    def piece(self, waiting: Sequence[Waiting]) -> Piece:
        """The next message to send: as many entries of one speaker as fit into one."""

    async def send(self, account: str, piece: Piece) -> Outcome:
        """Send it within the budget the customer gave; never raises."""

    async def notify(self, account: str, piece: Piece) -> Outcome:
        """Send a service notice outside of any budget; Refused where the channel has none of this kind."""
