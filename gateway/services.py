"""What the gateway works with, wired once by `app.bootstrap` and handed to whoever needs it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from actions.turn import Context, Turn
from gateway.feed import Feed
from gateway.limits import Limits
from gateway.rasa import RasaClient
from knowledge.crisis import CrisisSigns
from knowledge.settings import InsurerSettings
from knowledge.wording import Wording
from records.attempts import IdentityLimits
from records.base import Sessions


@dataclass(frozen=True)
class Options:
    """How this installation runs; see `app.settings` for the names of the variables."""

    site_secrets: dict[str, str]
    allowed_origins: frozenset[str]
    demo: bool
    desk_always_open: bool
    files: Path
    trusted_proxies: frozenset[str] = frozenset()
    codes_per_hour: int = 5
    turn_seconds: float = 8.0
    retry_pause_seconds: float = 0.5
    rasa_return_seconds: float = 10.0
    scan_seconds: float = 1.0
    idle_close_minutes: float = 60.0
    notice_kinds: frozenset[str] = frozenset()


@dataclass
class Services:
    """One per process; `running` holds the turns whose actions may call back."""

    sessions: Sessions
    context: Context
    crisis: CrisisSigns
    feed: Feed
    rasa: RasaClient
    limits: Limits
    options: Options
    actions_url: str
    clock: Callable[[], datetime]
    running: dict[uuid.UUID, Turn] = field(default_factory=dict)
    wake: Callable[[uuid.UUID], None] = lambda _: None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def wording(self) -> Wording:
        return self.context.wording

    @property
    def settings(self) -> InsurerSettings:
        return self.context.settings

    @property
    def identity_limits(self) -> IdentityLimits:
        """How often and how long the identity step may be tried, by the insurer's settings."""
        return IdentityLimits(
            code_minutes=self.settings.code_minutes,
            tries=self.settings.code_tries,
            lock_minutes=self.settings.lock_minutes,
            codes_per_phone_hour=self.options.codes_per_hour,
            codes_per_conversation_hour=2 * self.options.codes_per_hour,
        )

    def desk_open(self, now: datetime) -> bool:
        """Whether specialists are at the desk, by the insurer's opening hours."""
        return self.options.desk_always_open or self.settings.is_open(now)

    def next_opening(self, now: datetime) -> datetime:
        """By when a call-back is due: within two hours of the desk being open next."""
        opening = now if self.desk_open(now) else self.settings.next_opening(now)
        return opening + timedelta(hours=2)
