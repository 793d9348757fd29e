"""The purchase: one attempt to buy credits, from its start to its last refund. Its table of
contents: what it can decide.

What a provider tells is decided by where the purchase is, never by the order in which it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.purchases import disputes, fees, payment, refunds, reviews
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    Happening,
    Money,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
)
from ledger.purchases.offers import Bought
from ledger.purchases.purchase_base import (
    MANUAL,
    PROVIDERS,
    Flag,
    Page,
    PurchaseBase,
    PurchaseFact,
    SavedMethod,
)

PURCHASE_STREAM = "purchase"


class Purchase(PurchaseBase):
    """One attempt to buy credits."""

    TOPIC: ClassVar[str] = "purchases.Purchase"
    STREAM: ClassVar[str] = f"{PURCHASE_STREAM}/"

    def __init__(
        self,
        user: str,
        provider: str,
        money: Money,
        credits: int,
        bonus: int,
        charge: SavedMethod | None = None,
    ) -> None:
        super().__init__(user, provider, money, credits, bonus, charge)

    # -- facts -------------------------------------------------------------------------------

    Event = PurchaseFact
    PurchaseStarted = payment.PurchaseStarted
    CheckoutOpened = payment.CheckoutOpened
    PurchasePaid = payment.PurchasePaid
    PurchaseFailed = payment.PurchaseFailed
    PurchaseExpired = payment.PurchaseExpired
    NoticeKept = payment.NoticeKept
    PurchaseFlagged = reviews.PurchaseFlagged
    ReviewClosed = reviews.ReviewClosed
    RefundRequested = refunds.RefundRequested
    RefundFound = refunds.RefundFound
    RefundPaid = refunds.RefundPaid
    RefundFailed = refunds.RefundFailed
    DisputeOpened = disputes.DisputeOpened
    DisputeEvidenceSent = disputes.DisputeEvidenceSent
    DisputeEvidenceTaken = disputes.DisputeEvidenceTaken
    DisputeWon = disputes.DisputeWon
    DisputeLost = disputes.DisputeLost
    ProcessingFeeRecorded = fees.ProcessingFeeRecorded

    # -- decisions ---------------------------------------------------------------------------

    open_checkout = payment.open_checkout
    pay = payment.pay
    refundable = refunds.refundable
    request_refund = refunds.request_refund
    send_evidence = disputes.send_evidence
    evidence_taken = disputes.evidence_taken
    record_fee = fees.record_fee

    @classmethod
    def start(
        cls,
        org: str,
        purchase: str,
        user: str,
        provider: str,
        money: Money,
        bought: Bought,
        offers_org: str,
        offers_version: int,
        at: datetime,
        *,
        fingerprint: str,
        page: Page | None = None,
        charge: SavedMethod | None = None,
    ) -> Purchase:
        """Begin to buy credits."""
        if provider not in PROVIDERS:
            raise Invalid(f"provider must be one of {', '.join(PROVIDERS)}.", field="provider")
        if page is not None and page.expires_us <= microseconds(at):
            raise Invalid("expires_at must be later than now.", field="expires_at")
        return cls._create(
            cls.PurchaseStarted,
            id=purchase_id(org, purchase),
            timestamp=at,
            fingerprint=fingerprint,
            user=user,
            provider=provider,
            money=money,
            credits=bought.credits,
            bonus=bought.bonus,
            offers_org=offers_org,
            offers_version=offers_version,
            page=page,
            charge=charge,
        )

    def hear(
        self,
        wallet: Wallet,
        told: Happening,
        at: datetime,
        notice: str | None = None,
        *,
        flags: Sequence[Flag] = (),
        is_held_back: bool = False,
    ) -> bool:
        """Take in what a provider has told; tell whether the money came in by it."""
        match told:
            case PaymentPaid():
                early = self.early
                is_paid = self.pay(
                    wallet, told, at, notice=notice, flags=flags, is_held_back=is_held_back
                )
                for each in early if is_paid else ():
                    self.hear(wallet, each, at)
                return is_paid
            case PaymentFailed():
                payment.fail(self, told, at, notice)
            case CheckoutExpired():
                payment.expire(self, at, notice)
            case RefundChanged() | DisputeChanged() if not self.is_paid:
                payment.keep(self, told, at, notice)
            case RefundChanged():
                refunds.hear_refund(self, wallet, told, at, notice)
            case DisputeChanged():
                disputes.hear_dispute(self, wallet, told, at, notice)
        return False

    def confirm(
        self,
        wallet: Wallet,
        reference: str,
        paid_us: int | None,
        at: datetime,
        *,
        fingerprint: str,
        flags: Sequence[Flag] = (),
        is_held_back: bool = False,
    ) -> None:
        """Record that a bank transfer came, as a person has seen it."""
        if self.provider != MANUAL:
            raise Conflict(f"{self.provider} tells by itself whether it was paid.", field="id")
        if self.is_paid:
            raise Conflict("the purchase is paid already.", field="id")
        if paid_us is not None and paid_us > microseconds(at):
            raise Invalid("paid_at must not be later than now.", field="paid_at")
        told = PaymentPaid(reference, self.money)
        self.pay(
            wallet,
            told,
            at,
            fingerprint=fingerprint,
            notice=transfer_notice(reference),
            paid_us=paid_us,
            flags=flags,
            is_held_back=is_held_back,
        )

    def close_review(
        self,
        wallet: Wallet,
        at: datetime,
        *,
        is_approved: bool,
        fingerprint: str,
        reason: str | None,
    ) -> None:
        """Record that a person has looked at it; what was held back is granted if they approve."""
        if not self.flags:
            raise Conflict("the purchase is not under review.", field="id")
        lot = None
        if is_approved and self.is_paid and self.lot is None:
            if self.refunded or self.is_asked_back:
                raise Conflict("its money went back, or is asked back: reject it.", field="id")
            lot = payment.grant(self, wallet, at)
        elif self.lot is not None:
            wallet.unlock(self.id_in_org, self.lot.id, at)
        self.trigger_event(
            self.ReviewClosed,
            timestamp=at,
            fingerprint=fingerprint,
            user=self.user,
            is_approved=is_approved,
            lot=lot,
            reason=reason,
        )

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": self.id_in_org,
            "owner": self.user,
            "provider": self.provider,
            "status": self.status.value,
            "amount": self.money.amount,
            "currency": self.money.currency,
            "session": self.session,
            "url": self.url,
            "payment": self.payment,
            "waits_us": microseconds(self.modified_on) if self.waits else None,
        }
        return [TableRow("purchase_states", columns)]


def purchase_id(org: str, purchase: str) -> str:
    """Return the stream of a purchase."""
    return stream_id(org, PURCHASE_STREAM, purchase)


def transfer_notice(reference: str) -> str:
    """Return what a bank transfer is known by: each confirms one purchase."""
    return f"{MANUAL}/{reference}"
