"""Details: what a catalogue item says of itself, but for its options and variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ledger.catalogue.local_text import LocalText, check_labels, check_slug, check_texts
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    CATALOGUE_JSON_MAX,
    CATEGORIES_PER_ITEM_MAX,
    MEDIA_PER_ITEM_MAX,
)

MEDIA_MAX = 2_000
"""Characters of what a picture is found by."""


class Media(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture, a film or a document: the name of a blob, or an https address, and by language
    what is to be read in its place."""

    source: str
    alt: dict[str, str] = {}


class ItemDetails(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of an item. `fields`: the custom ones of its type. `tax_category`: the label by
    which taxes are found."""

    texts: dict[str, LocalText]
    fields: dict[str, Any]
    tax_category: str
    categories: list[str]
    media: list[Media]


def check_details(details: ItemDetails) -> None:
    """Raise Invalid for details that cannot be shown; the custom fields are for the item's type to
    check."""
    check_texts(details.texts, "texts")
    check_text(details.tax_category, "tax_category")
    categories = details.categories
    if len(categories) > CATEGORIES_PER_ITEM_MAX or len(set(categories)) < len(categories):
        raise Invalid(
            f"categories must be at most {CATEGORIES_PER_ITEM_MAX}, each once.", field="categories"
        )
    for place, category in enumerate(categories):
        check_slug(category, f"categories.{place}")
    check_media(details.media, "media")
    if len(msgspec.json.encode(details)) > CATALOGUE_JSON_MAX:
        raise Invalid(
            f"an item must have at most {CATALOGUE_JSON_MAX} bytes of texts, fields and media.",
            field="texts",
        )


def check_media(media: Sequence[Media], field: str) -> None:
    """Raise Invalid for references that lead nowhere."""
    if len(media) > MEDIA_PER_ITEM_MAX:
        raise Invalid(f"{field} must be at most {MEDIA_PER_ITEM_MAX}.", field=field)
    for place, each in enumerate(media):
        _check_source(each, f"{field}.{place}")


def _check_source(media: Media, field: str) -> None:
    source = f"{field}.source"
    check_text(media.source, source, MEDIA_MAX)
    if ":" in media.source or media.source.startswith("/"):
        try:
            url = urlsplit(media.source)
            is_url = url.scheme == "https" and bool(url.hostname) and not url.username
        except ValueError:
            is_url = False
        if not is_url:
            raise Invalid(
                f"{source} must be the name of a blob, or an https address.", field=source
            )
    check_labels(media.alt, f"{field}.alt")
