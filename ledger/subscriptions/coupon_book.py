"""The coupon book: one coupon of an org, in versions that never change, and who has redeemed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.decoding import converted
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds, moment
from ledger.ports import Rows
from ledger.subscriptions.coupon import (
    Coupon,
    HeldCoupon,
    PublishedCoupon,
    check_redeemable,
    checked_coupon,
)
from ledger.subscriptions.plan import Plan

COUPON_STREAM = "coupon"
COUPON_BOOKS = "coupon_books"
"""The table whose rows remember all of them."""


class CouponBookState(msgspec.Struct, frozen=True):
    """All that a coupon book remembers."""

    published: PublishedCoupon | None
    redemptions: int
    given_back: int


class CouponBook(LedgerAggregate):
    """One coupon. Its redemptions are counted here, so that of any number of payers at once no more
    redeem it than may."""

    TOPIC: ClassVar[str] = "subscriptions.CouponBook"
    STREAM: ClassVar[str] = f"{COUPON_STREAM}/"
    State = CouponBookState

    def __init__(self) -> None:
        self.published: PublishedCoupon | None = None
        self.redemptions = 0
        """How often it was redeemed, given back or not."""
        self.given_back = 0

    class Event(LedgerAggregate.Event):
        """Base of a coupon book's facts."""

    class CouponBookOpened(Event, FirstFact):
        """There is to be a coupon."""

        TOPIC: ClassVar[str] = "subscriptions.CouponBookOpened"

    class CouponPublished(Event):
        """The coupon is so from now on, for who redeems it."""

        TOPIC: ClassVar[str] = "subscriptions.CouponPublished"
        fingerprint: str
        coupon_version: int
        coupon: Coupon

        def apply(self, aggregate: CouponBook) -> None:
            aggregate.published = PublishedCoupon(self.coupon_version, self.coupon)

    class CouponRedeemed(Event):
        """A payer has redeemed it, in the version of now: the how manieth `redemption` that is."""

        TOPIC: ClassVar[str] = "subscriptions.CouponRedeemed"
        user: str
        coupon_version: int
        redemption: int

        def apply(self, aggregate: CouponBook) -> None:
            aggregate.redemptions = self.redemption

        def person(self, subject: str) -> str:
            return self.user

    class RedemptionGivenBack(Event):
        """The subscription that it was redeemed for never began: another payer may."""

        TOPIC: ClassVar[str] = "subscriptions.RedemptionGivenBack"
        user: str
        redemption: int

        def apply(self, aggregate: CouponBook) -> None:
            aggregate.given_back += 1

        def person(self, subject: str) -> str:
            return self.user

    @property
    def redeemed(self) -> int:
        """How often it was redeemed and not given back."""
        return self.redemptions - self.given_back

    @classmethod
    def open(cls, org: str, coupon: str, at: datetime) -> CouponBook:
        """Begin with a coupon."""
        return cls._create(cls.CouponBookOpened, id=coupon_id(org, coupon), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": name_of(self.id),
            "published": msgspec.to_builtins(self.published),
            "redeemed": self.redeemed,
            "given_back": self.given_back,
            "version": self.version,
        }
        return [TableRow(COUPON_BOOKS, columns)]

    def publish(self, coupon: Coupon, at: datetime, *, fingerprint: str) -> None:
        """Publish a coupon; who has redeemed it keeps the version that they have. Raises
        Invalid."""
        coupon = checked_coupon(coupon)
        self.trigger_event(
            self.CouponPublished,
            timestamp=at,
            fingerprint=fingerprint,
            coupon_version=self.published.version + 1 if self.published else 1,
            coupon=coupon,
        )

    def offer(self, plan: Plan, number: int, at: datetime) -> HeldCoupon:
        """Return what a payer would have who redeems it now for a plan, with their subscription of
        that number. Raises Conflict and Invalid."""
        assert self.published is not None  # it was opened to be published
        coupon = self.published.coupon
        check_redeemable(coupon, self.redeemed, plan, microseconds(at))
        return HeldCoupon(self.published, self.redemptions + 1, number, coupon.periods)

    def redeem(self, held: HeldCoupon, user: str, at: datetime) -> None:
        """Record that a payer has redeemed what they were offered."""
        self.trigger_event(
            self.CouponRedeemed,
            timestamp=at,
            user=user,
            coupon_version=held.published.version,
            redemption=held.redemption,
        )

    def give_back(self, redemption: int, user: str, at: datetime) -> None:
        """Record that a redemption came to nothing."""
        self.trigger_event(self.RedemptionGivenBack, timestamp=at, user=user, redemption=redemption)


def restore_coupons(rows: Rows, coupon_ids: Iterable[str]) -> dict[str, CouponBook]:
    """Return coupon books as their rows remember them, without replay: they are long."""
    places = [(split_stream_id(each)[0], name_of(each)) for each in coupon_ids]
    books = {}
    for row in rows.kept_rows(COUPON_BOOKS, places):
        book_id = coupon_id(row["org"], row["id"])
        published = converted(row["published"], PublishedCoupon)
        state = CouponBookState(published, row["redeemed"] + row["given_back"], row["given_back"])
        books[book_id] = CouponBook.restore(book_id, row["version"], moment(0), state)
    return books


def coupon_id(org: str, coupon: str) -> str:
    """Return the stream of a coupon."""
    return stream_id(org, COUPON_STREAM, coupon)
