"""The coverage of fonts: which characters they have a glyph for, from their own tables.

A PDF/A may not refer to a glyph that is not there, so what no font can write is replaced.
"""

from __future__ import annotations

import functools
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from adapters.documents.fonts import files

_JOINERS = "\u200c\u200d\u200e\u200f"
"""What shapes or orders letters is kept; what overrides their order is not."""

_UNKNOWN = "\ufffd"


def writable(text: str) -> str:
    """Return a text with what no font can write replaced, and without what is not written."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_written, unicodedata.normalize("NFC", text)))


def _written(character: str) -> str:
    if character in _JOINERS:
        return character
    if unicodedata.category(character) == "Cf":
        return ""
    covered = _covered()
    if ord(character) in covered:
        return character
    if character.isspace():
        return " "
    return _UNKNOWN if ord(_UNKNOWN) in covered else "?"


@functools.cache
def _covered() -> frozenset[int]:
    return frozenset(code for path in files() for code in _codes(path))


def _codes(path: Path) -> Iterator[int]:
    """Yield what a font file, or the first font of a collection, has a glyph for (OpenType,
    `cmap`)."""
    font = path.read_bytes()
    begins = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    (tables,) = struct.unpack_from(">H", font, begins + 4)
    places = {
        tag: place
        for tag, _, place, _ in struct.iter_unpack(
            ">4sIII", font[begins + 12 : begins + 12 + 16 * tables]
        )
    }
    cmap = places[b"cmap"]
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for platform, encoding, offset in struct.iter_unpack(
        ">HHI", font[cmap + 4 : cmap + 4 + 8 * count]
    ):
        if (platform, encoding) in ((3, 10), (0, 4), (3, 1), (0, 3)):
            yield from _subtable(font, cmap + offset)


def _subtable(font: bytes, begins: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", font, begins)
    if form == 12:
        (groups,) = struct.unpack_from(">I", font, begins + 12)
        end = begins + 16 + 12 * groups
        for first, last, _ in struct.iter_unpack(">III", font[begins + 16 : end]):
            yield from range(first, last + 1)
    elif form == 4:
        (twice,) = struct.unpack_from(">H", font, begins + 6)
        lasts = struct.unpack_from(f">{twice // 2}H", font, begins + 14)
        firsts = struct.unpack_from(f">{twice // 2}H", font, begins + 16 + twice)
        for first, last in zip(firsts, lasts, strict=True):
            if first != 0xFFFF:
                yield from range(first, last + 1)
