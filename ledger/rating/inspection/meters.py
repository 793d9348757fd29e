"""Checks of what was used of meters in their months: counted again from all lines, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.credits.usage import UsageLine
from ledger.kernel.ids import wallet_names
from ledger.kernel.report import Place, Report, compare
from ledger.ports import RecordedEvent
from ledger.rating.line_price import Counted
from ledger.rating.months import MeterKey, key_of
from ledger.rating.ports import MeterRow


class MeterInspection:
    """Counts every line again that was priced by what was used before it.

    `used`: what was counted of each before. `whole`: from the first line on; else the first one
    seen of a counter is believed.
    """

    def __init__(self, report: Report, used: dict[MeterKey, int], *, whole: bool) -> None:
        self._check = report["meters"]
        self._whole = whole
        self._used = used

    def count(
        self, event: RecordedEvent, line: int, use: UsageLine, counted: Sequence[Counted]
    ) -> None:
        """Count a line after comparing what it says of those before it."""
        payer, _ = wallet_names(f"{event.org}/{event.stream}")
        for price, used_before, quantity in counted:
            self._check.checked += 1
            key = key_of(price, event.org, payer, use.occurred_us)
            right = self._used.get(key, 0 if self._whole else used_before)
            if used_before != right:
                place = Place(event.org, event.sequence, line, event.position)
                self._check.find(
                    place,
                    f"{key.meter} of {key.model} in {key.month}: {right} were used before, "
                    f"it was priced after {used_before}",
                )
            self._used[key] = right + quantity

    def counted(self) -> list[MeterRow]:
        """Return what the rows must be."""
        return [MeterRow(*key, used) for key, used in self._used.items()]

    def compare(self, stored: Iterable[MeterRow]) -> None:
        """Compare with the stored counters."""
        right = {_place(row): (row.used,) for row in self.counted()}
        for place in compare(
            self._check, ("used",), right, ((_place(row), (row.used,)) for row in stored)
        ):
            self._check.find(place, "missing: usage was counted here")


def _place(row: MeterRow) -> Place:
    whose = row.payer or "all wallets"
    model = f"{row.provider} {row.model}" if row.provider else row.model
    return Place(row.org, row=f"meter {row.meter} of {model} for {whose} in {row.month}")
