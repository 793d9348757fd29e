"""Checks of redemptions: a coupon is never redeemed more often, or later, than it can be, and each
redemption is of one subscription."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection, pair
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.subscriptions.coupon import Coupon
from ledger.subscriptions.coupon_book import CouponBook
from ledger.subscriptions.subscription_facts import CouponApplied, CouponReturned


class RedemptionInspection(Inspection):
    """Counts the redemptions of each coupon, and pairs them with those of subscriptions."""

    KINDS = WHOLE = ("redemptions",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._coupons: dict[tuple[str, str], Coupon] = {}
        self._redeemed: Counter[tuple[str, str]] = Counter()
        self._alone: Counter[tuple[str, str, str, int]] = Counter()
        """What coupons say of each redemption of a payer less what subscriptions say; +1 and -1."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        coupon = event.org, name_of(fact.originator_id)
        match fact:
            case CouponBook.CouponPublished():
                self._coupons[coupon] = fact.coupon
            case CouponBook.CouponRedeemed():
                self._redeemed[coupon] += 1
                self._check(event, coupon)
                pair(self._alone, (*coupon, fact.user, fact.redemption), 1)
            case CouponBook.RedemptionGivenBack():
                self._redeemed[coupon] -= 1
                pair(self._alone, (*coupon, fact.user, fact.redemption), -1)
            case CouponApplied():
                held = fact.coupon
                of = event.org, held.published.coupon.id, fact.user, held.redemption
                pair(self._alone, of, -1)
            case CouponReturned():
                pair(self._alone, (event.org, fact.coupon, fact.user, fact.redemption), 1)

    def _check(self, event: RecordedEvent, of: tuple[str, str]) -> None:
        """Check a redemption against what the coupon was then."""
        check = self.report["redemptions"]
        place = Place(event.org, event.sequence, position=event.position)
        check.checked += 1
        coupon = self._coupons.get(of)
        if coupon is None:
            check.find(place, "a coupon is redeemed that was not published")
            return
        if coupon.redemptions_max is not None and self._redeemed[of] > coupon.redemptions_max:
            check.find(place, "the coupon is redeemed more often than it can be")
        if coupon.until_us is not None and event.recorded_us >= coupon.until_us:
            check.find(place, "the coupon is redeemed later than it can be")

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Name the redemptions that only a coupon knows, or only a subscription."""
        for org, coupon, user, redemption in sorted(self._alone) if self.whole else ():
            place = Place(org, row=f"coupon {coupon}")
            what = f"redemption {redemption} of {user} is not in the coupon and the subscription"
            self.report["redemptions"].find(place, what)
