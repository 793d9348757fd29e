"""Earnings: what facts say of what is earned, for recognition."""

from __future__ import annotations

from ledger.bookkeeping.recognition import Billed, Recognition
from ledger.credits.conversions import CreditsConverted
from ledger.credits.deposits import CreditsDeposited
from ledger.credits.lot_uses import lot_uses_of
from ledger.credits.lots import Lot
from ledger.credits.transactions import wallet_of
from ledger.credits.transfers import CreditsReceived, CreditsSent
from ledger.invoices.billed_lines import billed_by
from ledger.invoices.postings import EARNS
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.purchases.disputes import DisputeLost
from ledger.purchases.refunds import RefundFailed, RefundPaid


def take_in(recognition: Recognition, fact: Fact) -> None:
    """Have what is earned by a fact, or because of it, known."""
    for line in billed_by(fact):
        recognition.bill(
            Billed(
                line.currency,
                EARNS[line.item.source],
                line.item.of or "",
                line.net,
                line.unearned,
                line.from_us,
                line.until_us,
            )
        )
    _take_in_lots(recognition, fact)
    for use in lot_uses_of(fact):
        recognition.use((use.owner, use.asset, use.lot), *use[3:])
    match fact:
        case RefundPaid():
            recognition.refund(name_of(fact.originator_id), fact.money.amount)
        case RefundFailed(was_paid=True):
            recognition.refund(name_of(fact.originator_id), -fact.money.amount)
        case DisputeLost():
            recognition.lose(name_of(fact.originator_id))


def _take_in_lots(recognition: Recognition, fact: Fact) -> None:
    match fact:
        case CreditsDeposited():
            _take_in_lot(recognition, fact, fact.lot, fact.purchase)
        case CreditsConverted():
            _take_in_lot(recognition, fact, fact.lot, None)
        case CreditsSent():
            giver, asset = wallet_of(fact)
            recognition.send(giver, asset, fact.to, [part.lot for part in fact.lots])
        case CreditsReceived():
            owner, asset = wallet_of(fact)
            recognition.receive(fact.sender, asset, owner, [lot.id for lot in fact.lots])


def _take_in_lot(recognition: Recognition, fact: Fact, lot: Lot, purchase: str | None) -> None:
    if lot.paid is not None:
        name = (*wallet_of(fact), lot.id)
        recognition.buy(name, lot.amount, lot.paid.amount, lot.paid.currency, purchase)
