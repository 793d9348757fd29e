"""The promotion book: one promotion of an org in versions that never change, and how often it is
redeemed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds, moment
from ledger.ports import Rows
from ledger.promotions.promotion import (
    Promotion,
    PromotionState,
    PublishedPromotion,
    Standing,
    check_promotion,
)
from ledger.promotions.redeeming import Redeemed, check_redeemable

PROMOTION_STREAM = "promotion"
PROMOTION_BOOKS = "promotion_books"
"""The table whose rows remember all of them."""

CODES = "promotion-code"
"""The key space of codes: each is one promotion's, for ever."""


class PromotionBookState(msgspec.Struct, frozen=True):
    """All that a promotion book remembers."""

    promotion_state: PromotionState | None


class PromotionBook(LedgerAggregate):
    """One promotion. Its redemptions are counted here, so that of any number of orders at once no
    more redeem it than may; who they were is known by streams of their own."""

    TOPIC: ClassVar[str] = "promotions.PromotionBook"
    STREAM: ClassVar[str] = f"{PROMOTION_STREAM}/"
    State = PromotionBookState

    def __init__(self) -> None:
        self.promotion_state: PromotionState | None = None

    class Event(LedgerAggregate.Event):
        """Base of a promotion book's facts."""

    class PromotionBookOpened(Event, FirstFact):
        """There is to be a promotion."""

        TOPIC: ClassVar[str] = "promotions.PromotionBookOpened"

    class PromotionPublished(Event):
        """The promotion is so from now on."""

        TOPIC: ClassVar[str] = "promotions.PromotionPublished"
        fingerprint: str
        promotion_version: int
        promotion: Promotion

        def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
            keys = super().keys(org, command, sequence)
            if self.promotion.code is not None and self.promotion_version == 1:
                keys.append(KeyRow(code_key(org, self.promotion.code), sequence, 0, ""))
            return keys

        def apply(self, aggregate: PromotionBook) -> None:
            published = PublishedPromotion(self.promotion_version, self.promotion)
            now = aggregate.promotion_state or PromotionState(published)
            aggregate.promotion_state = msgspec.structs.replace(now, published=published)

    class PromotionPaused(Event):
        """It is not to be had until it is resumed."""

        TOPIC: ClassVar[str] = "promotions.PromotionPaused"
        fingerprint: str

        def apply(self, aggregate: PromotionBook) -> None:
            aggregate._stand(Standing.PAUSED)

    class PromotionResumed(Event):
        """It is to be had again."""

        TOPIC: ClassVar[str] = "promotions.PromotionResumed"
        fingerprint: str

        def apply(self, aggregate: PromotionBook) -> None:
            aggregate._stand(Standing.RUNNING)

    class PromotionEnded(Event):
        """It is not to be had any more, for ever."""

        TOPIC: ClassVar[str] = "promotions.PromotionEnded"
        fingerprint: str

        def apply(self, aggregate: PromotionBook) -> None:
            aggregate._stand(Standing.ENDED)

    class PromotionRedeemed(Event):
        """An order has it, in the version of now. `spent`: how much of the budget that is."""

        TOPIC: ClassVar[str] = "promotions.PromotionRedeemed"
        fingerprint: str
        promotion_version: int
        redeemed: Redeemed
        spent: int = 0

        def apply(self, aggregate: PromotionBook) -> None:
            aggregate._count(1, self.spent)

        def person(self, subject: str) -> str:
            return self.redeemed.user or subject

    class RedemptionReleased(Event):
        """An order has it no more: another may."""

        TOPIC: ClassVar[str] = "promotions.RedemptionReleased"
        fingerprint: str
        redeemed: Redeemed
        spent: int = 0

        def apply(self, aggregate: PromotionBook) -> None:
            aggregate._count(-1, -self.spent)

        def person(self, subject: str) -> str:
            return self.redeemed.user or subject

    @property
    def current(self) -> PromotionState:
        """What it remembers: it was opened to be published."""
        assert self.promotion_state is not None
        return self.promotion_state

    @classmethod
    def open(cls, org: str, promotion: str, at: datetime) -> PromotionBook:
        """Begin with a promotion."""
        return cls._create(cls.PromotionBookOpened, id=promotion_id(org, promotion), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        now = self.current
        promotion = now.published.promotion
        columns = {
            "org": org,
            "id": promotion.id,
            "code": promotion.code,
            "standing": str(now.standing),
            "priority": promotion.priority,
            "from_us": promotion.from_us,
            "until_us": promotion.until_us,
            "state": msgspec.to_builtins(now),
            "version": self.version,
        }
        return [TableRow(PROMOTION_BOOKS, columns)]

    def publish(self, promotion: Promotion, at: datetime, *, fingerprint: str) -> None:
        """Publish a promotion; what has redeemed it counts on. Raises Invalid and Conflict."""
        check_promotion(promotion)
        now = self.promotion_state
        if now is not None:
            self._refuse_ended()
            before = now.published.promotion
            for name in ("code", "currency"):
                if getattr(before, name) != getattr(promotion, name):
                    raise Invalid(
                        f"{name} stays as it was published first: end this promotion, and publish "
                        "another.",
                        field=name,
                    )
        self.trigger_event(
            self.PromotionPublished,
            timestamp=at,
            fingerprint=fingerprint,
            promotion_version=now.published.version + 1 if now else 1,
            promotion=promotion,
        )

    def pause(self, at: datetime, *, fingerprint: str) -> None:
        """Have it not be had until it is resumed. Raises Conflict."""
        self._refuse_ended()
        if self.current.standing is Standing.PAUSED:
            raise Conflict("the promotion is paused.", field="promotion")
        self.trigger_event(self.PromotionPaused, timestamp=at, fingerprint=fingerprint)

    def resume(self, at: datetime, *, fingerprint: str) -> None:
        """Have it be had again. Raises Conflict."""
        self._refuse_ended()
        if self.current.standing is Standing.RUNNING:
            raise Conflict("the promotion is running.", field="promotion")
        self.trigger_event(self.PromotionResumed, timestamp=at, fingerprint=fingerprint)

    def end(self, at: datetime, *, fingerprint: str) -> None:
        """Have it not be had any more. Raises Conflict."""
        self._refuse_ended()
        self.trigger_event(self.PromotionEnded, timestamp=at, fingerprint=fingerprint)

    def redeem(
        self, redeemed: Redeemed, by_customer: int, at: datetime, *, fingerprint: str
    ) -> None:
        """Record that an order has it, whose customer had it so often. Raises Conflict and
        Invalid."""
        now = self.current
        check_redeemable(now, redeemed, by_customer, microseconds(at))
        self.trigger_event(
            self.PromotionRedeemed,
            timestamp=at,
            fingerprint=fingerprint,
            promotion_version=now.published.version,
            redeemed=redeemed,
            spent=self._spent(redeemed),
        )

    def release(self, redeemed: Redeemed, at: datetime, *, fingerprint: str) -> None:
        """Record that an order has it no more."""
        self.trigger_event(
            self.RedemptionReleased,
            timestamp=at,
            fingerprint=fingerprint,
            redeemed=redeemed,
            spent=self._spent(redeemed),
        )

    def _spent(self, redeemed: Redeemed) -> int:
        """Return what a redemption takes of the budget: amounts of one currency are added up."""
        currency = self.current.published.promotion.currency
        return redeemed.amount if redeemed.currency == currency else 0

    def _refuse_ended(self) -> None:
        if self.current.standing is Standing.ENDED:
            raise Conflict("the promotion has ended: publish another.", field="promotion")

    def _stand(self, standing: Standing) -> None:
        self.promotion_state = msgspec.structs.replace(self.current, standing=standing)

    def _count(self, redemptions: int, amount: int) -> None:
        now = self.current
        self.promotion_state = msgspec.structs.replace(
            now, redeemed=now.redeemed + redemptions, spent=now.spent + amount
        )


def restore_promotions(rows: Rows, ids: Iterable[str]) -> dict[str, PromotionBook]:
    """Return promotion books as their rows remember them, without replay: they are long."""
    places = [(split_stream_id(each)[0], name_of(each)) for each in ids]
    books = {}
    for row in rows.kept_rows(PROMOTION_BOOKS, places):
        book_id = promotion_id(row["org"], row["id"])
        state = PromotionBookState(converted(row["state"], PromotionState))
        books[book_id] = PromotionBook.restore(book_id, row["version"], moment(0), state)
    return books


def promotion_id(org: str, promotion: str) -> str:
    """Return the stream of a promotion."""
    return stream_id(org, PROMOTION_STREAM, promotion)


def code_key(org: str, code: str) -> Key:
    """Return the key that a promotion uses with its code, which is in capital letters."""
    return Key(org, CODES, code)
