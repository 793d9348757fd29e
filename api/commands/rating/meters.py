"""Meters: what was used of each in its month."""

from __future__ import annotations

from api.commands.counters import Counters
from ledger.ports import Batch
from ledger.rating.months import MeterKey
from ledger.rating.ports import MeterRow, MeterRows


class Meters(Counters[MeterKey, int]):
    """The meters that one process's groups use."""

    def __init__(self, rows: MeterRows) -> None:
        super().__init__(rows.meters_used, int)

    def write(self, batch: Batch) -> None:
        batch.meters = [MeterRow(*key, used) for key, used in self.counted.items()]
