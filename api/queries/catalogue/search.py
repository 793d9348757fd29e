"""The search: published items by their words, type, category and option values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from api.queries.reader import Reader
from ledger.kernel.decoding import converted

COUNTED_MAX = 1_000
"""Items that are ranked and counted, a fifth of it where words are only like those of titles: of
a search that finds more it is said so."""

_WORD = re.compile(r"\w+")
FIRST = (float(2**53), "")
"""Where the first page begins."""


class Wanted(NamedTuple):
    """What is looked for; `options` as `colour=red`. `categories`: one of them, if any is named."""

    words: str
    locale: str
    type: str | None
    options: Sequence[str]
    categories: Sequence[str]


class Facet(NamedTuple):
    """How many of what was found are of one type, in one category or have one value of an
    option."""

    facet: str
    name: str
    items: int


class Found(msgspec.Struct, frozen=True):
    """What was found: how many, at most `COUNTED_MAX`, and whether there are more. `items`: the
    rank and the id of each of the page."""

    found: int
    is_more: bool
    facets: list[Facet]
    items: list[tuple[float, str]]


def words_of(text: str) -> list[str]:
    """Return the words of what somebody has typed."""
    return _WORD.findall(text)


async def search_items(
    reader: Reader, org: str, wanted: Wanted, after: tuple[float, str], limit: int
) -> Found:
    """Return what is found after a place, the best first; facets with the first page."""
    asked = {
        "org": org,
        "words": wanted.words,
        "begun": _begun(wanted.words),
        "locale": wanted.locale,
        "required": [
            *([f"@type:{wanted.type}"] if wanted.type else []),
            *(f"@option:{each}" for each in wanted.options),
        ],
        "either": [f"@category:{each}" for each in wanted.categories],
        "after_rank": after[0],
        "after_item": after[1],
        "limit": limit,
        "counted": COUNTED_MAX,
        "with_facets": after == FIRST,
    }
    row = await reader.row(org, "catalogue/search", asked)
    assert row is not None  # a function always returns
    return converted(row["found"], Found)


def _begun(words: str) -> str:
    """Return the words for PostgreSQL: each in full, the last one perhaps not typed to its end."""
    *whole, last = words_of(words) or [""]
    return " & ".join([*(f"'{each}'" for each in whole), f"'{last}':*"]) if last else ""
