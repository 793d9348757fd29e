"""The facts of recharges, and the base that they change: a wallet's rule and what it has done."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import SavedMethod

_MINUTE_US = 60 * 1_000_000
_HOUR_US = 60 * _MINUTE_US

WAITS_US = (_HOUR_US, 24 * _HOUR_US)
"""How long it waits after a decline, and after the next; after one more the rule ends."""

FAST, FAST_US = 3, 10 * _MINUTE_US
"""So many in so long are too fast."""


class Rule(msgspec.Struct, frozen=True):
    """When to buy, and what: `money` worth of credits when less than `threshold` microcredits can
    be spent, at most `max_monthly` times a month, paid with `charge`."""

    enabled: bool
    threshold: int
    money: Money
    charge: SavedMethod
    max_monthly: int = 5


class Stop(StrEnum):
    """Why a rule has ended by itself."""

    DECLINED = "declined"
    TOO_FAST = "too_fast"
    METHOD_REMOVED = "method_removed"
    NOT_OFFERED = "not_offered"


class RechargeBase(LedgerAggregate):
    """The rule of one wallet, and what it has done, without a word of what it can decide."""

    def __init__(self) -> None:
        self.rule: Rule | None = None
        self.number = 0
        """How many it has triggered."""
        self.purchase: str | None = None
        """The one in flight."""
        self.month = ""
        self.in_month = 0
        self.recent: list[int] = []
        self.declines = 0
        self.waits_until_us: int | None = None
        self.stopped: Stop | None = None


class RechargeFact(LedgerAggregate.Event):
    """Something that happened to a wallet's rule."""


class RechargeOpened(RechargeFact, FirstFact):
    """A wallet is about to have a rule."""

    TOPIC: ClassVar[str] = "purchases.RechargeOpened"


class RechargeRuleSet(RechargeFact):
    """It is so from now on; what had stopped it before is forgotten."""

    TOPIC: ClassVar[str] = "purchases.RechargeRuleSet"
    fingerprint: str
    rule: Rule

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.rule = self.rule
        aggregate.declines, aggregate.waits_until_us, aggregate.stopped = 0, None, None
        if not self.rule.enabled:
            aggregate.purchase = None


class RechargeRuleRemoved(RechargeFact):
    """There is no rule any more."""

    TOPIC: ClassVar[str] = "purchases.RechargeRuleRemoved"
    fingerprint: str

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.rule = aggregate.purchase = aggregate.waits_until_us = None


class RechargeTriggered(RechargeFact):
    """The wallet ran low: a purchase was begun. It is the `in_month`-th of its month."""

    TOPIC: ClassVar[str] = "purchases.RechargeTriggered"
    purchase: str
    user: str
    money: Money
    number: int
    month: str
    in_month: int

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.purchase, aggregate.number = self.purchase, self.number
        aggregate.month, aggregate.in_month = self.month, self.in_month
        now_us = self.recorded_us
        recent = [each for each in aggregate.recent if each > now_us - FAST_US]
        aggregate.recent = [*recent, now_us]


class RechargePaid(RechargeFact):
    """Its money came in."""

    TOPIC: ClassVar[str] = "purchases.RechargePaid"
    purchase: str

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.declines, aggregate.waits_until_us = 0, None
        if aggregate.purchase == self.purchase:
            aggregate.purchase = None


class RechargeDeclined(RechargeFact):
    """Its money did not come in. `retry_us`: not before then is it tried again."""

    TOPIC: ClassVar[str] = "purchases.RechargeDeclined"
    purchase: str
    declines: int
    retry_us: int | None = None

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.purchase = None
        aggregate.declines, aggregate.waits_until_us = self.declines, self.retry_us


class RechargeLimitReached(RechargeFact):
    """No more are bought in this month."""

    TOPIC: ClassVar[str] = "purchases.RechargeLimitReached"
    user: str
    month: str
    until_us: int

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.waits_until_us = self.until_us


class RechargeWaitOver(RechargeFact):
    """It may be tried again, if the wallet is still low."""

    TOPIC: ClassVar[str] = "purchases.RechargeWaitOver"

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.waits_until_us = None


class RechargeStopped(RechargeFact):
    """The rule is disabled until it is set again."""

    TOPIC: ClassVar[str] = "purchases.RechargeStopped"
    user: str
    why: Stop

    def apply(self, aggregate: RechargeBase) -> None:
        aggregate.stopped, aggregate.waits_until_us = self.why, None
