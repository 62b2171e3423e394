"""The turn an action runs in: who writes, which transaction, what may be read, which effects are wanted.

The gateway builds a `Turn`, actions add to `effects`, and the gateway applies them together
with the replies. Actions never commit, roll back or send anything themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.base import KnowledgeBase
from knowledge.catalogue import Catalogue
from knowledge.health_papers import HealthPapers
from knowledge.settings import InsurerSettings
from knowledge.signals import ComplaintSignals
from knowledge.wording import Wording
from records.attempts import DEFAULT_LIMITS, IdentityLimits
from records.calendar import business_date


@dataclass(frozen=True)
class Identity:
    """Who writes, as far as it is known: level 0 guest, 1 known, 2 verified."""

    customer_id: str | None
    level: int


@dataclass(frozen=True)
class HandOver:
    """Asks the gateway to queue the conversation for a specialist; it tells the customer the position.

    `reason` is one of requested, not_understood, complaint, bot_failure, crisis, risk_change, accident,
    review.
    """

    reason: str
    skill: str = "policy"
    priority: int = 0
    summary: str = ""


@dataclass(frozen=True)
class RequireIdentity:
    """Asks the gateway for the identity step; afterwards it re-enters Rasa with `intent` and `entities`."""

    level: int
    intent: str
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CallBack:
    """Asks for a call-back ticket, used when no specialist is at the desk."""

    reason: str
    phone: str | None
    note: str


Effect = HandOver | RequireIdentity | CallBack


@dataclass(frozen=True)
class Context:
    """What every turn may read and none may change."""

    knowledge: KnowledgeBase
    services: Catalogue
    wording: Wording
    settings: InsurerSettings
    signals: ComplaintSignals
    health: HealthPapers
    archive: Mapping[str, tuple[str, ...]]
    """Papers every policy's archive must hold, by line of insurance."""
    readings: Mapping[str, str] = field(default_factory=dict)
    rates: Path = Path("knowledge/rates")
    """Where the published rates of the products lie."""

    @classmethod
    def load(cls, root: Path) -> Context:
        """Reads `knowledge/` and `domain/` below `root`, the project folder."""
        folder = root / "knowledge"
        archive = yaml.safe_load((folder / "archive.yml").read_text(encoding="utf-8"))
        readings = yaml.safe_load((folder / "readings.yml").read_text(encoding="utf-8")) or {}
        settings = InsurerSettings.load(folder / "settings.yml")
        return cls(
            knowledge=KnowledgeBase.load(folder, root / "var" / "vectors"),
            services=Catalogue.load(folder / "services"),
            wording=Wording.load(root / "domain", settings.values()),
            settings=settings,
            rates=folder / "rates",
            signals=ComplaintSignals.load(folder / "complaint_signals.yml"),
            health=HealthPapers.load(folder / "health_papers.yml"),
            archive={str(line): tuple(papers) for line, papers in archive.items()},
            readings={str(intent): str(question) for intent, question in readings.items()},
        )


@dataclass
class Turn:
    """One customer turn; `text` is empty when a button was chosen, `now` is aware UTC."""

    id: uuid.UUID
    conversation_id: uuid.UUID
    session: AsyncSession
    identity: Identity
    now: datetime
    text: str
    context: Context
    desk_open: bool
    identity_limits: IdentityLimits = DEFAULT_LIMITS
    effects: list[Effect] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    """What the log must not keep of the customer's text, and the mark that stands for it."""

    @property
    def today(self) -> date:
        """The calendar day in Shanghai, by which every deadline is counted."""
        return business_date(self.now)


current_turn: ContextVar[Turn] = ContextVar("current_turn")


def turn() -> Turn:
    """The turn this action runs in; raises LookupError outside of one."""
    return current_turn.get()
