"""The stored value: a gift card, or a user's store credit in a currency, and who may spend it.

Public methods decide and refuse; what time has brought, recorded or not, holds nothing and cannot
be claimed, and is recorded before what is decided.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.limits import (
    AMOUNT_MAX,
    GIVEN_BACK_LASTS_US,
    OPEN_CLAIMS_MAX,
    STORED_VALUE_MAX,
)
from ledger.kernel.money import CREDIT, format_amount, scale_of
from ledger.kernel.times import format_time, microseconds
from ledger.stored_value import value_facts
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.open_claim import end_of
from ledger.stored_value.value_base import ValueBase, ValueFact
from ledger.stored_value.value_source import (
    VALUE_STREAM,
    ValueSource,
    of_store_credit,
    value_id,
)


class StoredValue(ValueBase):
    """Money in a currency that orders claim, and spend."""

    TOPIC: ClassVar[str] = "stored_value.StoredValue"
    STREAM: ClassVar[str] = f"{VALUE_STREAM}/"

    def __init__(self) -> None:
        super().__init__()  # the library makes a dataclass of a class without one

    # -- facts -------------------------------------------------------------------------------

    Event = ValueFact
    GiftCardIssued = value_facts.GiftCardIssued
    StoreCreditOpened = value_facts.StoreCreditOpened
    ValueAdjusted = value_facts.ValueAdjusted
    GiftCardDisabled = value_facts.GiftCardDisabled
    GiftCardEnabled = value_facts.GiftCardEnabled
    ValueClaimed = value_facts.ValueClaimed
    ClaimSettled = value_facts.ClaimSettled
    ClaimReleased = value_facts.ClaimReleased
    ClaimExpired = value_facts.ClaimExpired
    ValueGivenBack = value_facts.ValueGivenBack
    ValueExpired = value_facts.ValueExpired

    @classmethod
    def issue(
        cls,
        org: str,
        source: ValueSource,
        card: GiftCard,
        currency: str,
        expires_us: int | None,
        at: datetime,
        *,
        fingerprint: str = "",
    ) -> StoredValue:
        """Make a gift card. Raises Invalid."""
        _check_money(card.amount, currency)
        _check_room(0, card.amount, currency)
        if expires_us is not None and expires_us <= microseconds(at):
            raise Invalid("expires_at must be in the future.", field="expires_at")
        return cls._create(
            cls.GiftCardIssued,
            id=value_id(org, source),
            timestamp=at,
            currency=currency,
            card=card,
            expires_us=expires_us,
            fingerprint=fingerprint,
        )

    @classmethod
    def open_credit(cls, org: str, user: str, currency: str, at: datetime) -> StoredValue:
        """Begin with a user's store credit. Raises Invalid."""
        _check_currency(currency)
        name = value_id(org, of_store_credit(user, currency))
        return cls._create(cls.StoreCreditOpened, id=name, timestamp=at, currency=currency)

    # -- what time brings --------------------------------------------------------------------

    def due_us(self) -> int | None:
        ends = [each.ends_us for each in self.claims.values() if each.ends_us]
        if self.expires_us is not None and self.stored > self.claimed:
            ends.append(self.expires_us)
        return min(ends, default=None)

    def fall_due(self, at: datetime) -> None:
        now_us = microseconds(at)
        for claim in self.ended_by(now_us):
            self.trigger_event(
                self.ClaimExpired,
                timestamp=at,
                currency=self.currency,
                order=claim.order,
                amount=claim.amount,
            )
        left = self.unclaimed(now_us)
        if self.has_expired(now_us) and left > 0:
            self.trigger_event(self.ValueExpired, timestamp=at, currency=self.currency, amount=left)

    # -- decisions ---------------------------------------------------------------------------

    def adjust(
        self,
        amount: int,
        currency: str,
        at: datetime,
        *,
        reason: str | None,
        order: str | None = None,
        fingerprint: str = "",
    ) -> None:
        """Have there be more, or below zero less, but never less than is claimed. Raises Invalid
        and Conflict."""
        now_us = microseconds(at)
        self._check_currency(currency)
        self._check_alive(now_us)
        if not amount:
            raise Invalid("amount must not be zero.", field="amount")
        if order is not None and amount < 0:
            raise Invalid("order goes with what is credited.", field="order")
        if amount > 0:
            _check_room(self.stored, amount, currency)
        self._check_enough(-amount, self.unclaimed(now_us))
        self.fall_due(at)
        self.trigger_event(
            self.ValueAdjusted,
            timestamp=at,
            currency=self.currency,
            amount=amount,
            order=order,
            reason=reason,
            fingerprint=fingerprint,
        )

    def disable(self, at: datetime, *, fingerprint: str = "") -> None:
        """Have nothing more be claimed of it. Raises Conflict."""
        if self.is_disabled:
            raise Conflict("the gift card is disabled.", field=self.source.field)
        self.fall_due(at)
        self.trigger_event(
            self.GiftCardDisabled, timestamp=at, currency=self.currency, fingerprint=fingerprint
        )

    def enable(self, at: datetime, *, fingerprint: str = "") -> None:
        """Have it be used again. Raises Conflict."""
        if not self.is_disabled:
            raise Conflict("the gift card is not disabled.", field=self.source.field)
        self.fall_due(at)
        self.trigger_event(
            self.GiftCardEnabled, timestamp=at, currency=self.currency, fingerprint=fingerprint
        )

    def check_claim(self, amount: int, currency: str, lasts_us: int | None, now_us: int) -> None:
        """Refuse what cannot be claimed of it. Raises Invalid and Conflict."""
        self._check_amount(amount, currency)
        end_of(now_us, lasts_us)
        if self.is_disabled:
            raise Conflict("the gift card is disabled: enable it first.", field=self.source.field)
        self._check_alive(now_us)
        self._check_enough(amount, self.unclaimed(now_us))
        if len(self.claims) - len(self.ended_by(now_us)) >= OPEN_CLAIMS_MAX:
            raise Conflict(
                f"{OPEN_CLAIMS_MAX} orders have claimed some of it: settle or release one first.",
                field=self.source.field,
            )

    def claim(
        self,
        order: str,
        amount: int,
        lasts_us: int | None,
        at: datetime,
        *,
        fingerprint: str = "",
    ) -> None:
        """Set some of it aside for an order that has nothing of it, as `check_claim` says it
        can."""
        self.fall_due(at)
        self.trigger_event(
            self.ValueClaimed,
            timestamp=at,
            currency=self.currency,
            order=order,
            amount=amount,
            ends_us=end_of(microseconds(at), lasts_us),
            fingerprint=fingerprint,
        )

    def settle(self, order: str, at: datetime, *, fingerprint: str = "") -> int:
        """Have what an order has claimed be spent, whatever became of the card; return how much.
        Raises Conflict."""
        claim = self.claim_of(order, microseconds(at))
        if claim is None:
            raise Conflict(
                f"the order has no claim on the {self.source.words}: it has none yet, or it was "
                "released, or has ended. Claim again.",
                field="order",
            )
        self.fall_due(at)
        self.trigger_event(
            self.ClaimSettled,
            timestamp=at,
            currency=self.currency,
            order=order,
            amount=claim.amount,
            fingerprint=fingerprint,
        )
        return claim.amount

    def release(self, order: str, at: datetime, *, fingerprint: str = "") -> bool:
        """Have what an order has claimed be anybody's again; tell whether it had something."""
        claim = self.claim_of(order, microseconds(at))
        if claim is None:
            return False
        self.fall_due(at)
        self.trigger_event(
            self.ClaimReleased,
            timestamp=at,
            currency=self.currency,
            order=order,
            amount=claim.amount,
            fingerprint=fingerprint,
        )
        return True

    def check_give_back(self, amount: int, currency: str) -> None:
        """Refuse what cannot come back to it, whoever had spent it. Raises Invalid."""
        self._check_amount(amount, currency)
        _check_room(self.stored, amount, currency, AMOUNT_MAX)

    def give_back(self, order: str, amount: int, at: datetime, *, fingerprint: str = "") -> None:
        """Take back what an order had spent, as `check_give_back` says it can. A card that ends can
        be used for a while from now on, as what has come back must not be lost at once; what was
        ours before stays so."""
        now_us = microseconds(at)
        later_us = now_us + GIVEN_BACK_LASTS_US
        is_later = self.expires_us is not None and self.expires_us < later_us
        self.fall_due(at)
        self.trigger_event(
            self.ValueGivenBack,
            timestamp=at,
            currency=self.currency,
            order=order,
            amount=amount,
            expires_us=later_us if is_later else None,
            fingerprint=fingerprint,
        )

    # -- inside ------------------------------------------------------------------------------

    def _check_amount(self, amount: int, currency: str) -> None:
        _check_money(amount, currency)
        self._check_currency(currency)

    def _check_currency(self, currency: str) -> None:
        if currency != self.currency:
            raise Invalid(
                f"currency must be {self.currency}, that of the {self.source.words}.",
                field="currency",
            )

    def _check_alive(self, now_us: int) -> None:
        if self.has_expired(now_us):
            raise Conflict(
                f"the gift card has expired, at {format_time(self.expires_us or 0)}.",
                field=self.source.field,
            )

    def _check_enough(self, amount: int, available: int) -> None:
        if amount > available:
            raise Conflict(
                f"{format_amount(available, self.currency)} {self.currency} of the "
                f"{self.source.words} are available, {format_amount(amount, self.currency)} are "
                "required.",
                field="amount",
            )


def _check_money(amount: int, currency: str) -> None:
    """Raise Invalid for an amount that is none of a currency of money."""
    _check_currency(currency)
    if not 0 < amount <= AMOUNT_MAX:
        raise Invalid("amount must be more than zero.", field="amount")


def _check_currency(currency: str) -> None:
    if currency == CREDIT:
        raise Invalid("currency must be one of money, such as usd.", field="currency")
    scale_of(currency, "currency")


def _check_room(balance: int, amount: int, currency: str, limit: int = STORED_VALUE_MAX) -> None:
    if balance + amount > limit:
        bound = format_amount(limit, currency)
        raise Invalid(f"amount would make it more than {bound} {currency}.", field="amount")
