"""Files from outside made safe to keep: judged by their content, pictures stripped of what they tell besides.

A photo says where and with which phone it was taken (EXIF, XMP), and bytes behind its end may be anything.
Both are cut out without decoding the picture, so that what is evidence stays pixel for pixel as it was sent;
only its orientation is kept. The size a picture has when opened is read from its head: none is ever opened.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import filetype

from gateway.errors import FileDamaged, FileRefused, PictureTooLarge

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_LONGEST_SIDE = 30_000
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"pHYs",
    b"sBIT",
    b"bKGD",
}
_EOI, _SOS, _COM = 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_RESTARTS = range(0xD0, 0xD8)
_EXIF = b"Exif\x00\x00"
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class SafeFile:
    media_type: str
    content: bytes


def make_safe(content: bytes, *, megapixels: int) -> SafeFile:
    """The file as it may be kept.

    FileRefused when it is neither photo nor PDF, whatever its name says; PictureTooLarge when opened it has
    more than so many million pixels; FileDamaged when it is not whole.
    """
    kind = filetype.guess(content)
    try:
        match kind.mime if kind is not None else None:
            case "image/jpeg":
                return SafeFile(JPEG, _jpeg(content, megapixels))
            case "image/png":
                return SafeFile(PNG, _png(content, megapixels))
            case "application/pdf":
                return SafeFile(PDF, content)
    except (IndexError, struct.error) as error:
        raise FileDamaged() from error
    raise FileRefused()


def _check_size(width: int, height: int, megapixels: int) -> None:
    if not 0 < width <= _LONGEST_SIDE or not 0 < height <= _LONGEST_SIDE:
        raise PictureTooLarge()
    if width * height > megapixels * 1_000_000:
        raise PictureTooLarge()


def _png(content: bytes, megapixels: int) -> bytes:
    kept, at = [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise FileDamaged()
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", content, at + 8)
            _check_size(width, height, megapixels)
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _jpeg(content: bytes, megapixels: int) -> bytes:
    kept, orientation, sized = [b"\xff\xd8"], 1, False
    for marker, segment in _segments(content):
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", segment, 5)
            _check_size(width, height, megapixels)
            sized = True
        if marker == _APP1:
            orientation = _orientation(segment[4:]) or orientation
        if marker in (_APP0, _APP2, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COM):
            kept.append(segment)
    if not sized:
        raise FileDamaged()
    if orientation != 1:
        kept.insert(1, _exif(orientation))
    return b"".join([*kept, b"\xff\xd9"])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its bytes, that of a scan with the picture data behind it, to the picture's end."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            raise FileDamaged()
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise FileDamaged()
        if marker == _SOS:
            end = _scan_end(content, end)
        yield marker, content[at:end]
        at = end


def _scan_end(content: bytes, at: int) -> int:
    """Where picture data stops: at the next marker that is no restart; a photo cut off ends with the file."""
    while (at := content.find(b"\xff", at)) != -1 and at + 1 < len(content):
        following = content[at + 1]
        if following != 0 and following not in _RESTARTS and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2
    return len(content)


def _orientation(exif: bytes) -> int | None:
    """How the phone was held, 1 to 8, from an EXIF block; None where it does not say."""
    if not exif.startswith(_EXIF):
        return None
    tiff = exif[len(_EXIF) :]
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _exif(orientation: int) -> bytes:
    """An EXIF block that holds nothing but the orientation."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = _EXIF + tiff
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body
