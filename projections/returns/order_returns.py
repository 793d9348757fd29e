"""The summary `order_returns`: each return of an order and where it is, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.inventory.condition import Condition
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from ledger.returns.order_return import ReturnStatus
from ledger.returns.return_facts import (
    ReturnCancelled,
    ReturnExchanged,
    ReturnReceived,
    ReturnRefunded,
    ReturnReopened,
    ReturnRequested,
)
from projections.changes import Change, summary_of


class OrderReturnRow(NamedTuple):
    """A return. `owner` is the user whose order it is of; none: a guest's. `units`: those that were
    to come back, of all its `lines`; `received` came, `damaged` of these cannot be sold.
    `new_order`: for which they were exchanged last, at `exchanged_us`."""

    org: str
    order_id: str
    order_return: str
    owner: str | None
    status: str | None
    lines: int | None
    units: int | None
    received: int | None
    damaged: int | None
    refund: str | None
    requested_us: int | None
    received_us: int | None
    refunded_us: int | None
    cancelled_us: int | None
    new_order: str | None
    exchanged_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a return; most kinds of facts say nothing."""
    return []


@changes_of.register
def _requested(fact: ReturnRequested) -> list[Change]:
    return _of(
        fact,
        fact.order_return,
        ReturnStatus.REQUESTED,
        owner=fact.user,
        lines=len(fact.lines),
        units=sum(each.units for each in fact.lines),
        requested_us=fact.recorded_us,
    )


@changes_of.register
def _received(fact: ReturnReceived) -> list[Change]:
    damaged = (each.units for each in fact.received if each.condition is Condition.DAMAGED)
    return _of(
        fact,
        fact.order_return,
        ReturnStatus.RECEIVED,
        received=sum(each.units for each in fact.received),
        damaged=sum(damaged),
        received_us=fact.recorded_us,
    )


@changes_of.register
def _refunded(fact: ReturnRefunded) -> list[Change]:
    status, at = ReturnStatus.REFUNDED, fact.recorded_us
    return _of(fact, fact.order_return, status, refund=fact.refund, refunded_us=at)


@changes_of.register
def _exchanged(fact: ReturnExchanged) -> list[Change]:
    return _of(
        fact,
        fact.order_return,
        ReturnStatus.EXCHANGED,
        refund=fact.refund,
        new_order=fact.new_order,
        exchanged_us=fact.recorded_us,
    )


@changes_of.register
def _reopened(fact: ReturnReopened) -> list[Change]:
    return _of(fact, fact.order_return, ReturnStatus.RECEIVED)


@changes_of.register
def _cancelled(fact: ReturnCancelled) -> list[Change]:
    return _of(fact, fact.order_return, ReturnStatus.CANCELLED, cancelled_us=fact.recorded_us)


def _of(fact: Fact, order_return: str, status: ReturnStatus, **values: object) -> list[Change]:
    key = (name_of(fact.originator_id), order_return)
    return [Change(key, {"status": status.value, **values})]


FIRSTS = frozenset({"owner", "lines", "units", "requested_us"})

READ_MODEL = summary_of("order_returns", OrderReturnRow, changes_of, 3, FIRSTS)
