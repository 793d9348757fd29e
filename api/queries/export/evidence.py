"""Evidence of a range: its events page by page, their texts, and versions of rate cards."""

from __future__ import annotations

from collections.abc import Sequence

from api.queries.reader import Reader, Row
from ledger.ports import RecordedEvent

PAGE_EVENTS = 2_000
PAGE_BYTES = 1_000_000
"""Bodies of one page, in bytes."""


async def events_page(
    reader: Reader, org: str, first: int, last: int, limit: int = PAGE_EVENTS
) -> list[RecordedEvent]:
    """Return the first events of a range, at least one if there is any."""
    span = {"org": org, "first": first, "last": last}
    bound = {"limit": limit, "bytes": PAGE_BYTES}
    rows = await reader.rows(org, "export/page", span | bound)
    return [RecordedEvent(**row) for row in rows]


async def texts(reader: Reader, org: str, digests: Sequence[str]) -> list[Row]:
    """Return erasable texts by digest, as they are now."""
    return await reader.rows(org, "export/texts", {"org": org, "digests": digests})


async def card_events(reader: Reader, org: str, versions: Sequence[int]) -> list[RecordedEvent]:
    """Return events of the rate card of an org, by their place in its stream."""
    rows = await reader.rows(org, "export/cards", {"org": org, "versions": versions})
    return [RecordedEvent(**row) for row in rows]
