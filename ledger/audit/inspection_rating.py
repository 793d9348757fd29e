"""Checks of what lines cost and what caps counted: both are worked out again from the facts."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.audit.inspection import Place, Report, compare
from ledger.credits.cap_book import CapBook
from ledger.credits.caps import Cap, Counter, CounterKey, count, windows
from ledger.credits.debits import lines_of
from ledger.credits.usage import Line
from ledger.kernel.errors import Refusal
from ledger.kernel.events import Fact
from ledger.kernel.ids import PLATFORM
from ledger.ports import CounterRow, RecordedEvent
from ledger.rating.card import DEFAULT_CARD, RateCard
from ledger.rating.price import price_line
from ledger.rating.prices import CardVersion, version_of


class RatingInspection:
    """Prices every line again with the version of the card that it pins."""

    def __init__(self, report: Report) -> None:
        self._check = report["prices"]
        self._versions: dict[tuple[str, int], CardVersion] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Remember a published version, or price the lines of a fact."""
        if isinstance(fact, RateCard.RateCardPublished):
            self._versions[event.org, fact.card_version] = version_of(
                fact.card_version,
                fact.effective_us,
                fact.prices,
                fact.margin_bps,
                fact.minimum,
            )
        for place, line in enumerate(lines_of(fact)):
            if line.rate is not None:
                self._price(Place(event.org, event.sequence, place, event.position), line)

    def _price(self, place: Place, line: Line) -> None:
        self._check.checked += 1
        rate = line.rate
        assert rate is not None
        org = PLATFORM if rate.card == DEFAULT_CARD else rate.card
        version = self._versions.get((org, rate.version))
        if version is None or line.model not in version.prices:
            self._check.find(place, f"no version {rate.version} of {rate.card} prices it")
            return
        try:
            amount, prices = price_line(str(line.model), line.quantities, version)
        except Refusal as refusal:
            self._check.find(place, refusal.detail)
            return
        if (amount, prices) != (line.amount, rate.unit_prices):
            self._check.find(
                place, f"costs {amount} by the card it pins, {line.amount} was charged"
            )


class CapInspection:
    """Counts every use again under the caps that were in force."""

    COLUMNS = ("spent", "alerted")

    def __init__(self, report: Report) -> None:
        self._check = report["caps"]
        self._caps: dict[str, list[Cap]] = {}
        self._counters: dict[CounterKey, Counter] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Put caps in force, or count the lines of a fact."""
        if isinstance(fact, CapBook.CapsSet):
            self._caps[event.org] = fact.caps
        caps = self._caps.get(event.org)
        if caps:
            for line in lines_of(fact):
                found = windows(event.org, caps, scope_of(line), event.recorded_us)
                count(list(found), self._counters, line.amount)

    def counted(self) -> list[tuple[CounterKey, Counter]]:
        """What the rows must be; what costs nothing leaves none."""
        return [(key, c) for key, c in self._counters.items() if c != Counter()]

    def compare(self, stored: Iterable[CounterRow]) -> None:
        """Compare with the stored counters."""
        right = {_place(key): (c.spent, c.alerted) for key, c in self.counted()}
        rows = [(_place(CounterKey(*row[:4])), row[4:]) for row in stored]
        for place in compare(self._check, self.COLUMNS, right, rows):
            self._check.find(place, "missing: usage was counted here")


def scope_of(line: Line) -> dict[str, str | None]:
    """What caps tell a line apart by."""
    return {
        "user": line.user,
        "project": line.project,
        "service": line.service,
        "model": line.model,
    }


def _place(key: CounterKey) -> Place:
    return Place(key.org, row=f"cap {key.cap} {key.subject} from {key.bucket_us}")
