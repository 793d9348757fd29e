"""Webhooks of an org, and what became of the calls to them."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.webhooks.webhook import Webhook

_ABOVE = "0"
"""The character after the slash: where the keys of a webhook end."""


class CallState(NamedTuple):
    """A call: of which event, again for whom if so, and what became of it (µs; None: it waits)."""

    key: str
    sequence: int
    asked: int | None
    deferred_us: int
    ended_us: int | None
    outcome: str | None
    error: str | None
    attempts: int


async def webhooks_of(reader: Reader, org: str) -> list[Webhook]:
    """Return every webhook of an org, in the order of their ids."""
    row = await reader.row(org, "webhooks/book", {"org": org})
    found = converted(row["webhooks"] if row else [], list[Webhook])
    return sorted(found, key=lambda each: each.id)


async def calls_of(
    reader: Reader, org: str, webhook: str, before: str, state: str | None, limit: int
) -> list[CallState]:
    """Return the calls to a webhook, those of the newest events first; `before`: the key of the
    last of the page before, or nothing."""
    asked = {
        "org": org,
        "from": f"{webhook}/",
        "before": before or webhook + _ABOVE,
        "state": state,
        "limit": limit,
    }
    return [
        CallState(row["key"], *_of(row["key"]), *(row[name] for name in CallState._fields[3:]))
        for row in await reader.rows(org, "webhooks/calls", asked)
    ]


async def is_event(reader: Reader, org: str, sequence: int) -> bool:
    """Tell whether an event is there, and not in an archive."""
    row = await reader.row(org, "webhooks/is_event", {"org": org, "sequence": sequence})
    return bool(row and row["there"])


def _of(key: str) -> tuple[int, int | None]:
    _, sequence, *asked = key.split("/")
    return int(sequence), int(asked[0]) if asked else None
