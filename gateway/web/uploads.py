"""Files that customers send: made safe, stored once under their SHA-256, listed as documents."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web
from sqlalchemy import select

from gateway import safe_files
from gateway.errors import BadRequest, FileTooLarge
from gateway.services import Services
from records import documents
from records.documents import Document
from records.staff import Staff

_MEGABYTE = 1024 * 1024
_CHUNK = 64 * 1024


def path_of(services: Services, sha256: str) -> Path:
    """Where the bytes lie."""
    return services.options.files / sha256[:2] / sha256


async def received(services: Services, request: web.Request) -> tuple[str, bytes]:
    """Name and bytes of the one part `file` of a multipart body; BadRequest or FileTooLarge."""
    if not request.content_type.startswith("multipart/"):
        raise BadRequest()
    part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise BadRequest()
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > services.settings.file_megabytes * _MEGABYTE:
            raise FileTooLarge()
    return part.filename or "", bytes(content)


async def store(services: Services, conversation_id: uuid.UUID, name: str, content: bytes) -> Document:
    """Keep a file of what is safe of it; FileError when it cannot be taken."""
    megapixels = services.settings.picture_megapixels
    safe = await asyncio.to_thread(safe_files.make_safe, content, megapixels=megapixels)
    sha256 = hashlib.sha256(safe.content).hexdigest()
    await asyncio.to_thread(_write, path_of(services, sha256), safe.content)
    async with services.sessions.begin() as session:
        return await documents.register(
            session,
            sha256=sha256,
            size=len(safe.content),
            media_type=safe.media_type,
            name=Path(name).name[:200] or sha256[:12],
            conversation_id=conversation_id,
            now=services.clock(),
        )


async def find(services: Services, conversation_id: uuid.UUID, file: str) -> Document | None:
    """A file of this conversation, else None."""
    try:
        document_id = uuid.UUID(file)
    except ValueError:
        return None
    async with services.sessions() as session:
        return (
            await session.scalars(
                select(Document).where(
                    Document.id == document_id,
                    Document.conversation_id == conversation_id,
                    Document.destroyed_at.is_(None),
                )
            )
        ).one_or_none()


async def describe(services: Services, conversation_id: uuid.UUID, file: str) -> dict[str, Any] | None:
    """How the log shows a file of this conversation."""
    document = await find(services, conversation_id, file)
    return None if document is None else wire(document)


async def destroy(services: Services, document_id: uuid.UUID, *, by: Staff) -> None:
    """Destroy a document whose time of keeping is over; its bytes go unless another document is the same file."""
    async with services.sessions.begin() as session:
        last = await documents.destroy(session, document_id, by=by, now=services.clock())
        sha256 = (await session.get_one(Document, document_id)).sha256
    if last:
        await asyncio.to_thread(path_of(services, sha256).unlink, missing_ok=True)


def wire(document: Document) -> dict[str, Any]:
    """A file as the protocol names it; `size` is bytes."""
    return {
        "file": str(document.id),
        "name": document.name,
        "type": document.media_type,
        "size": document.size,
    }


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{uuid.uuid4().hex}")
    partial.write_bytes(content)
    partial.replace(path)
