"""The org: a tenant, registered on the platform's chain and opened as the first fact of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from ledger.kernel.aggregate import Fact, FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import PLATFORM, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds

ORG_STREAM = "org"

PLACEMENTS = "placements"
"""The table that says in which shard each org lives."""


class BillingMode(StrEnum):
    """Whose wallet pays for usage."""

    INDIVIDUAL = "individual"
    SHARED = "shared"


class OrgEntry(LedgerAggregate):
    """The platform's note that an org exists: one stream an org, so that its id is unique."""

    TOPIC: ClassVar[str] = "tenancy.OrgEntry"
    STREAM: ClassVar[str] = f"{ORG_STREAM}/"

    def __init__(self, org: str) -> None:
        self.org = org
        self.shard = 1

    class Event(Fact):
        """Base of an entry's facts."""

    class OrgRegistered(Event, FirstFact):
        """An org id was given out."""

        TOPIC: ClassVar[str] = "tenancy.OrgRegistered"
        fingerprint: str
        org: str

    class OrgMoved(Event):
        """From now on what the org records is written in another shard."""

        TOPIC: ClassVar[str] = "tenancy.OrgMoved"
        fingerprint: str
        shard: int

        def apply(self, aggregate: OrgEntry) -> None:
            aggregate.shard = self.shard

    def rows(self) -> Iterable[TableRow]:
        columns = {"org": PLATFORM, "tenant": self.org, "shard": self.shard}
        return [TableRow(PLACEMENTS, columns)]

    @classmethod
    def register(cls, org: str, at: datetime, *, fingerprint: str) -> OrgEntry:
        """Give out an org id."""
        return cls._create(
            cls.OrgRegistered,
            id=entry_id(org),
            timestamp=at,
            fingerprint=fingerprint,
            org=org,
        )

    def move(self, shard: int, at: datetime, *, fingerprint: str) -> None:
        """Have the org live in another shard from now on."""
        if shard == self.shard:
            raise Conflict(f"the org {self.org} lives in shard {shard} already.", field="shard")
        self.trigger_event(self.OrgMoved, timestamp=at, fingerprint=fingerprint, shard=shard)


class Org(LedgerAggregate):
    """What an org decided about itself, on its own chain."""

    TOPIC: ClassVar[str] = "tenancy.Org"
    STREAM: ClassVar[str] = ORG_STREAM

    def __init__(self, name: str, billing_mode: BillingMode) -> None:
        self.name = name
        self.billing_mode = billing_mode

    class Event(Fact):
        """Base of an org's facts."""

    class OrgOpened(Event, FirstFact):
        """The org's ledger begins."""

        TOPIC: ClassVar[str] = "tenancy.OrgOpened"
        name: str
        billing_mode: BillingMode

    class BillingModeChanged(Event):
        """From now on usage is paid from other wallets; what the old ones hold stays there."""

        TOPIC: ClassVar[str] = "tenancy.BillingModeChanged"
        fingerprint: str
        billing_mode: BillingMode

        def apply(self, aggregate: Org) -> None:
            aggregate.billing_mode = self.billing_mode

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "name": self.name,
            "billing_mode": self.billing_mode,
            "recorded_us": microseconds(self.created_on),
        }
        return [TableRow("orgs", columns)]

    @classmethod
    def open(cls, org: str, name: str, billing_mode: BillingMode, at: datetime) -> Org:
        """Begin an org's ledger."""
        return cls._create(
            cls.OrgOpened,
            id=org_id(org),
            timestamp=at,
            name=name,
            billing_mode=billing_mode,
        )

    def change_billing_mode(
        self, billing_mode: BillingMode, at: datetime, *, fingerprint: str
    ) -> None:
        """Have other wallets pay from now on; open holds stay where they were placed."""
        if billing_mode is self.billing_mode:
            raise Conflict(f"the billing mode is {billing_mode} already.", field="billing_mode")
        self.trigger_event(
            self.BillingModeChanged,
            timestamp=at,
            fingerprint=fingerprint,
            billing_mode=billing_mode,
        )


def entry_id(org: str) -> str:
    """Return the stream of an org's entry on the platform's chain."""
    return stream_id(PLATFORM, ORG_STREAM, org)


def org_id(org: str) -> str:
    """Return the stream of an org on its own chain."""
    return stream_id(org, ORG_STREAM)
