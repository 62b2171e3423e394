"""Documents the insurer holds: what they are and whose; the bytes lie elsewhere, once, by their SHA-256."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from records import audit
from records.base import Base, Moment
from records.errors import NoSuchRecordError
from records.staff import Staff


class Document(Base):
    """One document; `kind` says which paper it is in Chinese, `size` is bytes.

    A document nobody has assigned yet belongs to its conversation only. `awaits_consent`: number of the
    matter it is kept back from until the customer consents. `destroyed_at`: its time of keeping is over and
    the bytes are gone; that there was one stays on record.
    """

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
    report_id: Mapped[int | None] = mapped_column(ForeignKey("claim_reports.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    awaits_consent: Mapped[str | None] = mapped_column(String(24), index=True)
    received_at: Mapped[Moment]
    destroyed_at: Mapped[Moment | None]

    @property
    def assigned(self) -> bool:
        """Whether it is known what it belongs to."""
        return any((self.policy_id, self.request_id, self.claim_id, self.report_id, self.complaint_id))


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


async def unassigned_in(session: AsyncSession, conversation_id: uuid.UUID) -> list[Document]:
    """What a conversation's customer has sent without it being known what for, oldest first.

    What waits for their consent is not among it.
    """
    return list(
        await session.scalars(
            select(Document)
            .where(
                Document.conversation_id == conversation_id,
                Document.policy_id.is_(None),
                Document.request_id.is_(None),
                Document.claim_id.is_(None),
                Document.report_id.is_(None),
                Document.complaint_id.is_(None),
                Document.awaits_consent.is_(None),
                Document.destroyed_at.is_(None),
            )
            .order_by(Document.received_at)
        )
    )


async def awaiting_consent(session: AsyncSession, number: str) -> list[Document]:
    """What is kept back from the matter with this number until the customer consents, oldest first."""
    return list(
        await session.scalars(
            select(Document)
            .where(Document.awaits_consent == number, Document.destroyed_at.is_(None))
            .order_by(Document.received_at)
        )
    )


async def name_document(
    session: AsyncSession, document_id: uuid.UUID, kind: str, *, by: Staff, now: datetime
) -> Document:
    """Says which paper a document is, in the words of the catalogue."""
    document = await session.get(Document, document_id)
    if document is None:
        raise NoSuchRecordError(str(document_id))
    document.kind = kind.strip() or None
    await audit.append(
        session,
        subject=f"document:{document_id}",
        actor=by.actor,
        action="document_named",
        detail={"kind": kind},
        now=now,
    )
    return document


async def destroy(session: AsyncSession, document_id: uuid.UUID, *, by: Staff, now: datetime) -> bool:
    """Marks a document as destroyed; whether its bytes may go, no other document being the same file."""
    document = await session.get(Document, document_id, with_for_update=True)
    if document is None or document.destroyed_at is not None:
        raise NoSuchRecordError(str(document_id))
    document.destroyed_at = now
    await audit.append(
        session,
        subject=f"document:{document_id}",
        actor=by.actor,
        action="document_destroyed",
        now=now,
    )
    same = (Document.sha256 == document.sha256) & Document.destroyed_at.is_(None)
    return not await session.scalar(select(exists().where(same)))
