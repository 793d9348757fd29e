"""The benefit book: what a SKU gives that is no parcel, in versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.catalogue.benefit import Benefit, check_benefit
from ledger.catalogue.item_type import Kind
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow

BENEFIT_STREAM = "benefit"
BENEFITS = "sku_benefits"
"""The table of what SKUs give now."""


class BenefitBook(LedgerAggregate):
    """What one SKU gives."""

    TOPIC: ClassVar[str] = "catalogue.BenefitBook"
    STREAM: ClassVar[str] = f"{BENEFIT_STREAM}/"

    def __init__(self) -> None:
        self.benefit = Benefit()

    class Event(LedgerAggregate.Event):
        """Base of a benefit book's facts."""

    class BenefitBookOpened(Event, FirstFact):
        """It begins to be said what a SKU gives."""

        TOPIC: ClassVar[str] = "catalogue.BenefitBookOpened"

    class BenefitDefined(Event):
        """A unit of the SKU gives this from now on; what was sold before gives what it gave."""

        TOPIC: ClassVar[str] = "catalogue.BenefitDefined"
        fingerprint: str
        benefit: Benefit

        def apply(self, aggregate: BenefitBook) -> None:
            aggregate.benefit = self.benefit

    @classmethod
    def open(cls, org: str, sku: str, at: datetime) -> BenefitBook:
        """Begin to say what a SKU gives."""
        return cls._create(cls.BenefitBookOpened, id=benefit_id(org, sku), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "sku": name_of(self.id),
            "benefit": msgspec.to_builtins(self.benefit),
        }
        return [TableRow(BENEFITS, columns)]

    def define(self, benefit: Benefit, kind: Kind, at: datetime, *, fingerprint: str) -> None:
        """Have the SKU give this from now on. Raises Invalid."""
        check_benefit(benefit, kind)
        numbered = msgspec.structs.replace(benefit, version=self.benefit.version + 1)
        self.trigger_event(
            self.BenefitDefined, timestamp=at, fingerprint=fingerprint, benefit=numbered
        )


def benefit_id(org: str, sku: str) -> str:
    """Return the stream of what a SKU gives."""
    return stream_id(org, BENEFIT_STREAM, sku)
