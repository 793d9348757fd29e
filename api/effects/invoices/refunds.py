"""Refunds of invoices: money of a payment is sent back by its provider for each credit note that
asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from api.commands.command import Command
from api.commands.subscriptions.returns import RecordReturns
from api.effects.effect import FactEffect, asking
from api.effects.purchases.checkouts import REFUSED
from api.effects.purchases.stripe_purchases import StripePurchases
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NeverTaken
from ledger.ports import RecordedEvent
from ledger.purchases.notice import Happening, Money, RefundChanged, RefundState
from ledger.purchases.provider import PurchaseRef, RefundAsked
from ledger.registry import fact_of
from projections.ports import Call


class _Asked(msgspec.Struct):
    """`number`: the provider's id of a refund that a person has made there already."""

    invoice: str
    note: str
    payment: str
    money: Money
    number: str | None


_asked = decoder(_Asked)


class InvoiceRefunds(FactEffect):
    """Sends money back."""

    name = "invoice-refunds"
    types = (CreditNoteIssued.TOPIC,)

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if not isinstance(fact, CreditNoteIssued) or fact.refunds is None:
            return []
        refund = fact.note.refund
        assert refund is not None  # it is of one
        money = Money(refund.amount, fact.currency)
        invoice = name_of(fact.originator_id)
        asked = _Asked(invoice, fact.note.id, fact.refunds, money, refund.reference)
        return [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object]:
        """Ask for it, or how it stands that a person has made; return what records where it is. One
        that is refused has failed: its money is owed to the payer."""
        asked = _asked(call.content)
        told = await self._told(call.name.org, asked)
        return RecordReturns(call.name.org, self._purchases.actor, asked.invoice, told)

    async def _told(self, org: str, asked: _Asked) -> Sequence[Happening]:
        provider = await self._purchases.provider()
        if asked.number is not None:
            ref = PurchaseRef(org, asked.invoice, payment=asked.payment)
            told = await provider.retrieve(ref)
            if any(isinstance(e, RefundChanged) and e.refund == asked.number for e in told):
                return tuple(told)
            raise NeverTaken(f"{asked.payment} has no refund {asked.number}.")
        wanted = RefundAsked(org, asked.invoice, asked.note, asked.payment, asked.money)
        try:
            return (await provider.refund(wanted),)
        except NeverTaken:
            failed = RefundState.FAILED
            return (RefundChanged("", asked.payment, asked.money, failed, asked.note, REFUSED),)
