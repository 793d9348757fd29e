"""Notices: what providers have told: `RecordCheckout`, `RecordHappening` and `RecordNotice`, which
no caller asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api.commands.command import Command
from api.commands.purchases.lookup import buyer_of, find_purchase, policy_of
from api.commands.purchases.recharges import settle
from api.commands.result import CommandResult, PendingFact, StoredFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.facts import WalletOpened
from ledger.credits.wallet import Wallet
from ledger.kernel.keys import Key
from ledger.purchases.disputes import DisputeOpened
from ledger.purchases.notice import DisputeState, Happening, Notice, PaymentPaid
from ledger.purchases.provider import Checkout
from ledger.purchases.purchase import Purchase, purchase_id
from ledger.purchases.purchase_base import NOTICES, PurchaseFact


class Heard(NamedTuple):
    """What came of something that a provider told: the facts of the purchase, none if it changed
    nothing. `is_known`: the same notice had its effect before."""

    facts: list[StoredFact]
    is_known: bool = False


@dataclass(frozen=True)
class _OnPurchase(Command[Heard]):
    """A command on a purchase by what its provider says; done twice it does nothing."""

    purchase: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Purchase, purchase_id(self.org, self.purchase))]

    def decide(self, unit: UnitOfWork) -> Heard:
        purchase, wallet = find_purchase(unit, self.org, self.purchase)
        stage = purchase.stage
        self.tell(unit, purchase, wallet)
        self._answer(unit, purchase)
        if not purchase.pending_events:
            return Heard([])
        before = len(unit.pending_facts)
        cause = unit.record(purchase, self.actor)
        facts = [each for each in unit.pending_facts[before:] if _is_told(each)]
        if any(not isinstance(each, WalletOpened) for each in wallet.pending_events):
            unit.record(wallet, self.actor)
        if purchase.stage is not stage and purchase.has_ended:
            settle(unit, purchase, self.org, cause)
        return Heard(list(facts))

    def _answer(self, unit: UnitOfWork, purchase: Purchase) -> None:
        """Have what is recorded here be handed in against what was just disputed, where the org
        wants that."""
        opened = [e.dispute for e in purchase.pending_events if isinstance(e, DisputeOpened)]
        for each in opened:
            is_open = purchase.disputes[each].state is DisputeState.OPEN
            if is_open and policy_of(unit, self.org).sends_evidence:
                purchase.send_evidence(each, unit.now(self.org), fingerprint="", reason=None)

    def tell(self, unit: UnitOfWork, purchase: Purchase, wallet: Wallet) -> None:
        """Have the purchase take it in."""
        raise NotImplementedError

    def hear(
        self,
        unit: UnitOfWork,
        purchase: Purchase,
        wallet: Wallet,
        told: Happening,
        notice: str | None = None,
    ) -> None:
        """Have the purchase take in what its provider says; what is paid is counted."""
        at = unit.now(self.org)
        if not isinstance(told, PaymentPaid) or purchase.is_paid:
            purchase.hear(wallet, told, at, notice)
            return
        buyer, policy = buyer_of(unit, self.org, purchase.user), policy_of(unit, self.org)
        flags = buyer.flags(purchase.credits, policy, at)
        is_held_back = bool(flags) and policy.holds_back
        if purchase.hear(wallet, told, at, notice, flags=flags, is_held_back=is_held_back):
            buyer.count(self.purchase, purchase.credits, at)
            unit.record(buyer, self.actor)


@dataclass(frozen=True)
class RecordCheckout(_OnPurchase):
    """Record the page that the provider has opened for a purchase."""

    checkout: Checkout

    def tell(self, unit: UnitOfWork, purchase: Purchase, wallet: Wallet) -> None:
        session, url, expires_us = self.checkout
        purchase.open_checkout(session, url, expires_us, unit.now(self.org))


@dataclass(frozen=True)
class RecordHappening(_OnPurchase):
    """Record what the provider says when it is asked: to charge, to refund, or how it stands."""

    told: Happening

    def tell(self, unit: UnitOfWork, purchase: Purchase, wallet: Wallet) -> None:
        self.hear(unit, purchase, wallet, self.told)


@dataclass(frozen=True)
class RecordStanding(_OnPurchase):
    """Record how the provider says that a purchase stands, of which it may have told nothing."""

    told: Sequence[Happening]

    def tell(self, unit: UnitOfWork, purchase: Purchase, wallet: Wallet) -> None:
        for each in self.told:
            self.hear(unit, purchase, wallet, each)


@dataclass(frozen=True)
class RecordNotice(_OnPurchase):
    """Record what the provider tells by itself: the effect of its id, once for ever."""

    notice: Notice

    @property
    def _key(self) -> Key:
        return Key(self.org, NOTICES, self.notice.id)

    def idempotency_keys(self) -> Iterable[Key]:
        return [self._key]

    def decide(self, unit: UnitOfWork) -> Heard:
        known = unit.keys.replay(self._key, "", None)
        if known is not None:
            return Heard([known.stored_fact], is_known=True)
        heard = super().decide(unit)
        for each in heard.facts:
            fact = each.fact
            if isinstance(fact, PurchaseFact) and fact.notice == self.notice.id:
                unit.claim(self._key, CommandResult(each, 0), "")
        return heard

    def tell(self, unit: UnitOfWork, purchase: Purchase, wallet: Wallet) -> None:
        self.hear(unit, purchase, wallet, self.notice.happening, self.notice.id)


def _is_told(pending_fact: PendingFact) -> bool:
    return isinstance(pending_fact.fact, PurchaseFact)
