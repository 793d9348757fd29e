"""The summary `catalogue_search`: what each catalogue item is found by, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.catalogue.found_items import FoundItem, found_of
from projections.summary import Summary, Summed, Told


class CatalogueSearchRow(NamedTuple):
    """An item. `state`: draft, published or archived. `categories`, `options` (as `colour=red`) and
    `texts` are JSON; what it is found by is made of them by the table."""

    org: str
    item: str
    type: str | None
    state: str | None
    categories: str | None
    options: str | None
    texts: str | None
    sequence: int


def _add(rows: Summed, event: Told, lines: Sequence[FoundItem]) -> None:
    for each in lines:
        place, after = (event.org, each.item), [*each[1:], event.sequence]
        before = rows.get(place)
        rows[place] = after if before is None else READ_MODEL.merged(before, after)


READ_MODEL: Summary[FoundItem] = Summary("catalogue_search", CatalogueSearchRow, found_of, 2, _add)
