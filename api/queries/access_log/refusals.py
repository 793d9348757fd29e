"""Refusals: the access log of an org: requests that were refused."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader, Row
from api.queries.spans import Question
from ledger.access_log.log import AccessLink, Refused


class RefusalFilters(msgspec.Struct, frozen=True):
    """What a list of refusals is narrowed to; some of each happened in the half-open period."""

    code: str | None = None
    subject: str | None = None
    key_id: str | None = None
    request_id: str | None = None
    from_us: int | None = None
    to_us: int | None = None


async def access_head(reader: Reader, org: str) -> int:
    """Return the last sequence of an org's access log; 0 when nothing was refused yet."""
    row = await reader.row(org, "access_log/head", {"org": org})
    return int(row["sequence"]) if row else 0


def refusals_question(org: str, filters: RefusalFilters) -> Question:
    """Return the entries that pass the filters."""
    parameters = msgspec.structs.asdict(filters)
    narrowed = any(value is not None for value in parameters.values())
    return Question("access_log/refusals", org, parameters, narrowed)


def link_of(row: Row) -> AccessLink:
    """Return an entry with its place in its chain."""
    entry = Refused(**{name: row[name] for name in Refused._fields})
    return AccessLink(entry, row["sequence"], row["hash"])
