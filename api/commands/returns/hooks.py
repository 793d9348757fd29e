"""Commit hooks of returns: one whose new order is given up unpaid is as it was before its
exchange."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.ordering.order_exchanges import OrderExchangeEnded
from ledger.returns.returns import Returns, returns_id


def reopen(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Have a return be received again."""
    (org, order), fact = order_with(unit, pending_fact), pending_fact.fact
    assert isinstance(fact, OrderExchangeEnded)
    returns = unit.get(Returns, returns_id(org, order.id_in_org))
    assert returns is not None  # its return was exchanged
    returns.reopen(fact.of_return, unit.now(org))
    unit.record(returns, pending_fact.actor)


HOOKS = CommitHooks(recorded={OrderExchangeEnded: reopen})
