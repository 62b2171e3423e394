"""What is cut out of pictures and what is refused; the pictures were made by another library."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import FileDamaged, FileError, FileRefused, PictureTooLarge
from gateway.safe_files import make_safe

FOLDER = Path(__file__).with_name("pictures")
PHONE, PROGRESSIVE, SCREENSHOT = (
    (FOLDER / name).read_bytes() for name in ("phone.jpg", "progressive.jpg", "screenshot.png")
)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def safe(content: bytes) -> bytes:
    return make_safe(content, megapixels=100).content


def png(width: int, height: int) -> bytes:
    """A PNG whose head promises this size; its data is a few bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("picture", [PHONE, SCREENSHOT])
def test_where_and_with_what_a_photo_was_taken_is_cut_out(picture: bytes) -> None:
    assert b"Secret" in picture
    kept = safe(picture)
    assert b"Secret" not in kept
    assert b"Model X" not in kept
    assert b"taken at home" not in kept


def test_the_picture_itself_stays_bit_for_bit() -> None:
    data = PHONE[PHONE.index(b"\xff\xda") :]
    assert safe(PHONE).endswith(data)
    assert safe(PROGRESSIVE) == PROGRESSIVE


def test_how_the_phone_was_held_is_kept() -> None:
    kept = safe(PHONE)
    tiff = kept[kept.index(b"Exif\0\0") + 6 :]
    assert struct.unpack_from(">HHHIH", tiff, 8) == (1, 0x0112, 3, 1, 6)


@pytest.mark.parametrize("picture", [PHONE, PROGRESSIVE, SCREENSHOT, png(3, 3)])
def test_what_hides_behind_the_end_is_dropped(picture: bytes) -> None:
    assert safe(picture + EXE) == safe(picture)


@pytest.mark.parametrize("picture", [PHONE, PROGRESSIVE, SCREENSHOT, PDF])
def test_what_is_safe_stays_as_it_is(picture: bytes) -> None:
    assert safe(safe(picture)) == safe(picture)


@pytest.mark.parametrize("content", [EXE, b"", b"GIF89a" + b"\0" * 99, b"PK\x03\x04" + b"\0" * 99, b"<svg/>"])
def test_only_photos_and_pdfs_are_taken_whatever_their_name(content: bytes) -> None:
    with pytest.raises(FileRefused):
        safe(content)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (1, 40_000), (20_000, 20_000), (0, 5)])
def test_an_image_bomb_is_refused_unopened(width: int, height: int) -> None:
    with pytest.raises(PictureTooLarge):
        safe(png(width, height))


def test_a_jpeg_bomb_too() -> None:
    frame = PHONE.index(b"\xff\xc0")
    with pytest.raises(PictureTooLarge):
        safe(PHONE[: frame + 5] + struct.pack(">HH", 65_000, 65_000) + PHONE[frame + 9 :])


@pytest.mark.parametrize("content", [PHONE[:200], SCREENSHOT[:120], b"\xff\xd8\xff\xe0\x00\x01", PHONE[:3]])
def test_half_a_head_is_no_photo(content: bytes) -> None:
    with pytest.raises((FileDamaged, FileRefused)):
        safe(content)


def test_a_photo_cut_off_in_the_middle_is_kept_as_far_as_it_came() -> None:
    assert safe(PHONE[:-40]).endswith(b"\xff\xd9")


@given(
    picture=st.sampled_from([PHONE, PROGRESSIVE, SCREENSHOT]),
    at=st.integers(0, 1_500),
    broken=st.binary(min_size=1, max_size=40),
)
def test_broken_files_end_in_one_of_our_errors(picture: bytes, at: int, broken: bytes) -> None:
    content = picture[:at] + broken + picture[at + len(broken) :]
    try:
        kept = safe(content)
    except FileError:
        return
    assert safe(kept) == kept
