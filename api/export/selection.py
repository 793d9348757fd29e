"""Selection: which events are exported: a range of sequences, or of recorded times, under one
checkpoint."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import NamedTuple

from api.queries.proof.checkpoints import SealedCheckpoint, find_checkpoint
from api.queries.reader import Reader
from ledger.kernel.errors import Invalid, NotFound, NotSealed
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import parse_day_or_time

PATIENCE_S = 5.0
"""How long an export waits for the sealer to reach the end of its range."""

_POLL_S = 0.1
_SEQUENCE = re.compile(r"[1-9][0-9]{0,18}")


class Bound(NamedTuple):
    """One end of what was asked for: a sequence, which belongs to the range, or a time (µs)."""

    sequence: int | None = None
    us: int | None = None


@dataclass(frozen=True)
class Selection:
    """The events `first` to `last`, all of them up to `checkpoint.size`; none if `last < first`.

    `from_us` and `to_us`: the period that was asked for, half-open, of which these are all.
    """

    org: str
    first: int
    last: int
    from_us: int | None
    to_us: int | None
    checkpoint: SealedCheckpoint

    @property
    def neighbours(self) -> list[int]:
        """The sequences just outside, whose times show that the period misses none."""
        before = [self.first - 1] if self.from_us is not None and self.first > 1 else []
        is_end = self.to_us is None or self.last == self.checkpoint.size
        return before if is_end else [*before, self.last + 1]


def parse_bound(text: str | None, field: str) -> Bound:
    """Return a sequence, a time in RFC 3339, or a day, which stands for its first moment in UTC."""
    if text is None:
        return Bound()
    if _SEQUENCE.fullmatch(text) and int(text) <= AMOUNT_MAX:
        return Bound(sequence=int(text))
    if text.isdecimal():
        raise Invalid(f"{field} is not a sequence: they count from 1.", field=field)
    return Bound(us=parse_day_or_time(text, field))


async def select(
    reader: Reader, org: str, from_: Bound, to: Bound, patience_s: float = PATIENCE_S
) -> Selection:
    """Return what was asked for, once it is sealed. Raises NotFound, Invalid, NotSealed."""
    row = await reader.row(org, "head", {"org": org})
    if row is None:
        raise NotFound("the org has no events.", field="org")
    head = int(row["sequence"])
    _check(from_, to, head)
    first = await _first(reader, org, from_, head)
    last = await _last(reader, org, to, head)
    if last < first - 1:
        raise Invalid("to must not be before from.", field="to")
    needed = last if to.us is None else min(head, last + 1)
    checkpoint = await sealed(reader, org, needed, patience_s)
    if from_.us is not None:  # more may have been recorded since
        first = await _first(reader, org, from_, checkpoint.size)
    if to.us is not None:
        last = await _last(reader, org, to, checkpoint.size)
    if first <= last:
        await _recorded_us(reader, org, first)
    return Selection(org, first, last, from_.us, to.us, checkpoint)


async def sealed(reader: Reader, org: str, needed: int, patience_s: float) -> SealedCheckpoint:
    """Return the newest checkpoint, once one covers so many events. Raises NotSealed."""
    deadline = time.monotonic() + patience_s
    while True:
        newest = await _newest(reader, org)
        if newest is not None and newest.size >= needed:
            return newest
        if time.monotonic() >= deadline:
            raise NotSealed(await _why(reader, org, needed, newest))
        await asyncio.sleep(_POLL_S)


async def _newest(reader: Reader, org: str) -> SealedCheckpoint | None:
    try:
        return await find_checkpoint(reader, org, None)
    except NotFound:
        return None


async def _why(reader: Reader, org: str, needed: int, newest: SealedCheckpoint | None) -> str:
    row = await reader.row(org, "proof/tree_refused", {"org": org})
    reached = 0 if newest is None else newest.size
    if row is not None:
        return f"{org} is sealed up to {reached} and not any further: {row['refused']}"
    return (
        f"{org} is sealed up to {reached}, not yet up to {needed}: try again when the sealer has "
        "caught up (tally serve runs it; tally seal --once does it now), or end the range there."
    )


def _check(from_: Bound, to: Bound, head: int) -> None:
    for bound, field in ((from_, "from"), (to, "to")):
        if bound.sequence is not None and bound.sequence > head:
            raise Invalid(f"{field} is beyond the org's last event, {head}.", field=field)
    if from_.us is not None and to.us is not None and to.us <= from_.us:
        raise Invalid("to must be after from: a period is half-open.", field="to")


async def _first(reader: Reader, org: str, bound: Bound, size: int) -> int:
    if bound.us is None:
        return bound.sequence or 1
    return await _reached(reader, org, bound.us, size)


async def _last(reader: Reader, org: str, bound: Bound, size: int) -> int:
    if bound.us is None:
        return bound.sequence or size
    return await _reached(reader, org, bound.us, size) - 1


async def _reached(reader: Reader, org: str, us: int, size: int) -> int:
    """Return the first event recorded at a time or later; the one after the last if there is none.

    Recorded times never run backwards along a chain: a bisection reads a few events.
    """
    low, high = 1, size + 1
    while low < high:
        middle = (low + high) // 2
        if await _recorded_us(reader, org, middle) < us:
            low = middle + 1
        else:
            high = middle
    return low


async def _recorded_us(reader: Reader, org: str, sequence: int) -> int:
    row = await reader.row(org, "recorded_us", {"org": org, "sequence": sequence})
    if row is None:
        raise NotFound(
            f"event {sequence} is not in the database any more: it was archived, or taken out "
            "(tally verify says which).",
            field="from",
        )
    return int(row["recorded_us"])
