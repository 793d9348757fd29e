"""The payer details: where a payer is, and as an erasable text who; what their invoices say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.invoices.payer import PAYER, Payer
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.texts import TextOwner

PAYER_STREAM = "payer"


class PayerDetails(LedgerAggregate):
    """What is known of one payer."""

    TOPIC: ClassVar[str] = "invoices.PayerDetails"
    STREAM: ClassVar[str] = f"{PAYER_STREAM}/"

    def __init__(self) -> None:
        self.payer: Payer | None = None

    class Event(LedgerAggregate.Event):
        """Base of a payer's facts."""

    class PayerDetailsOpened(Event, FirstFact):
        """A payer begins to be known."""

        TOPIC: ClassVar[str] = "invoices.PayerDetailsOpened"

    class PayerDetailsSet(Event):
        """What is issued from now on says so."""

        TOPIC: ClassVar[str] = "invoices.PayerDetailsSet"
        fingerprint: str
        user: str
        payer: Payer

        def apply(self, aggregate: PayerDetails) -> None:
            aggregate.payer = self.payer

        def person(self, subject: str) -> str:
            return self.user

        def text_of(self, line: int) -> str | None:
            return self.payer.address

        def texts(self, subject: str) -> dict[str, TextOwner]:
            digest = self.payer.address
            return {digest: TextOwner(PAYER, self.user)} if digest else {}

    @classmethod
    def open(cls, org: str, user: str, at: datetime) -> PayerDetails:
        """Begin to know a payer."""
        return cls._create(cls.PayerDetailsOpened, id=payer_id(org, user), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "owner": name_of(self.id),
            "payer": msgspec.to_builtins(self.payer),
        }
        return [TableRow("payer_details", columns)]

    def set(self, payer: Payer, at: datetime, *, fingerprint: str) -> None:
        """Know it so."""
        self.trigger_event(
            self.PayerDetailsSet,
            timestamp=at,
            fingerprint=fingerprint,
            user=name_of(self.id),
            payer=payer,
        )


def payer_id(org: str, user: str) -> str:
    """Return the stream of what is known of a payer."""
    return stream_id(org, PAYER_STREAM, user)
