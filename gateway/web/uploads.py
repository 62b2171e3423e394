"""Files that customers send: judged by their content, stored once under their SHA-256, listed as documents."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from pathlib import Path
from typing import Any

import filetype
from aiohttp import BodyPartReader, web
from sqlalchemy import select

from gateway.errors import BadRequest, FileRefused, FileTooLarge
from gateway.services import Services
from records import documents
from records.documents import Document

_LARGEST = 10 * 1024 * 1024
_CHUNK = 64 * 1024
ACCEPTED = {"image/jpeg", "image/png", "application/pdf"}


def path_of(services: Services, sha256: str) -> Path:
    """Where the bytes lie."""
    return services.options.files / sha256[:2] / sha256


async def received(request: web.Request) -> tuple[str, bytes]:
    """Name and bytes of the one part `file` of a multipart body; BadRequest or FileTooLarge."""
    if not request.content_type.startswith("multipart/"):
        raise BadRequest()
    part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise BadRequest()
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > _LARGEST:
            raise FileTooLarge()
    return part.filename or "", bytes(content)


async def store(services: Services, conversation_id: uuid.UUID, name: str, content: bytes) -> Document:
    """Keep a file; FileRefused when its content is none of the accepted types."""
    kind = filetype.guess(content)
    if kind is None or kind.mime not in ACCEPTED:
        raise FileRefused()
    sha256 = hashlib.sha256(content).hexdigest()
    await asyncio.to_thread(_write, path_of(services, sha256), content)
    async with services.sessions.begin() as session:
        return await documents.register(
            session,
            sha256=sha256,
            size=len(content),
            media_type=kind.mime,
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
                    Document.id == document_id, Document.conversation_id == conversation_id
                )
            )
        ).one_or_none()


async def describe(services: Services, conversation_id: uuid.UUID, file: str) -> dict[str, Any] | None:
    """How the log shows a file of this conversation."""
    document = await find(services, conversation_id, file)
    return None if document is None else wire(document)


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
