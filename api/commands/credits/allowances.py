"""Allowances: credit that is given: `GrantStarter`, `SetAllowance`, and the month's
`GrantAllowance`s."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import Command, KeyedCommand
from api.commands.credits.lookup import find_wallet, wallet_refs
from api.commands.result import CommandResult, PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.allowance import Allowance, allowance_id
from ledger.credits.deposits import CreditsGranted
from ledger.credits.lots import Kind, Terms
from ledger.credits.one_time_grants import STARTER_OCCASION, identity_key, occasion_key
from ledger.kernel.actor import Actor
from ledger.kernel.canonical import fingerprint
from ledger.kernel.errors import Conflict, Invalid, TooManyLots
from ledger.kernel.ids import POOL
from ledger.kernel.keys import Key
from ledger.kernel.limits import STARTER_AMOUNT, STARTER_LASTS_US
from ledger.kernel.times import microseconds, month_of


@dataclass(frozen=True)
class GrantStarter(KeyedCommand):
    """Welcome a user, once for ever: starter credit, and at once the month's allowance if any.

    `month` is the present one by the caller's clock; `identity` the salted digest of a verified
    e-mail address or telephone number, which is welcomed once whatever user comes with it.
    """

    user: str
    month: str
    identity: str | None = None

    operation: ClassVar[str] = "credits/starter"

    def must_ask(self, unit: UnitOfWork) -> bool:
        return True

    def idempotency_keys(self) -> Iterable[Key]:
        one_time = [
            occasion_key(self.org, self.user, each) for each in (STARTER_OCCASION, self.month)
        ]
        if self.identity is not None:
            one_time.append(identity_key(self.org, self.identity))
        return [*super().idempotency_keys(), *one_time]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.user])

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        once = occasion_key(self.org, self.user, STARTER_OCCASION)
        if self.user == POOL:
            raise Invalid("user must be a user: the pool gets no starter credit.", field="user")
        if unit.keys.find(once) is not None:
            raise Conflict(f"{self.user} has had the starter credit.", field="user")
        who = None if self.identity is None else identity_key(self.org, self.identity)
        if who is not None and unit.keys.find(who) is not None:
            raise Conflict("this identity has had the starter credit.", field="identity")
        at = unit.now(self.org)
        wallet = find_wallet(unit, self.org, self.user)
        ends_us = microseconds(at) + STARTER_LASTS_US
        terms = Terms(Kind.PROMOTIONAL, STARTER_AMOUNT, expires_us=ends_us)
        try:
            wallet.grant(
                terms,
                at,
                fingerprint=self.fingerprint,
                occasion=STARTER_OCCASION,
                identity=self.identity,
            )
        except Invalid as refusal:
            raise Invalid(refusal.detail, field="user") from None
        stored_fact = unit.record(wallet, self.actor, self.key)
        unit.claim(once, CommandResult(stored_fact, 0), self.fingerprint)
        if who is not None:
            unit.claim(who, CommandResult(stored_fact, 0), self.fingerprint)
        # A wallet too full for it goes without, as on the first of a month.
        with suppress(Invalid, TooManyLots):
            grant_allowance(unit, self.org, self.user, self.month, self.actor)
        return stored_fact


@dataclass(frozen=True)
class SetAllowance(KeyedCommand):
    """Give each user of the org so many microcredits a month, or nothing (None). `verified_only`:
    to who was welcomed with a verified identity, so once for each identity."""

    free_monthly: int | None
    verified_only: bool = False

    operation: ClassVar[str] = "allowance"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        allowance = unit.get(Allowance, allowance_id(self.org)) or Allowance.open(self.org, at)
        allowance.set_monthly(
            self.free_monthly,
            at,
            fingerprint=self.fingerprint,
            verified_only=self.verified_only,
        )
        return unit.record(allowance, self.actor, self.key)


@dataclass(frozen=True)
class GrantAllowance(Command[PendingFact | None]):
    """Give a user the allowance of a month, if it still is that month and they have not got it."""

    user: str
    month: str

    def must_ask(self, unit: UnitOfWork) -> bool:
        return True

    def idempotency_keys(self) -> Iterable[Key]:
        known_by = (self.month, STARTER_OCCASION)
        return [occasion_key(self.org, self.user, each) for each in known_by]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.user])

    def decide(self, unit: UnitOfWork) -> PendingFact | None:
        return grant_allowance(unit, self.org, self.user, self.month, self.actor)


@dataclass(frozen=True)
class CloseAllowanceMonth(Command[PendingFact | None]):
    """Record that every wallet there was has got the allowance of a month."""

    month: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def decide(self, unit: UnitOfWork) -> PendingFact | None:
        allowance = unit.get(Allowance, allowance_id(self.org))
        if allowance is None:
            return None
        allowance.close_month(self.month, unit.now(self.org))
        return unit.record(allowance, self.actor) if allowance.pending_events else None


def grant_allowance(
    unit: UnitOfWork, org: str, user: str, month: str, actor: Actor
) -> PendingFact | None:
    """Grant it, or return None when there is nothing to grant. Its key must be asked for, and that
    of the user's starter credit."""
    at = unit.now(org)
    allowance = unit.get(Allowance, allowance_id(org))
    key = occasion_key(org, user, month)
    if allowance is None or allowance.free_monthly is None or unit.keys.find(key) is not None:
        return None
    if month_of(microseconds(at)) != month:
        return None
    if allowance.verified_only and not _is_verified(unit, org, user):
        return None
    wallet = find_wallet(unit, org, user)
    sent_hash = fingerprint("allowance", {"user": user, "month": month})
    terms = Terms(Kind.FREE, allowance.free_monthly)
    wallet.grant(terms, at, fingerprint=sent_hash, occasion=month)
    stored_fact = unit.record(wallet, actor)
    unit.claim(key, CommandResult(stored_fact, 0), sent_hash)
    return stored_fact


def _is_verified(unit: UnitOfWork, org: str, user: str) -> bool:
    """Tell whether a user was welcomed with an identity: nobody else was with the same."""
    found = unit.keys.find(occasion_key(org, user, STARTER_OCCASION))
    welcome = found.fact if found is not None else None
    return isinstance(welcome, CreditsGranted) and welcome.identity is not None
