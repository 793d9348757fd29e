"""The order grant: what one line of an order has given that is no parcel. Its table of contents:
what it can decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.access import grant_facts
from ledger.access.grant_base import GrantBase, GrantState, Why
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.credits.lots import Lot
from ledger.credits.take_backs import Cause, Taken
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import DAY_US, microseconds
from ledger.ordering.order_terms import PlacedLine

GRANT_STREAM = "order-grant"
ORDER_GRANTS = "order_grants"
"""The table of what was given, as it is now."""


class OrderGrant(GrantBase):
    """What one line has given."""

    TOPIC: ClassVar[str] = "access.OrderGrant"
    STREAM: ClassVar[str] = f"{GRANT_STREAM}/"

    def __init__(
        self,
        order: str,
        line: int,
        sku: str,
        user: str | None,
        kind: Kind,
        benefit: Benefit,
        units: int,
        lot: Lot | None,
        subscription: int | None,
        ends_us: int | None,
    ) -> None:
        super().__init__(order, line, sku, user, kind, benefit, units, lot, subscription, ends_us)

    # -- facts -------------------------------------------------------------------------------

    Event = grant_facts.GrantFact

    GrantGiven = grant_facts.GrantGiven
    DownloadUsed = grant_facts.DownloadUsed
    GrantLessened = grant_facts.GrantLessened
    GrantRestored = grant_facts.GrantRestored
    GrantRevoked = grant_facts.GrantRevoked
    GrantExpired = grant_facts.GrantExpired

    # -- decisions ---------------------------------------------------------------------------

    @classmethod
    def give(
        cls,
        org: str,
        order: str,
        user: str | None,
        line: PlacedLine,
        at: datetime,
        *,
        lot: Lot | None = None,
        subscription: int | None = None,
    ) -> OrderGrant:
        """Give what a line has sold."""
        assert line.benefit is not None
        assert line.kind is not None  # the catalogue has said both
        return cls._create(
            cls.GrantGiven,
            id=grant_id(org, grant_name(order, line.id)),
            timestamp=at,
            order=order,
            line=line.id,
            sku=line.sku,
            user=user,
            kind=line.kind,
            benefit=line.benefit,
            units=line.units,
            lot=lot,
            subscription=subscription,
            ends_us=_end_of(line, at),
        )

    def check_download(self, at: datetime) -> None:
        """Raise Conflict where it cannot be downloaded now."""
        if self.kind is not Kind.DIGITAL_DOWNLOAD:
            raise Conflict(f"it is no download: it is {self.kind}.", field="grant")
        if self._stage_at(at) is not GrantState.ACTIVE:
            raise Conflict(f"the download is {self._stage_at(at)}.", field="grant")
        if self.used >= self.allowed:
            raise Conflict(
                f"it was downloaded {self.used} times, of {self.allowed} that were bought.",
                field="grant",
            )

    def use(self, at: datetime) -> None:
        """Count a download. Raises Conflict."""
        self.check_download(at)
        self.trigger_event(self.DownloadUsed, timestamp=at, number=self.used + 1)

    def lessen(self, of: str, cause: Cause, credits: int, taken: Taken, at: datetime) -> None:
        """Record that credits went with money."""
        self.trigger_event(
            self.GrantLessened, timestamp=at, of=of, cause=cause, credits=credits, taken=taken
        )

    def give_back(self, of: str, at: datetime) -> None:
        """Record that they came back with it."""
        credits = self.parts[of].credits
        self.trigger_event(self.GrantRestored, timestamp=at, of=of, credits=credits)

    def revoke(
        self,
        why: Why,
        at: datetime,
        *,
        credits: int = 0,
        fingerprint: str = "",
        reason: str | None = None,
    ) -> None:
        """Take it back for good. Raises Conflict."""
        if self.stage is not GrantState.ACTIVE:
            raise Conflict(f"it is {self.stage} already.", field="grant")
        self.trigger_event(
            self.GrantRevoked,
            timestamp=at,
            fingerprint=fingerprint,
            why=why,
            user=self.user or self.order,
            credits=credits,
            reason=reason,
        )

    def due_us(self) -> int | None:
        return self.ends_us if self.stage is GrantState.ACTIVE else None

    def fall_due(self, at: datetime) -> None:
        if self.stage is not self._stage_at(at):
            self.trigger_event(self.GrantExpired, timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": self.id_in_org,
            "order_id": self.order,
            "line": self.line,
            "sku": self.sku,
            "owner": self.user,
            "kind": self.kind.value,
            "state": self.stage.value,
            "benefit": msgspec.to_builtins(self.benefit),
            "units": self.units,
            "used": self.used,
            "taken": self.taken,
            "given_us": self.given_us,
            "ends_us": self.ends_us,
        }
        return [TableRow(ORDER_GRANTS, columns)]

    def _stage_at(self, at: datetime) -> GrantState:
        is_over = self.ends_us is not None and self.ends_us <= microseconds(at)
        return GrantState.EXPIRED if self.stage is GrantState.ACTIVE and is_over else self.stage


def _end_of(line: PlacedLine, at: datetime) -> int | None:
    """Return when what is not credit ends by itself: credit ends as its lot does."""
    days = line.benefit.days if line.benefit is not None else None
    if days is None or line.kind is Kind.CREDITS:
        return None
    return microseconds(at) + days * DAY_US


def grant_name(order: str, line: int) -> str:
    """Return the id of what a line of an order gives."""
    return f"{order}-{line}"


def grant_id(org: str, grant: str) -> str:
    """Return the stream of what a line of an order gives."""
    return stream_id(org, GRANT_STREAM, grant)
