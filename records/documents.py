"""Documents the insurer holds: what they are and whose; the bytes lie elsewhere, by their SHA-256."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Moment


class Document(Base):
    """One document; `kind` says which paper it is in Chinese, `size` is bytes."""

    __tablename__ = "documents"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(60))
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"), index=True)
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_requests.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"), index=True)
    received_at: Mapped[Moment]


async def register(
    session: AsyncSession,
    *,
    sha256: str,
    size: int,
    media_type: str,
    name: str,
    now: datetime,
    kind: str | None = None,
    customer_id: str | None = None,
    conversation_id: uuid.UUID | None = None,
    request_id: uuid.UUID | None = None,
) -> Document:
    document = Document(
        sha256=sha256,
        size=size,
        media_type=media_type,
        name=name,
        kind=kind,
        customer_id=customer_id,
        conversation_id=conversation_id,
        request_id=request_id,
        received_at=now,
    )
    session.add(document)
    await session.flush()
    return document


async def documents_of_request(session: AsyncSession, request_id: uuid.UUID) -> list[Document]:
    return list(
        await session.scalars(
            select(Document).where(Document.request_id == request_id).order_by(Document.received_at)
        )
    )
