"""Conversations, their numbered message log, the dialogue state and the turns taken.

The gateway is the only writer. A message has a `seq` when the customer may see it; notes and suppressed
suggestions have none, so that the customer's numbering has no gaps.
"""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment
from records.columns import words


class Mode(enum.StrEnum):
    """Who speaks to the customer."""

    BOT = "bot"
    QUEUED = "queued"
    HUMAN = "human"
    CLOSED = "closed"


class Origin(enum.StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    SPECIALIST = "specialist"
    SYSTEM = "system"


class Visibility(enum.StrEnum):
    """`note` and `suggestion` are for specialists only; a suggestion is what the bot would have said."""

    PUBLIC = "public"
    NOTE = "note"
    SUGGESTION = "suggestion"


class Conversation(Base):
    """One customer's conversation on one channel; `epoch` rises with every change of mode."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_mode", "mode", "last_at"),)

    id: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64), default="")
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    verified_until: Mapped[Moment | None]
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.BOT)
    epoch: Mapped[int] = mapped_column(default=0)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    skill: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[Moment]
    queued_at: Mapped[Moment | None]
    claimed_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    last_at: Mapped[Moment]
    last_seq: Mapped[int] = mapped_column(default=0)
    identity_step: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    def level(self, now: datetime) -> int:
        """Identity level: 0 guest, 1 known, 2 verified by a code and not idle since."""
        if self.customer_id is None:
            return 0
        return 2 if self.verified_until is not None and self.verified_until > now else 1


class Message(Base):
    """One entry of the log: something said, a note, a suggestion, or an event such as a change of mode."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_msg_id"),
        Index("ix_messages_awaiting", "conversation_id", postgresql_where=text("awaits_turn")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20), default="message")
    origin: Mapped[Origin] = mapped_column(words(Origin))
    visibility: Mapped[Visibility] = mapped_column(words(Visibility), default=Visibility.PUBLIC)
    text: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    client_msg_id: Mapped[str | None] = mapped_column(String(64))
    turn_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    epoch: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    understood: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    awaits_turn: Mapped[bool] = mapped_column(default=False)
    delivery: Mapped[str] = mapped_column(String(12), default="sent")
    created_at: Mapped[Moment]


class ChatToken(Base):
    """Opens one conversation to the browser that holds it; only its SHA-256 is kept."""

    __tablename__ = "chat_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]


class ButtonToken(Base):
    """What a button does, kept on the server: `intent` enters Rasa as parsed, `command` is our own."""

    __tablename__ = "button_tokens"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    intent: Mapped[str | None] = mapped_column(String(60))
    command: Mapped[str | None] = mapped_column(String(40))
    entities: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[Moment]


class DialogueState(Base):
    """What Rasa needs to go on: opaque, replaced with every committed turn."""

    __tablename__ = "dialogue_states"

    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    turn_id: Mapped[uuid.UUID]
    updated_at: Mapped[Moment]


class TurnRecord(Base):
    """One turn as it ended: done, suppressed (an older epoch) or failed."""

    __tablename__ = "turns"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    epoch: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=1)
    intent: Mapped[str | None] = mapped_column(String(60))
    confidence: Mapped[float | None]
    ranking: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    actions: Mapped[list[str]] = mapped_column(JSONB, default=list)
    timings: Mapped[dict[str, float]] = mapped_column(JSONB, default=dict)
    error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment]


class Rating(Base):
    """A customer's rating of a finished service, 1 (poor) to 5 (very good); one for each time it was asked.

    `about` is the number of the request or complaint it was asked for, '' for a talk with a specialist.
    """

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("conversation_id", "epoch", "about"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    epoch: Mapped[int]
    about: Mapped[str] = mapped_column(String(40), default="")
    score: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]
