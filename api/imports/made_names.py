"""Made names: slugs, SKUs and ids out of what people have written, the same whenever it is read."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from ledger.kernel.ids import NAME_PATTERN, SKU_PATTERN

SLUG_LENGTH, NAME_LENGTH, SKU_LENGTH = 99, 63, 64
_NAME, _SKU = re.compile(NAME_PATTERN), re.compile(SKU_PATTERN)
_SOURCE_MAX = 500
"""Characters that a name is made of; the digest in it is of all."""


def slug_of(text: str, length: int = SLUG_LENGTH) -> str:
    """Return what a text may be called in a link: its letters, without their accents, and digits;
    with a digest where that is nothing or too long."""
    whole = re.sub(r"[^a-z0-9]+", "-", _ascii(text[:_SOURCE_MAX]).lower()).strip("-")
    is_whole = bool(whole) and len(whole) <= length and len(text) <= _SOURCE_MAX
    return whole if is_whole else with_digest(whole, text, length)


def with_digest(name: str, text: str, length: int) -> str:
    """Return a name that no other text has, so long at most."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{name[: length - 9].rstrip('-')}-{digest}".lstrip("-")


def sku_of(text: str) -> str:
    """Return a SKU as it is, or the nearest that can be one, with a digest."""
    if _SKU.fullmatch(text):
        return text
    nearest = re.sub(r"[^A-Za-z0-9._-]+", "-", _ascii(text[:_SOURCE_MAX])).strip("-._")
    return with_digest(nearest, text, SKU_LENGTH)


def made_sku(slug: str, values: Sequence[str]) -> str:
    """Return the SKU of a variant that has none, of its item's slug and its option values."""
    return slug_of("-".join((slug, *values)), SKU_LENGTH)


def ids_of(labels: Sequence[str]) -> dict[str, str]:
    """Return the id of each label: two that look alike have different ones."""
    found: dict[str, str] = {}
    for label in labels:
        if label not in found:
            name = label if _NAME.fullmatch(label) else slug_of(label, NAME_LENGTH)
            taken = name in found.values()
            found[label] = with_digest(name, label, NAME_LENGTH) if taken else name
    return found


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
