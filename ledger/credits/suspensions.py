"""Suspensions: a wallet admits nothing while a person, a dispute or an unpaid refund says so, each
for itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from ledger.credits.facts import WalletFact
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.aggregate import Reasoned

UNPAID = "unpaid"
"""All causes that end by themselves, once the wallet owes nothing."""

_UNPAID = f"{UNPAID}/"
"""How each of them begins, before the id of the refund or dispute that has left the debt."""

DISPUTED = "dispute/"
"""How the cause of a disputed purchase begins, before the id of the dispute."""


class WalletSuspended(Reasoned, WalletFact):
    """Holds and admissions are refused; usage that has happened is still recorded. `cause`: what
    suspends it beside a person."""

    TOPIC: ClassVar[str] = "credits.WalletSuspended"
    fingerprint: str
    reason: str | None = None
    cause: str | None = None

    def apply(self, aggregate: WalletBase) -> None:
        if self.cause is None:
            aggregate.suspended = True
        elif self.cause.startswith(_UNPAID):
            aggregate.funds.unpaid = [*aggregate.funds.unpaid, self.cause]
        else:
            aggregate.disputes = [*aggregate.disputes, self.cause]


class WalletResumed(Reasoned, WalletFact):
    """The wallet may be used again, as far as this cause goes."""

    TOPIC: ClassVar[str] = "credits.WalletResumed"
    fingerprint: str
    reason: str | None = None
    cause: str | None = None

    def apply(self, aggregate: WalletBase) -> None:
        if self.cause is None:
            aggregate.suspended = False
        elif self.cause == UNPAID:
            aggregate.funds.unpaid = []
        elif self.cause.startswith(_UNPAID):
            aggregate.funds.unpaid = _without(aggregate.funds.unpaid, self.cause)
        else:
            aggregate.disputes = _without(aggregate.disputes, self.cause)


def suspend_disputed(wallet: WalletBase, dispute: str, at: datetime) -> None:
    """Suspend a wallet until a dispute has ended."""
    cause = DISPUTED + dispute
    wallet.trigger_event(WalletSuspended, timestamp=at, fingerprint="", cause=cause)


def resume_disputed(wallet: WalletBase, dispute: str, at: datetime) -> None:
    """Resume a wallet whose dispute has ended, as far as that goes."""
    cause = DISPUTED + dispute
    if cause in wallet.disputes:
        wallet.trigger_event(WalletResumed, timestamp=at, fingerprint="", cause=cause)


def suspend_unpaid(wallet: WalletBase, of: str, at: datetime) -> None:
    """Suspend a wallet in debt, as a refund or dispute has left it, until the debt is paid."""
    if wallet.funds.debt and _UNPAID + of not in wallet.funds.unpaid:
        wallet.trigger_event(WalletSuspended, timestamp=at, fingerprint="", cause=_UNPAID + of)


def resume_unpaid(wallet: WalletBase, of: str, at: datetime) -> None:
    """Resume a wallet, as far as a refund or dispute goes that was taken back."""
    if _UNPAID + of in wallet.funds.unpaid:
        wallet.trigger_event(WalletResumed, timestamp=at, fingerprint="", cause=_UNPAID + of)


def _without(causes: Sequence[str], cause: str) -> list[str]:
    return [each for each in causes if each != cause]
