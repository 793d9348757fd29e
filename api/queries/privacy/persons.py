"""Persons: what an erasure must find of a person, by the events: they hold the digests of texts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence

from api.queries.reader import Reader
from ledger.kernel.errors import Conflict
from ledger.ports import RecordedEvent
from ledger.privacy.inspection import texts_of
from ledger.registry import UnknownFact, fact_of

EVENTS_AT_ONCE = 20_000
"""Sequences looked through with one question."""


async def find_astray(
    reader: Reader, org: str, person: str, *, within_s: float | None = None
) -> list[str]:
    """Return the digests of texts that events say are a person's while their rows name another.

    In a sound store there is none: an erasure that trusted the rows alone would miss texts, and
    say that it is complete, once somebody has changed whose they are. Events in archives are not
    looked through. Raises Conflict when that takes longer than it may.
    """
    started = time.monotonic()
    head = await reader.row(org, "head", {"org": org})
    last, after = (head["sequence"] if head else 0), 0
    origins = await reader.rows(org, "privacy/access_origins", {"org": org, "person": person})
    astray = await _of_others(reader, org, person, [row["origin"] for row in origins])
    while after < last:
        if within_s is not None and time.monotonic() - started > within_s:
            raise Conflict(
                f"{org} has too many events to be looked through while a request waits: use "
                "`tally erase-person`, which takes its time."
            )
        until = min(after + EVENTS_AT_ONCE, last)
        asked = {"org": org, "after": after, "until": until, "person": person}
        rows = await reader.rows(org, "privacy/events_naming", asked)
        events = [RecordedEvent(**row) for row in rows]
        held = await asyncio.to_thread(_digests, events, person)
        astray += await _of_others(reader, org, person, held)
        after = events[-1].sequence if events else until
    return list(dict.fromkeys(astray))


async def _of_others(reader: Reader, org: str, person: str, digests: Sequence[str]) -> list[str]:
    if not digests:
        return []
    asked = {"org": org, "digests": digests, "person": person}
    return [row["digest"] for row in await reader.rows(org, "privacy/texts_of_others", asked)]


def _digests(events: Iterable[RecordedEvent], person: str) -> list[str]:
    """Return the digests of a person's texts that events hold."""
    return [digest for event in events for digest in _held(event, person)]


def _held(event: RecordedEvent, person: str) -> list[str]:
    try:
        texts = texts_of(event, fact_of(event))
    except UnknownFact:  # of a newer version, which `tally verify` says
        return []
    return [digest for digest, owner in texts.items() if owner.person == person]
