"""Bank transfers: the provider `manual`, whose payments a person sees and confirms."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence

from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import (
    Happening,
    Notice,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.provider import (
    CaptureAsked,
    ChargeAsked,
    Checkout,
    CheckoutAsked,
    Evidence,
    Forged,
    Movement,
    Page,
    PurchaseRef,
    RefundAsked,
    VoidAsked,
)
from ledger.purchases.purchase_base import MANUAL

_DIGITS = 12
_NOT_KEPT = "no bank keeps the money of a transfer until it is captured."
_NO_PAGE = "a bank transfer has no page of a provider's: tell the buyer the account and reference."


class BankTransfers:
    """Calls nobody. A page is a reference, which the transfer must carry; its address is empty."""

    name = MANUAL

    async def close(self) -> None:
        """Close nothing."""

    async def customer(self, org: str, user: str) -> str:
        """Return the id of a buyer: it is made of the org's and the user's."""
        return f"{org}/{user}"

    async def open_checkout(self, asked: CheckoutAsked) -> Checkout:
        """Return the reference of a purchase: one, however often it is asked."""
        return Checkout(reference_of(asked.org, asked.purchase), "", asked.expires_us)

    async def charge(self, asked: ChargeAsked) -> PaymentPaid | PaymentFailed:
        """Charge nothing: only its owner moves what is in an account."""
        return PaymentFailed("not_chargeable", needs_person=True)

    async def capture(self, asked: CaptureAsked) -> PaymentPaid | PaymentFailed:
        """Raise NeverTaken."""
        raise NeverTaken(_NOT_KEPT)

    async def void(self, asked: VoidAsked) -> PaymentPaid | PaymentFailed:
        """Raise NeverTaken."""
        raise NeverTaken(_NOT_KEPT)

    async def refund(self, asked: RefundAsked) -> RefundChanged:
        """Return that the money is back: who asks for it transfers it."""
        id = f"{MANUAL}/{asked.refund_asked}"
        return RefundChanged(id, asked.payment, asked.money, RefundState.PAID, asked.refund_asked)

    async def retrieve(self, purchase: PurchaseRef) -> Sequence[Happening]:
        """Return nothing: a person tells the ledger itself."""
        return []

    async def purchase_of(self, payment: str) -> PurchaseRef | None:
        """Return nothing: only a person knows what a transfer is for."""
        return None

    async def events_since(self, after: str | None, from_us: int) -> AsyncIterator[Notice]:
        """Yield nothing."""
        for each in tuple[Notice, ...]():
            yield each

    async def movements(self, from_us: int, until_us: int) -> AsyncIterator[Movement]:
        """Yield nothing: the book is the bank's."""
        for each in tuple[Movement, ...]():
            yield each

    async def open_setup(self, org: str, customer: str, return_url: str) -> Page:
        """Raise NeverTaken."""
        raise NeverTaken(_NO_PAGE)

    async def open_portal(self, customer: str, return_url: str) -> Page:
        """Raise NeverTaken."""
        raise NeverTaken(_NO_PAGE)

    async def submit_evidence(self, dispute: str, evidence: Evidence) -> None:
        """Raise NeverTaken."""
        raise NeverTaken("a bank transfer is not disputed.")

    def read_notice(self, content: bytes, signature: str, now_us: int) -> Notice:
        """Raise Forged: nobody signs for a bank."""
        raise Forged("bank transfers send no notices.")


def reference_of(org: str, purchase: str) -> str:
    """Return a creditor reference (ISO 11649): banks check its digits, so none is mistyped."""
    digest = hashlib.sha256(f"{org}/{purchase}".encode()).digest()
    body = str(int.from_bytes(digest[:8], "big") % 10**_DIGITS).zfill(_DIGITS)
    check = 98 - int(f"{body}271500") % 97  # R = 27, F = 15, and 00
    return f"RF{check:02}{body}"
