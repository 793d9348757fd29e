"""Included credits: what a plan grants with a period, with a change, or to who tries it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from api.commands.credits.lookup import find_wallet
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.lots import Kind, Terms
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Invalid, TooManyLots
from ledger.kernel.times import DAY_US, microseconds
from ledger.subscriptions.subscription_base import Holding


class Granted(NamedTuple):
    """Credits that were granted, and their lot; none, where they would have ended already."""

    credits: int = 0
    lot: str | None = None


def grant_included(
    unit: UnitOfWork, org: str, user: str, holding: Holding, credits: int, end_us: int, actor: Actor
) -> Granted:
    """Grant credits of a period that ends then: what a plan costs nothing for is free credit."""
    plan = holding.plan.plan
    kind = Kind.INCLUDED if plan.price else Kind.FREE
    return _grant(unit, org, user, kind, credits, end_us + plan.roll_over_days * DAY_US, actor)


@contextmanager
def going_without() -> Iterator[None]:
    """Grant what is paid for already: a wallet that can hold no more goes without."""
    with suppress(Invalid, TooManyLots):
        yield


def grant_trial(
    unit: UnitOfWork, org: str, user: str, holding: Holding, ends_us: int, actor: Actor
) -> Granted:
    """Grant the credits of a plan to who tries it: they end with the trial."""
    credits = holding.plan.plan.credits_included
    return _grant(unit, org, user, Kind.PROMOTIONAL, credits, ends_us, actor)


def _grant(
    unit: UnitOfWork, org: str, user: str, kind: Kind, credits: int, expires_us: int, actor: Actor
) -> Granted:
    at = unit.now(org)
    if not credits or expires_us <= microseconds(at):
        return Granted()
    wallet = find_wallet(unit, org, user)
    lot = wallet.grant(
        Terms(kind, credits, expires_us=expires_us), at, fingerprint="", is_of_plan=True
    )
    unit.record(wallet, actor)
    return Granted(credits, lot.id)
