"""Checks of what lines cost: it is worked out again from the facts."""

from __future__ import annotations

from ledger.audit.inspection import Place, Report
from ledger.credits.debits import lines_of
from ledger.credits.usage import Line
from ledger.kernel.errors import Refusal
from ledger.kernel.events import Fact
from ledger.kernel.ids import PLATFORM
from ledger.ports import RecordedEvent
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
