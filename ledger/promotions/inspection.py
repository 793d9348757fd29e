"""Checks of promotions: none is redeemed more often, for more, or at another time than it can be,
and each redemption is of one order."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection, pair
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent
from ledger.promotions.customer_redemptions import CustomerRedemptions
from ledger.promotions.promotion import Promotion, Standing
from ledger.promotions.promotion_book import PromotionBook
from ledger.promotions.redeeming import Redeemed
from ledger.promotions.redemption import Redemption


class PromotionInspection(Inspection):
    """Counts redemptions anew, and pairs those that promotions, orders and customers say."""

    KINDS = WHOLE = ("promotions",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._promotions: dict[tuple[str, str], Promotion] = {}
        self._standing: dict[tuple[str, str], Standing] = {}
        self._redeemed: Counter[tuple[str, str]] = Counter()
        self._spent: Counter[tuple[str, str]] = Counter()
        self._of_customers: Counter[tuple[str, str, str]] = Counter()
        self._alone: Counter[tuple[str, str, str, str]] = Counter()
        """What promotions say of orders and customers less what those say; +1 and -1."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        of = event.org, name_of(fact.originator_id)
        match fact:
            case PromotionBook.PromotionPublished():
                self._promotions[of] = fact.promotion
            case PromotionBook.PromotionPaused():
                self._standing[of] = Standing.PAUSED
            case PromotionBook.PromotionResumed():
                self._standing[of] = Standing.RUNNING
            case PromotionBook.PromotionEnded():
                self._standing[of] = Standing.ENDED
            case PromotionBook.PromotionRedeemed():
                self._count(of, fact.redeemed, fact.spent, 1)
                self._check(event, of, fact.redeemed)
            case PromotionBook.RedemptionReleased():
                self._count(of, fact.redeemed, fact.spent, -1)
            case Redemption.OrderRedeemed() | Redemption.OrderReleased():
                promotion, _, order = of[1].partition("/")
                more = 1 if isinstance(fact, Redemption.OrderReleased) else -1
                pair(self._alone, (event.org, promotion, "order", order), more)
            case CustomerRedemptions.CustomerRedeemed() | CustomerRedemptions.CustomerReleased():
                promotion, _, user = of[1].partition("/")
                more = 1 if isinstance(fact, CustomerRedemptions.CustomerReleased) else -1
                pair(self._alone, (event.org, promotion, "customer", user), more)

    def _count(self, of: tuple[str, str], redeemed: Redeemed, spent: int, times: int) -> None:
        self._redeemed[of] += times
        self._spent[of] += times * spent
        pair(self._alone, (*of, "order", redeemed.order), times)
        if redeemed.user is not None:
            self._of_customers[*of, redeemed.user] += times
            pair(self._alone, (*of, "customer", redeemed.user), times)

    def _check(self, event: RecordedEvent, of: tuple[str, str], redeemed: Redeemed) -> None:
        """Check a redemption against what the promotion was then."""
        check = self.report["promotions"]
        place = Place(event.org, event.sequence, position=event.position)
        check.checked += 1
        promotion = self._promotions.get(of)
        if promotion is None:
            check.find(place, "a promotion is redeemed that was not published")
            return
        at_us, of_customer = event.recorded_us, self._of_customers[*of, redeemed.user or ""]
        wrong = {
            "more often than it can be": _is_beyond(self._redeemed[of], promotion.redemptions_max),
            "by a customer more often than one can": _is_beyond(
                of_customer, promotion.per_customer_max
            ),
            "for more than its budget": _is_beyond(self._spent[of], promotion.budget),
            "before it begins": at_us < (promotion.from_us or 0),
            "when it was over": promotion.until_us is not None and at_us >= promotion.until_us,
            "when it did not run": self._standing.get(of, Standing.RUNNING) != Standing.RUNNING,
        }
        for what, is_so in wrong.items():
            if is_so:
                check.find(place, f"the promotion is redeemed {what}")

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Name the redemptions that only a promotion knows, or only an order or a customer."""
        for org, promotion, kind, name in sorted(self._alone) if self.whole else ():
            place = Place(org, row=f"promotion {promotion}")
            what = f"what {kind} {name} has redeemed is not in the promotion and there"
            self.report["promotions"].find(place, what)


def _is_beyond(count: int, limit: int | None) -> bool:
    return limit is not None and count > limit
