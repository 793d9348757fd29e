"""The local text: what something of the catalogue is called in one language, and says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import DESCRIPTION_MAX, LOCALES_MAX

LOCALE_PATTERN = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?"
SLUG_PATTERN = r"[a-z0-9][a-z0-9-]{0,98}"
_LOCALE, _SLUG = re.compile(LOCALE_PATTERN), re.compile(SLUG_PATTERN)


class LocalText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A title and a description in one language."""

    title: str
    description: str | None = None


def check_slug(value: object, field: str) -> str:
    """Return a name that may stand in a link."""
    if isinstance(value, str) and _SLUG.fullmatch(value):
        return value
    raise Invalid(
        f"{field} must be 1 to 99 of the characters a-z 0-9 - and begin with a letter or a digit.",
        field=field,
    )


def check_locale(value: object, field: str) -> str:
    """Return a language, with a script and a region where it says them (BCP 47)."""
    if isinstance(value, str) and _LOCALE.fullmatch(value):
        return value
    raise Invalid(f"{field} must name languages as en, en-GB or zh-Hant-TW do.", field=field)


def check_texts(texts: Mapping[str, LocalText], field: str) -> None:
    """Raise Invalid for texts that cannot be shown; there must be one."""
    if not 1 <= len(texts) <= LOCALES_MAX:
        raise Invalid(f"{field} must be in 1 to {LOCALES_MAX} languages.", field=field)
    for locale, text in texts.items():
        check_locale(locale, field)
        check_text(text.title, f"{field}.{locale}.title")
        if text.description is not None:
            check_prose(text.description, f"{field}.{locale}.description", DESCRIPTION_MAX)


def check_labels(labels: Mapping[str, str], field: str) -> None:
    """Raise Invalid for labels by language that cannot be shown; there may be none."""
    if len(labels) > LOCALES_MAX:
        raise Invalid(f"{field} must be in at most {LOCALES_MAX} languages.", field=field)
    for locale, label in labels.items():
        check_locale(locale, field)
        check_text(label, f"{field}.{locale}")


def check_prose(value: str, field: str, longest: int) -> str:
    """Return a clean text of several lines; it may be empty."""
    if len(value) > longest:
        raise Invalid(f"{field} must have at most {longest} characters.", field=field)
    for line in value.split("\n"):
        if line:
            check_text(line, field, longest)
    return value
