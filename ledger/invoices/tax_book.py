"""The tax book of an org: its tax rates, in versions that never change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.invoices.tax_rates import TaxRate, TaxRates, check_rates
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow

TAX_STREAM = "tax-rates"


class TaxBook(LedgerAggregate):
    """The tax rates of one org; those of the platform are for all orgs without their own."""

    TOPIC: ClassVar[str] = "invoices.TaxBook"
    STREAM: ClassVar[str] = TAX_STREAM

    def __init__(self) -> None:
        self.rates: list[TaxRate] = []
        self.published = 0
        """How many versions there are."""

    class Event(LedgerAggregate.Event):
        """Base of a tax book's facts."""

    class TaxBookOpened(Event, FirstFact):
        """An org begins to say how it is taxed."""

        TOPIC: ClassVar[str] = "invoices.TaxBookOpened"

    class TaxRatesPublished(Event):
        """These are all rates from now on; what was issued keeps those that it has."""

        TOPIC: ClassVar[str] = "invoices.TaxRatesPublished"
        fingerprint: str
        rates_version: int
        rates: list[TaxRate]

        def apply(self, aggregate: TaxBook) -> None:
            aggregate.rates, aggregate.published = self.rates, self.rates_version

    @classmethod
    def open(cls, org: str, at: datetime) -> TaxBook:
        """Begin an org's tax rates."""
        return cls._create(cls.TaxBookOpened, id=tax_id(org), timestamp=at)

    @property
    def in_force(self) -> TaxRates:
        """The last version."""
        org, _ = split_stream_id(self.id)
        return TaxRates(org, self.published, self.rates)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        rates = [msgspec.to_builtins(each) for each in self.rates]
        columns = {"org": org, "rates_version": self.published, "rates": rates}
        return [TableRow("tax_books", columns)]

    def publish(self, rates: Sequence[TaxRate], at: datetime, *, fingerprint: str) -> None:
        """Publish all rates at once. Raises Invalid."""
        check_rates(rates)
        self.trigger_event(
            self.TaxRatesPublished,
            timestamp=at,
            fingerprint=fingerprint,
            rates_version=self.published + 1,
            rates=list(rates),
        )


def tax_id(org: str) -> str:
    """Return the stream of an org's tax rates."""
    return stream_id(org, TAX_STREAM)
