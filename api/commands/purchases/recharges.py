"""Recharges: `SetRecharge`, `RemoveRecharge`, `StopRecharge`; and what a wallet that runs low, or a
recharge whose money came or not, leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import Command, KeyedCommand
from api.commands.credits.lookup import find_wallet
from api.commands.purchases.lookup import offers_of
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.recharge_level import is_low
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import InsufficientCredits, Invalid, NotFound, Refusal
from ledger.kernel.ids import name_of, split_stream_id, wallet_id, wallet_names
from ledger.kernel.keys import Key
from ledger.kernel.money import CREDIT
from ledger.purchases.notice import PaymentFailed
from ledger.purchases.offers import credits_for
from ledger.purchases.payment import fail
from ledger.purchases.purchase import Purchase, purchase_id
from ledger.purchases.purchase_base import STRIPE, Stage
from ledger.purchases.recharge import Recharge, recharge_id
from ledger.purchases.recharge_facts import Rule, Stop


@dataclass(frozen=True)
class _OnRecharge(KeyedCommand):
    """A command on the rule of a wallet."""

    user: str

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        recharge = unit.get(Recharge, recharge_id(self.org, self.user))
        recharge = recharge or Recharge.open(self.org, self.user, at)
        in_flight = recharge.purchase
        self.change(unit, recharge)
        changed = unit.record(recharge, self.actor, self.key)
        if in_flight is not None and recharge.purchase is None:
            _take_back(unit, self.org, in_flight, changed)
        _set_level(unit, recharge, changed)
        return changed

    def change(self, unit: UnitOfWork, recharge: Recharge) -> None:
        """Change the rule."""
        raise NotImplementedError


@dataclass(frozen=True)
class SetRecharge(_OnRecharge):
    """Buy credit for a wallet by a rule, or no more by it; what was not sent yet is not sent."""

    rule: Rule

    operation: ClassVar[str] = "auto-recharge"

    def change(self, unit: UnitOfWork, recharge: Recharge) -> None:
        offers = offers_of(unit, self.org, self.rule.money.currency).published.offers
        credits_for(offers, self.rule.money)
        recharge.set(self.rule, unit.now(self.org), fingerprint=self.fingerprint)


@dataclass(frozen=True)
class RemoveRecharge(_OnRecharge):
    """Buy by no rule any more."""

    operation: ClassVar[str] = "auto-recharge removal"

    def change(self, unit: UnitOfWork, recharge: Recharge) -> None:
        recharge.remove(unit.now(self.org), fingerprint=self.fingerprint)


@dataclass(frozen=True)
class StopRecharge(Command[bool]):
    """Stop a rule that cannot be followed, as when its payment method is gone; once."""

    user: str
    why: Stop

    def idempotency_keys(self) -> list[Key]:
        return []

    def decide(self, unit: UnitOfWork) -> bool:
        recharge = unit.get(Recharge, recharge_id(self.org, self.user))
        if recharge is None:
            raise NotFound("there is no rule.", field="user")
        recharge.stop(self.why, unit.now(self.org))
        is_stopped = bool(recharge.pending_events)
        if is_stopped:
            _set_level(unit, recharge, unit.record(recharge, self.actor))
        return is_stopped


def recharge_if_low(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Begin to buy where a fact has left a wallet with a rule low."""
    wallet = unit.get(Wallet, pending_fact.aggregate_id)
    if wallet is not None and wallet.recharge_below:
        org, _ = split_stream_id(wallet.id)
        _recharge(unit, org, wallet, pending_fact)


def recharge_again(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Begin to buy when the rule may again, and the wallet is low."""
    org, _ = split_stream_id(pending_fact.aggregate_id)
    user = name_of(pending_fact.aggregate_id)
    wallet = unit.get(Wallet, wallet_id(org, user, CREDIT))
    if wallet is not None:
        _recharge(unit, org, wallet, pending_fact)


def say_recharge_pending(unit: UnitOfWork, refusal: Refusal) -> None:
    """Have a refusal for want of credit say that credit is being bought."""
    assert isinstance(refusal, InsufficientCredits)
    if refusal.wallet is None:
        return
    org, _ = split_stream_id(refusal.wallet)
    owner, _ = wallet_names(refusal.wallet)
    recharge = unit.get(Recharge, recharge_id(org, owner))
    if recharge is not None and recharge.purchase is not None:
        refusal.facts["auto_recharge"] = "pending"


def settle(unit: UnitOfWork, purchase: Purchase, org: str, cause: PendingFact) -> None:
    """Tell a recharge that its purchase was paid, or was not."""
    recharge = unit.get(Recharge, recharge_id(org, purchase.user)) if purchase.charge else None
    if recharge is None:
        return
    at = unit.now(org)
    if purchase.is_paid:
        recharge.paid(purchase.id_in_org, at)
    else:
        recharge.decline(purchase.id_in_org, at)
    if recharge.pending_events:
        _set_level(unit, recharge, unit.record(recharge, cause.actor))


def _recharge(unit: UnitOfWork, org: str, wallet: Wallet, cause: PendingFact) -> None:
    at = unit.now(org)
    if not is_low(wallet, at):
        return
    recharge = unit.get(Recharge, recharge_id(org, wallet.owner))
    if recharge is None or recharge.rule is None:
        return
    rule = recharge.rule
    try:
        found = offers_of(unit, org, rule.money.currency)
        bought = credits_for(found.published.offers, rule.money)
    except Invalid:
        recharge.stop(Stop.NOT_OFFERED, at)
        _set_level(unit, recharge, unit.record(recharge, cause.actor))
        return
    purchase = recharge.trigger(at)
    if not recharge.pending_events:
        return
    triggered = unit.record(recharge, cause.actor)
    if purchase is not None:
        started = Purchase.start(
            org,
            purchase,
            wallet.owner,
            STRIPE,
            rule.money,
            bought,
            found.org,
            found.published.version,
            at,
            fingerprint="",
            charge=rule.charge,
        )
        unit.record(started, cause.actor)
    _set_level(unit, recharge, triggered)


def _set_level(unit: UnitOfWork, recharge: Recharge, cause: PendingFact) -> None:
    """Have the wallet know below what it is low, as the rule says now."""
    org, _ = split_stream_id(recharge.id)
    wallet = find_wallet(unit, org, recharge.user)
    if wallet.recharge_below != recharge.level:
        wallet.set_recharge_level(recharge.level, unit.now(org))
        unit.record(wallet, cause.actor)


def _take_back(unit: UnitOfWork, org: str, purchase: str, cause: PendingFact) -> None:
    """What has not been sent is not sent: it has failed, unless it turns out to be paid."""
    found = unit.get(Purchase, purchase_id(org, purchase))
    if found is not None and found.stage is Stage.STARTED:
        fail(found, PaymentFailed("rule_off"), unit.now(org))
        unit.record(found, cause.actor)
