"""Policies of orders: `SetOrderPolicy`, and what one says of an order that is placed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.fulfilment.goods import goods_of
from ledger.ordering.capture import Capture
from ledger.ordering.order_policy import OrderPolicy, order_policy_id
from ledger.ordering.order_terms import OrderTerms
from ledger.purchases.purchase_base import MANUAL


@dataclass(frozen=True)
class SetOrderPolicy(KeyedCommand):
    """Decide when the money of orders is taken, of those that are placed from now on."""

    capture: Capture

    operation: ClassVar[str] = "order-policy"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(OrderPolicy, order_policy_id(self.org))
        policy = found or OrderPolicy.open(self.org, at)
        policy.set(self.capture, at, fingerprint=self.fingerprint)
        return unit.record(policy, self.actor, self.key)


def capture_of(unit: UnitOfWork, org: str, terms: OrderTerms, provider: str) -> Capture:
    """Return when the money of an order is taken: at once where something of it is given at once,
    or where no bank keeps it."""
    policy = unit.get(OrderPolicy, order_policy_id(org))
    is_all_sent = len(goods_of(terms)) == len(terms.lines)
    if policy is None or provider == MANUAL or not is_all_sent:
        return Capture.NOW
    return policy.capture
