"""The returns of an invoice: money of its payments that went back to the payer, or is asked back by
their bank, and the credits that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from ledger.credits.reversals import Restored
from ledger.credits.take_backs import Cause, Taken
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Conflict
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    RefundChanged,
    RefundState,
)

Brought = Mapping[str, int]
"""The credits that the payment of an invoice has brought, by lot."""


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a payment that is to go back, has, or has come again. `id`: of the credit note that
    asks for it, else the provider's, which is its `number`. `taken`: credits that went with it."""

    id: str
    payment: str
    amount: int
    state: RefundState
    number: str | None = None
    taken: Taken = Taken()

    @property
    def lives(self) -> bool:
        """Whether the money is with the payer, or is to be."""
        return self.state is not RefundState.FAILED


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that the payer's bank asks back. `reason` is the provider's word, `taken`: credits
    that are away with the money."""

    id: str
    payment: str
    amount: int
    state: DisputeState
    reason: str = ""
    evidence_due_us: int | None = None
    taken: Taken = Taken()


def known_refund(refunds: Sequence[Refund], told: RefundChanged) -> Refund | None:
    """Return a refund that is known by its own id, or by the credit note that asked for it."""
    by_number = (each for each in refunds if each.number == told.refund)
    asked = (each for each in refunds if each.id == told.refund_asked)
    return next(by_number, None) or next(asked, None)


def known_dispute(disputes: Sequence[Dispute], dispute: str) -> Dispute | None:
    """Return a dispute that is known."""
    return next((each for each in disputes if each.id == dispute), None)


def check_told(
    told: Iterable[Happening],
    payments: Iterable[str | None],
    currency: str,
    known: Sequence[Refund],
) -> None:
    """Raise Conflict where a refund or a dispute is of none of the payments, or of other money than
    is known of it."""
    payments = set(payments)
    for each in told:
        if not isinstance(each, RefundChanged | DisputeChanged):
            continue
        if each.payment not in payments:
            raise Conflict(f"the invoice was not paid by {each.payment}.", field="payment")
        refund = known_refund(known, each) if isinstance(each, RefundChanged) else None
        expected = Money(refund.amount if refund else each.money.amount, currency)
        if each.money != expected:
            raise Conflict(
                f"{each.money.amount} {each.money.currency} of {each.payment} are given or asked "
                f"back, where {expected.amount} {expected.currency} are known here.",
                field="money",
            )


def take_credits(
    wallet: Wallet,
    invoice: str,
    brought: Brought,
    cause: Cause,
    of: str,
    amount: int,
    total: int,
    at: datetime,
) -> Taken:
    """Take the share of what an invoice has brought that an amount of its total has paid, as far as
    it is left: what was used stays so, and leaves no debt."""
    parts: list[Restored] = []
    for lot, credits in brought.items():
        share = min(credits * amount // total, wallet.left_of(lot, at))
        if share > 0:
            terms = next(each.terms for each in wallet.funds.lots if each.terms.id == lot)
            wallet.take_back(invoice, terms, cause, of, share, at)
            parts.append(Restored(terms, share))
    return Taken(parts)


def give_credits_back(
    wallet: Wallet, invoice: str, cause: Cause, of: str, taken: Taken, at: datetime
) -> None:
    """Give back what was taken: its money came again."""
    if taken.parts:
        wallet.restore_taken(invoice, taken.parts[0].lot, cause, of, taken, at)


def credits_of(taken: Taken) -> int:
    """Return how much was taken."""
    return sum(each.amount for each in taken.parts)
