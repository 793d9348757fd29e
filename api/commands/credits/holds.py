"""Holds: `PlaceHold`, `CaptureHold`, `ReleaseHold`, `ExtendHold`.

A hold's id is a key of its own space, so that a hold is found from its id alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import msgspec

from api.commands.command import Keyed, KeyedCommand
from api.commands.credits.caps import CapRoom
from api.commands.credits.hold_result import HoldResult, OpenHold
from api.commands.credits.lookup import (
    caps_of,
    check_member,
    find_wallet,
    own_credit,
    payer_of,
    pool_pays,
    wallet_refs,
)
from api.commands.credits.usage import rated_use_of
from api.commands.rating.lookup import rate_cards_of
from api.commands.rating.month_use import MonthUse
from api.commands.result import CommandResult, PendingFact, StoredFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.funds import Hold
from ledger.credits.holds import HOLDS, HoldPlaced
from ledger.credits.usage import LINES, Labels, Use
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.ids import POOL
from ledger.kernel.keys import Key
from ledger.kernel.texts import Text
from ledger.kernel.times import microseconds
from ledger.rating.line_price import rate_usage


@dataclass(frozen=True)
class PlaceHold(KeyedCommand):
    """Set an amount aside, or what a use is estimated to cost at most."""

    hold_id: str
    user: str
    lasts_us: int
    amount: int | None = None
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    quantities: dict[str, int] | None = None
    reference: str | None = None

    operation: ClassVar[str] = "holds"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        owners = {payer_of(unit, self.org, self.user), self.user}
        return wallet_refs(self.org, owners)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        at = unit.now(self.org)
        amount = self._estimate(unit)
        check_member(unit, self.org, self.user)
        wallet = find_wallet(unit, self.org, payer_of(unit, self.org, self.user))
        book = caps_of(unit, self.org)
        if book is not None:
            room = CapRoom(unit, self.org, book.caps, at, [self])
            room.free(wallet.funds.ended_holds(microseconds(at)))
            room.check(self, amount)
        own = own_credit(unit, self.org, self.user) if wallet.owner != self.user else None
        wallet.place_hold(
            self.hold_id,
            self.user,
            amount,
            self.lasts_us,
            at,
            fingerprint=self.fingerprint,
            reference=self.reference,
            labels=Labels(self.service, self.project, self.provider, self.model),
            caps_version=book.caps_version if book else 0,
            own=own,
        )
        if own is not None and own.given:
            unit.record(own.member, self.actor)
        stored_fact = unit.record(wallet, self.actor, self.key)
        key = Key(self.org, HOLDS, self.hold_id)
        unit.claim(key, CommandResult(stored_fact, 0), self.fingerprint)
        return stored_fact

    def _estimate(self, unit: UnitOfWork) -> int:
        if self.amount is not None:
            return self.amount
        if self.model is None:
            raise Invalid("give amount, or model with the tokens expected.", field="amount")
        if not self.quantities or not any(self.quantities.values()):
            raise Invalid("give what the work may count at most.", field="quantities")
        now_us = microseconds(unit.now(self.org))
        rate_cards = rate_cards_of(unit, self.org)
        payer = payer_of(unit, self.org, self.user)
        used = MonthUse(unit, self.org, payer).before(self.user, now_us)
        return rate_usage(
            self.provider, self.model, self.quantities, now_us, rate_cards, used
        ).amount


@dataclass(frozen=True)
class _HoldCommand(Keyed[HoldResult]):
    """A command on a hold that exists."""

    hold_id: str

    @cached_property
    def _hold_key(self) -> Key:
        return Key(self.org, HOLDS, self.hold_id)

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), self._hold_key]

    def must_ask(self, unit: UnitOfWork) -> bool:
        return not unit.keys.remembers(self._hold_key)

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Wallet, self._placed(unit).aggregate_id)]

    def result(self, unit: UnitOfWork) -> HoldResult:
        placed = self._placed(unit)
        wallet = self._wallet(unit, placed)
        hold = wallet.funds.holds.get(self.hold_id)
        before = OpenHold(placed, hold.expires_us) if hold else None
        return HoldResult(self.act(unit, wallet, _held_by(placed)), before)

    def again(self, replay: CommandResult) -> HoldResult:
        return HoldResult(replay.stored_fact, None, replay.replayed, replay.erased)

    def act(self, unit: UnitOfWork, wallet: Wallet, placed: Hold) -> PendingFact:
        """Do it to the wallet of the hold, which was `placed` so; return the fact that carries the
        key."""
        raise NotImplementedError

    def _placed(self, unit: UnitOfWork) -> StoredFact:
        """Return the fact that placed it."""
        placed = unit.keys.find(self._hold_key)
        if placed is None:
            raise NotFound("there is no hold of that id.", field="id")
        return placed

    def _wallet(self, unit: UnitOfWork, placed: StoredFact) -> Wallet:
        wallet = unit.get(Wallet, placed.aggregate_id)
        assert wallet is not None
        return wallet


@dataclass(frozen=True)
class ReleaseHold(_HoldCommand):
    """Give everything back."""

    operation: ClassVar[str] = "holds/release"

    def act(self, unit: UnitOfWork, wallet: Wallet, placed: Hold) -> PendingFact:
        wallet.release_hold(self.hold_id, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(wallet, self.actor, self.key)


@dataclass(frozen=True)
class ExtendHold(_HoldCommand):
    """Let it last longer."""

    lasts_us: int

    operation: ClassVar[str] = "holds/extend"

    def act(self, unit: UnitOfWork, wallet: Wallet, placed: Hold) -> PendingFact:
        at = unit.now(self.org)
        wallet.extend_hold(self.hold_id, self.lasts_us, at, fingerprint=self.fingerprint)
        return unit.record(wallet, self.actor, self.key)


@dataclass(frozen=True)
class CaptureHold(_HoldCommand):
    """Debit the actual use: an amount, or a usage line with an id of its own.

    The line's user is the hold's, whose work it is, whatever `use.user` says; `named` is whom the
    caller believes that to be.
    """

    use: Use
    named: str | None = None

    operation: ClassVar[str] = "holds/capture"

    @cached_property
    def _line_key(self) -> Key:
        return Key(self.org, LINES, self.use.id)

    @property
    def sealed(self) -> Text | None:
        return self.use.metadata

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), self._line_key]

    def kept(self, unit: UnitOfWork) -> Text | None:
        if self.use.metadata is None:
            return None
        return self._use_of(_held_by(self._placed(unit))).metadata

    def result(self, unit: UnitOfWork) -> HoldResult:
        if unit.keys.find(self._line_key) is None:
            return super().result(unit)
        if self.use.id == self.hold_id:
            raise Conflict(f"the work of hold {self.hold_id} is recorded already.", field="id")
        raise Invalid(f"the usage id {self.use.id} is recorded already.", field="id")

    def act(self, unit: UnitOfWork, wallet: Wallet, placed: Hold) -> PendingFact:
        use = self._use_of(placed)
        at = unit.now(self.org)
        months = MonthUse(unit, self.org, wallet.owner)
        rate_cards = rate_cards_of(unit, self.org)
        charge, counted = rated_use_of(use, self.actor.key, microseconds(at), rate_cards, months)
        book = caps_of(unit, self.org)
        pooled = wallet.owner == POOL and pool_pays(unit, self.org)
        own = own_credit(unit, self.org, use.user) if pooled else None
        wallet.capture_hold(
            self.hold_id,
            charge,
            at,
            fingerprint=self.fingerprint,
            caps_version=book.caps_version if book else 0,
            own=own,
        )
        if own is not None and own.given:
            unit.record(own.member, self.actor)
        stored_fact = unit.record(wallet, self.actor, self.key)
        months.count(use.user, charge.occurred_us, counted)
        months.close()
        unit.claim(self._line_key, CommandResult(stored_fact, 0), use.fingerprint, use.metadata)
        return stored_fact

    def _use_of(self, hold: Hold) -> Use:
        """Return the use, and its text, as the hold's user's, with the hold's labels where it names
        none of its own."""
        if self.named not in (None, hold.user):
            raise Invalid("user is not whom the hold is for.", field="user")
        use = self.use
        return msgspec.structs.replace(
            use,
            user=hold.user,
            metadata=use.metadata and msgspec.structs.replace(use.metadata, person=hold.user),
            service=use.service or hold.service,
            project=use.project or hold.project,
            provider=use.provider or hold.provider,
            model=use.model or hold.model,
        )


def _held_by(placed: StoredFact) -> Hold:
    """Return the hold as a fact has placed it."""
    fact = placed.fact
    assert isinstance(fact, HoldPlaced)
    return fact.hold
