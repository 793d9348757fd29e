"""A purchase and its wallet as they are now, read back from the events."""

from __future__ import annotations

from eventsourcing.domain import CanInitAggregate

from ledger.credits.balance_row import restore_wallet
from ledger.credits.wallet import Wallet
from ledger.kernel.ids import wallet_id
from ledger.purchases.purchase import Purchase, purchase_id
from ledger.registry import fact_of
from tests.scenarios.commands import ORG, USER
from tests.scenarios.world import World


def purchase_of(world: World, id: str = "p") -> Purchase:
    """A purchase, of all its facts."""
    found = None
    for event in world.event_store.select_positions(0, 10_000):
        fact = fact_of(event)
        if fact.originator_id == purchase_id(ORG, id):
            found = fact.mutate(None if isinstance(fact, CanInitAggregate) else found)
    assert isinstance(found, Purchase)
    return found


def wallet_of(world: World, owner: str = USER) -> Wallet:
    """A wallet, as its row remembers it."""
    name = wallet_id(ORG, owner, "credit")
    return restore_wallet(name, world.event_store.balance_rows([name])[name])
