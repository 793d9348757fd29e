"""The row of a counter of spend caps: what it has counted, as the store keeps it."""

from __future__ import annotations

import msgspec

from ledger.credits.caps import Counter, CounterKey
from ledger.credits.ports import CounterRow
from ledger.kernel.decoding import decoder

_encode = msgspec.json.Encoder().encode
_decode = decoder(dict[int, int])


def counter_row(key: CounterKey, counter: Counter) -> CounterRow:
    """Return a counter as a row."""
    return CounterRow(*key, counter.spent, counter.held, _encode(counter.alerted).decode())


def counter_of(row: CounterRow) -> tuple[CounterKey, Counter]:
    """Return the counter of a row."""
    return CounterKey(*row[:4]), Counter(row.spent, row.held, _decode(row.alerted))
