"""Inspection rating: checks of what lines cost: it is worked out again from the facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.credits.facts import lines_of
from ledger.credits.usage import Rate, UsageLine
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Refusal
from ledger.kernel.ids import PLATFORM
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.rating.inspection.meters import MeterInspection
from ledger.rating.line_price import Used, price_line
from ledger.rating.months import MeterKey
from ledger.rating.ports import KeptMeters
from ledger.rating.rate_card import DEFAULT_CARD, RateCard
from ledger.rating.rate_card_prices import CardVersion, version_of
from ledger.rating.schedule import Schedule


class RatingInspection(Inspection):
    """Prices every line again with the version of the card that it pins."""

    KINDS = ("prices", "meters")
    WHOLE = ("meters",)
    BEFORE = (RateCard.RateCardPublished.TOPIC, RateCard.RateCardVersionWithdrawn.TOPIC)
    ELSEWHERE = (PLATFORM,)
    """Where the card is that all orgs are priced by."""

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._used: dict[MeterKey, int] = {}
        self.meters = MeterInspection(report, self._used, whole=whole)
        self._check = report["prices"]
        self._versions: dict[tuple[str, int], CardVersion] = {}
        self._schedules: dict[str, Schedule] = {}

    def remembered(self) -> dict[str, Any]:
        return {name: each for name, each in super().remembered().items() if name != "meters"}

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        super().go_on(remembered)
        self.meters = MeterInspection(self.report, self._used, whole=self.whole)

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Remember a published version, or price the lines of a fact."""
        if isinstance(fact, RateCard.RateCardPublished):
            self._versions[event.org, fact.card_version] = version_of(fact.published)
            self._schedule(event.org).publish(fact.card_version, fact.effective_us)
        elif isinstance(fact, RateCard.RateCardVersionWithdrawn):
            self._schedule(event.org).withdraw(fact.card_version)
        for place, line in enumerate(lines_of(fact)):
            if line.rate is not None:
                self._price(event, place, line)

    def end(self, store: KeptMeters, folded: Folded, has: Has) -> None:
        """Compare the stored counters of meters, where all of them could be counted."""
        if self.whole:
            self.meters.compare(row for row in store.meters() if has(row.org))

    def _schedule(self, org: str) -> Schedule:
        return self._schedules.setdefault(org, Schedule())

    def _price(self, event: RecordedEvent, number: int, line: UsageLine) -> None:
        self._check.checked += 1
        rate = line.rate
        assert rate is not None
        org = PLATFORM if rate.card == DEFAULT_CARD else rate.card
        version = self._versions.get((org, rate.version))
        sold = version and version.names.find(line.provider, str(line.model))
        if not version or not sold:
            self._find_line(event, number, f"no version {rate.version} of {rate.card} prices it")
            return
        if not self._was_in_force(org, version, line.occurred_us, within=org == event.org):
            detail = f"version {rate.version} of {rate.card} was not in force when it occurred"
            self._find_line(event, number, detail)
        try:
            amount, prices, counted = price_line(
                version, sold, line.quantities, line.occurred_us, _as_stated_by(rate)
            )
        except Refusal as refusal:
            self._find_line(event, number, refusal.detail)
            return
        if counted:
            self.meters.count(event, number, line, counted)
        if rate.used_before.keys() != {each.price.meter for each in counted}:
            detail = "says what was used before of other meters than are counted"
            self._find_line(event, number, detail)
        if amount != line.amount or prices != rate.unit_prices:
            detail = f"costs {amount} by the card it pins, {line.amount} was charged"
            self._find_line(event, number, detail)

    def _find_line(self, event: RecordedEvent, line: int, detail: str) -> None:
        self._check.find(Place(event.org, event.sequence, line, event.position), detail)

    def _was_in_force(
        self, org: str, version: CardVersion, occurred_us: int, *, within: bool
    ) -> bool:
        """Tell whether a version had begun; within one org, whose events have one order, also that
        no other had taken its place."""
        if not within:
            return version.effective_us is None or version.effective_us <= occurred_us
        return self._schedule(org).in_force(occurred_us) == version.version


def _as_stated_by(rate: Rate) -> Used:
    """Return what a line says was used before it."""
    return lambda price: rate.used_before.get(price.meter, 0)
